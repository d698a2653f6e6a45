"""Callbacks: what a click in the setup panel does.

The page sends the current document with everything the user changed since the last answer; Python
applies the changes and answers with a proposal: the new document, its points, and what every
control should show. The page accepts it into its session. A change that cannot be made is
answered with a sentence and the place, and the rest of the document comes back as it was.
"""

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from app.change import Change
from app.controls import shown
from app.edits import apply
from app.stats import shown_stats
from nets import DocumentError, Model, parse, serialise
from nets.datasets import load

MOST_CHANGES = 32  # in one request; a user makes one or two while an answer is on its way
LARGEST_SEQUENCE = 2**53  # what JavaScript counts to


def propose(model: Model) -> dict[str, Any]:
    """Return what the page needs to take up a model: its document, its points, its controls."""
    data = load(model.data)
    return {
        "document": serialise(model),
        "points": {
            "x": data.points[0].tolist(),
            "y": data.points[1].tolist(),
            "targets": data.targets.tolist(),
            "is_test": data.is_test.tolist(),
        },
        "shown": [*shown(model), *shown_stats(model)],
    }


def answer(request: Any) -> dict[str, Any]:
    """Answer one request of the page: ``{"sequence", "document", "changes": [{"control", "value", …}]}``.

    A change that fails leaves the model as the changes before it made it.
    """
    if not isinstance(request, dict):
        return {"error": "expected an object with a document", "where": ""}
    sequence = _sequence(request.get("sequence"))
    try:
        model = parse(request.get("document"))
    except DocumentError as error:
        return {"sequence": sequence, **_failure(error)}
    model, failure = _apply_all(model, request.get("changes", []))
    return {"sequence": sequence, **propose(model), **failure}


def _apply_all(model: Model, changes: Any) -> tuple[Model, dict[str, str]]:
    try:
        for change in _changes(changes):
            model = parse(serialise(apply(model, change)))
    except DocumentError as error:
        return model, _failure(error)
    return model, {}


def _failure(error: DocumentError) -> dict[str, str]:
    """Return the fields that tell what is wrong; half a character, which JSON cannot carry, is told by its escape."""
    texts = {"error": str(error), "where": error.where}
    return {name: text.encode(errors="backslashreplace").decode() for name, text in texts.items()}


def _sequence(value: Any) -> int | None:
    """Return the number of a request to be repeated in its answer; what is none is not."""
    return value if isinstance(value, int) and abs(value) < LARGEST_SEQUENCE else None


def _changes(items: Any) -> list[Change]:
    """Read the changes of a request."""
    if not isinstance(items, list) or len(items) > MOST_CHANGES:
        raise DocumentError(f"expected a list of at most {MOST_CHANGES} changes", "changes")
    changes = []
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("control"), str):
            raise DocumentError("expected each change to name its control", "changes")
        layer, neuron = item.get("layer", 0), item.get("neuron", 0)
        if not isinstance(layer, int) or not isinstance(neuron, int):
            raise DocumentError("expected layer and neuron to be whole numbers", "changes")
        changes.append(Change(item["control"], item.get("value"), max(layer, 0), neuron))
    return changes


def register(app: Dash) -> None:
    """Wire the setup panel to Python and to the page's modules."""

    @app.callback(Output("proposal", "data"), Input("request", "data"), prevent_initial_call=True)
    def edit(request: Any) -> dict[str, Any]:
        if request is None:
            raise PreventUpdate
        return answer(request)

    def in_page(function: str, output: Output, *inputs: Input | State) -> None:
        app.clientside_callback(ClientsideFunction("relief", function), output, *inputs, prevent_initial_call=True)

    every = {"control": ALL, "layer": ALL}
    in_page("collect", Output("request", "data"), Input(every, "value"), Input(every, "n_clicks"))
    in_page("accept", Output("sink", "data"), Input("proposal", "data"))
    in_page("setRate", Output("sink", "data", allow_duplicate=True), Input("rate", "value"))
    in_page("setOutputs", Output("sink", "data", allow_duplicate=True), Input("outputs", "value"))
    in_page("setKind", Output("sink", "data", allow_duplicate=True), Input("kind", "value"))
    in_page("setLevelRule", Output("sink", "data", allow_duplicate=True), Input("level-rule", "value"))
