"""Edits: what each control of the setup panel does to a model. Pure functions, model to model.

A value comes from the page, so it is believed no more than a document is: the edited model goes
through ``nets.parse`` before anything else sees it (see ``app.callbacks``).
"""

from app.change import Change, Edit, short
from app.data_edits import DATA_EDITS
from app.network_edits import NETWORK_EDITS
from app.training_edits import TRAINING_EDITS
from nets.fields import DocumentError
from nets.model import Model

EDITS: dict[str, Edit] = {**DATA_EDITS, **NETWORK_EDITS, **TRAINING_EDITS}


def apply(model: Model, change: Change) -> Model:
    """Return the model after one change.

    Raises:
        DocumentError: for a control that does not exist or a value it cannot have.
    """
    if change.control not in EDITS:
        raise DocumentError(f"unknown control {short(change.control)}; the controls are {', '.join(EDITS)}", "changes")
    if not 0 <= change.layer < len(model.layers) or not 0 <= change.neuron < model.layers[change.layer].width:
        place = f"neuron {short(change.neuron)} in layer {short(change.layer)}"
        raise DocumentError(f"there is no {place}", "changes")
    return EDITS[change.control](model, change)
