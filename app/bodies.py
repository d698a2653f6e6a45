"""What a request's body says, read and checked before anybody works for it."""

from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import HTTPException

from app.layer_figures import KINDS
from app.stream import LARGEST_RATE, MOST_EPOCHS, Run
from nets.document import parse
from nets.fields import DocumentError, read_choice, read_integer
from nets.limits import LARGEST_EPOCH, LIMITS
from nets.model import Model

NEURON = ("model", "layer", "neuron", "kind")  # what a request about one neuron says


def json_body() -> Any:
    """Read the request's body, refusing what is not JSON and what is too long before reading it.

    Raises:
        HTTPException: 400, 413 or 415, with a sentence.
    """
    limit = LIMITS["bytes a request"]
    if request.content_length is not None and request.content_length > limit:
        raise _Refused(413, f"the request has {request.content_length} bytes; {limit} are allowed")
    if request.mimetype != "application/json":
        raise _Refused(415, f"the content type is {request.mimetype[:40]!r}; send application/json")
    request.max_content_length = limit + 1  # where a body that did not say its length is cut
    try:
        data = request.get_data()
    except HTTPException:
        raise
    except Exception:  # whatever the web server raises where chunks are not what they should be
        raise _Refused(400, "the body could not be read") from None
    if len(data) > limit:
        raise _Refused(413, f"the request has more than the {limit} bytes that are allowed")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise _Refused(400, f"this is not JSON: {error}") from None


class _Refused(HTTPException):
    """A request that is refused before its document is looked at."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


def parse_run(body: Any, session: str = "") -> Run:
    """Check the body of a training request.

    Raises:
        DocumentError: naming the field that is wrong.
    """
    _check_fields(body, ("model", "epochs", "rate"))
    epochs = body.get("epochs", MOST_EPOCHS)
    if isinstance(epochs, bool) or not isinstance(epochs, int) or not 1 <= epochs <= MOST_EPOCHS:
        raise DocumentError(f"expected a whole number from 1 to {MOST_EPOCHS}", "epochs")
    rate = body.get("rate")
    is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
    if rate is not None and not (is_number and 0.1 <= rate <= LARGEST_RATE):
        raise DocumentError(f"expected a number of epochs a second from 0.1 to {LARGEST_RATE}", "rate")
    model = parse(body["model"])
    left = LARGEST_EPOCH - model.progress.epoch
    if left < 1:
        raise DocumentError(f"training ends at epoch {LARGEST_EPOCH}", "progress.epoch")
    return Run(model, min(epochs, left), rate, session)


def parse_model(body: Any) -> Model:
    """Check the body of a request about a model and nothing else: for its gradient, its measures or its regions.

    Raises:
        DocumentError: naming the field that is wrong.
    """
    _check_fields(body, ("model",))
    return parse(body["model"])


def parse_neuron(body: Any) -> tuple[Model, dict[str, Any]]:
    """Check the body of a request about the landscape of one neuron: of its model and ``layer``, ``neuron``, ``kind``.

    Raises:
        DocumentError: naming the field that is wrong.
    """
    _check_fields(body, NEURON, NEURON)
    model = parse(body["model"])
    layer = read_integer(body["layer"], "layer", 1, len(model.layers))
    neuron = read_integer(body["neuron"], "neuron", 0, model.layers[layer - 1].width - 1)
    kind = read_choice(body["kind"], "kind", "kind", KINDS)
    return model, {"layer": layer, "neuron": neuron, "kind": kind}


def _check_fields(body: Any, names: tuple[str, ...], required: tuple[str, ...] = ("model",)) -> None:
    """Refuse what is no object with a model and all that is ``required``, or has other fields than ``names``."""
    if not isinstance(body, dict):
        raise DocumentError("expected an object with the field 'model'", "")
    for name in body:
        if name not in names:
            raise DocumentError(f"unknown field {name[:40]!r}; the fields are {', '.join(names)}", name[:40])
    for name in required:
        if name not in body:
            raise DocumentError(f"the field '{name}' is missing", name)
