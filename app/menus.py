"""Menus: the ids of controls, and the words that their options have."""

from typing import Any

from app.training_controls import FULL_BATCH
from nets import ACTIVATIONS

NO_LAYER = -1
ACTIVATION_MENU = {"width": 330, "position": "bottom-start"}
WITH_FORMULA = {"function": "withFormula"}  # of assets/options.js


SHORT_TITLES = {
    "softmax_cross_entropy": "cross-entropy",
    "mean_squared_error": "squared error",
    "mean_absolute_error": "absolute error",
    "lbfgs": "L-BFGS",
    FULL_BATCH: "full",
}


def _title(name: str) -> str:
    return SHORT_TITLES.get(name, name.replace("_", " "))


def options(names: Any) -> list[dict[str, str]]:
    """Return names as a menu's options, in the words that people read.

    >>> options(["leaky_relu", "softmax_cross_entropy"])[1]
    {'value': 'softmax_cross_entropy', 'label': 'cross-entropy'}
    """
    return [{"value": name, "label": _title(name)} for name in names]


def activation_options() -> list[dict[str, str]]:
    """Return the nonlinearities as a menu's options, each with its formula (see ``assets/options.js``)."""
    return [{"value": row.name, "label": _title(row.name), "formula": row.formula} for row in ACTIVATIONS.values()]


def control_id(name: str, layer: int = NO_LAYER) -> dict[str, str | int]:
    """Return the Dash id of a control."""
    return {"control": name, "layer": layer}
