"""The setup panel: one row per control, and the components they become.

A control's id is ``{"control": name, "layer": index}``, where ``name`` is a key of
``app.edits.EDITS`` and ``layer`` is −1 for controls that belong to no layer. The page collects
whatever the user changes under these ids and sends it to Python as ``app.change.Change``s; Python
answers with the values the controls should now show (``shown``), so that the panel always tells
what the document says, wherever the document came from.
"""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from app.control import Control, number_text
from app.data_cards import OWN_CARD, dataset_cards, is_generated, own_card_props, seed_row
from app.layer_rows import layer_rows
from app.menus import control_id, options
from app.training_controls import TRAINING_CONTROLS
from nets import DATASETS, INITIALIZERS, LOSSES, Model
from nets.limits import LARGEST_SEED

GAINS = ("0.01", "0.03", "0.1", "0.3", "0.5", "0.7", "1", "1.5", "2", "3", "5", "10")
BIASES = ("0", "0.01", "0.03", "0.1", "0.3", "0.5", "1", "2", "3", "5", "10")


def _bias_help(model: Model) -> str:
    bias = number_text(model.initial.bias)
    return f"biases start as U(−{bias}, {bias}), whatever the gain" if model.initial.bias else "biases start at 0"


CONTROLS = (
    Control(
        "classes",
        "classes",
        "data",
        lambda model: model.data.classes,
        limits=(2, 6, 1),
        is_shown=lambda model: _class_range(model)[0] < _class_range(model)[1],
        help="how many classes there are to tell apart, one output each",
    ),
    Control(
        "points",
        "points",
        "data",
        lambda model: model.data.n,
        limits=(20, 1000, 10),
        is_shown=is_generated,
        help="how many points there are, those for testing included",
    ),
    Control(
        "noise",
        "noise",
        "data",
        lambda model: model.data.noise,
        limits=(0, 0.4, 0.01),
        is_shown=is_generated,
        help="how far the points stray from the pattern, once and for all: a standard deviation",
    ),
    Control(
        "initializer",
        "initial weights",
        "network",
        lambda model: model.initial.initializer,
        tuple(INITIALIZERS),
        help=lambda model: f"weights start as {INITIALIZERS[model.initial.initializer].formula}",
    ),
    Control(
        "balance",
        "balance",
        "data",
        lambda model: model.data.balance,
        limits=(0.05, 1, 0.05),
        is_shown=lambda model: is_generated(model) and model.data.classes > 0,
        is_advanced=True,
        help="the size of the last class relative to the first",
    ),
    Control(
        "test-share",
        "test share",
        "data",
        lambda model: model.data.test,
        limits=(0, 0.9, 0.05),
        is_advanced=True,
        help="the share of the points that the network does not learn from",
    ),
    Control(
        "initial-gain",
        "gain",
        "network",
        lambda model: number_text(model.initial.gain),
        GAINS,
        is_advanced=True,
        help="what the drawn weights are multiplied by; biases are not",
    ),
    Control(
        "initial-bias",
        "first biases ±",
        "network",
        lambda model: number_text(model.initial.bias),
        BIASES,
        is_advanced=True,
        help=_bias_help,
    ),
    Control(
        "initial-seed",
        "weight seed",
        "network",
        lambda model: model.initial.seed,
        limits=(0, LARGEST_SEED, 1),
        is_advanced=True,
        is_box=True,
        help="the same seed draws the same weights",
    ),
    *TRAINING_CONTROLS,
)


def _class_range(model: Model) -> tuple[int, int]:
    return DATASETS[model.data.name].classes if model.data.name else (0, 0)


def menu_options(control: Control, model: Model) -> list[dict[str, str]]:
    """Return a menu's options, with the model's own value added where the table lacks it."""
    choices = list(control.choices or ())
    if control.name == "loss":
        choices = [name for name in choices if model.data.task in LOSSES[name].tasks]
    value = control.read(model)
    return options(choices if value in choices else [*choices, value])


def component(control: Control, model: Model) -> html.Div:
    """Build one labelled control showing the model's value."""
    build = {"menu": _menu, "box": _box, "slider": _slider}[control.kind]
    return html.Div(
        build(control, model),
        id=f"row-{control.name}",
        hidden=not control.is_shown(model),
        title=control.help_for(model),
        className=f"row {control.kind}",
    )


def _menu(control: Control, model: Model) -> list[Any]:
    return [
        html.Span(control.label, className="label"),
        dmc.Select(
            id=control_id(control.name),
            data=menu_options(control, model),
            value=control.read(model),
            allowDeselect=False,
            checkIconPosition="right",
            size="xs",
            **{"aria-label": control.label},
        ),
    ]


def _box(control: Control, model: Model) -> list[Any]:
    low, high, step = control.limits
    return [
        html.Span(control.label, className="label"),
        dmc.NumberInput(
            id=control_id(control.name),
            value=control.read(model),
            min=low,
            max=high,
            step=step,
            placeholder=control.empty(model) if control.empty else "",
            clampBehavior="none",  # a number out of range is refused with a sentence, not changed in silence
            hideControls=True,
            debounce=True,  # half a number is none: "0." on the way to 0.05
            size="xs",
            **{"aria-label": control.label},
        ),
    ]


def _limits(control: Control, model: Model) -> tuple[float, float, float]:
    """Return a slider's smallest, largest and step; those of the classes are the data set's."""
    if control.name == "classes" and control.is_shown(model):
        return (*_class_range(model), 1)
    return control.limits


def _slider(control: Control, model: Model) -> list[Any]:
    low, high, step = _limits(control, model)
    return [
        html.Span(control.label, className="label"),
        html.Output(number_text(control.read(model)), id=f"value-{control.name}", className="number"),
        dmc.Slider(
            id=control_id(control.name),
            value=control.read(model),
            min=low,
            max=high,
            step=step,
            size=3,
            label=None,
            thumbSize=15,
            thumbLabel=control.label,
            updatemode="mouseup",
        ),
    ]


def setup_panel(model: Model) -> list[html.Section]:
    """Build the whole left rail for a model."""

    def rows(section: str) -> list[Any]:
        controls = [control for control in CONTROLS if control.section == section]
        plain = [component(control, model) for control in controls if not control.is_advanced]
        advanced = [component(control, model) for control in controls if control.is_advanced]
        if section == "data":
            advanced.append(seed_row(model))
        return [*plain, html.Details([html.Summary("more"), *advanced], className="more")] if advanced else plain

    return [
        html.Section([html.H2("Data"), dataset_cards(model), *rows("data")]),
        html.Section(
            [
                html.H2("Network"),
                html.Div(layer_rows(model), id="layer-rows"),
                html.Div(
                    [
                        html.Button("+ layer", id=control_id("add-layer"), className="quiet"),
                        html.Button("new weights", id=control_id("new-weights"), className="quiet"),
                        html.Button("same again", id=control_id("same-weights"), className="quiet"),
                    ],
                    className="buttons",
                ),
                *rows("network"),
            ]
        ),
        html.Section([html.H2("Training"), *rows("training")]),
    ]


def shown(model: Model) -> list[dict[str, Any]]:
    """Return what the panel must show for a model: ``{"id": …, "props": {…}}`` per component."""
    updates: list[dict[str, Any]] = [{"id": control_id("dataset"), "props": {"value": model.data.name}}]
    for control in CONTROLS:
        value = control.read(model)
        props: dict[str, Any] = {"value": value}
        if control.kind == "menu":
            props["data"] = menu_options(control, model)
        elif control.kind == "slider":
            props["min"], props["max"], _ = _limits(control, model)
        elif control.empty:
            props["placeholder"] = control.empty(model)
        updates.append({"id": control_id(control.name), "props": props})
        row = {"hidden": not control.is_shown(model), "title": control.help_for(model)}
        updates.append({"id": f"row-{control.name}", "props": row})
        if control.kind == "slider":
            updates.append({"id": f"value-{control.name}", "props": {"children": number_text(value)}})
    updates.append({"id": OWN_CARD, "props": own_card_props(model)})
    updates.append({"id": control_id("data-seed"), "props": {"value": model.data.seed}})
    updates.append({"id": "row-data-seed", "props": {"hidden": not is_generated(model)}})
    updates.append({"id": "layer-rows", "props": {"children": layer_rows(model)}})
    return updates
