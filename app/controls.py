"""The setup panel: one row per control, and the components they become.

A control's id is ``{"control": name, "layer": index}``, where ``name`` is a key of
``app.edits.EDITS`` and ``layer`` is −1 for controls that belong to no layer. The page collects
whatever the user changes under these ids and sends it to Python as ``app.edits.Change``s; Python
answers with the values the controls should now show (``shown``), so that the panel always tells
what the document says, wherever the document came from.
"""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from app.control import Control, number_text
from app.thumbnails import dataset_picture
from app.training_controls import FULL_BATCH, TRAINING_CONTROLS
from nets import ACTIVATIONS, DATASETS, INITIALIZERS, LOSSES, Model
from nets.limits import LARGEST_SEED, LIMITS

NO_LAYER = -1
ACTIVATION_MENU = {"width": 330, "position": "bottom-start"}
WITH_FORMULA = {"function": "withFormula"}  # of assets/options.js
MIXED = "mixed"  # shown where a layer's neurons have different nonlinearities

GAINS = ("0.01", "0.03", "0.1", "0.3", "0.5", "0.7", "1", "1.5", "2", "3", "5", "10")

SHORT_TITLES = {
    "softmax_cross_entropy": "cross-entropy",
    "mean_squared_error": "squared error",
    FULL_BATCH: "full",
}


def _title(name: str) -> str:
    return SHORT_TITLES.get(name, name.replace("_", " "))


def options(names: Any) -> list[dict[str, str]]:
    return [{"value": name, "label": _title(name)} for name in names]


def activation_options() -> list[dict[str, str]]:
    """Return the nonlinearities as a menu's options, each with its formula (see ``assets/options.js``)."""
    return [{"value": row.name, "label": _title(row.name), "formula": row.formula} for row in ACTIVATIONS.values()]


def control_id(name: str, layer: int = NO_LAYER) -> dict[str, str | int]:
    """Return the Dash id of a control."""
    return {"control": name, "layer": layer}


def _is_generated(model: Model) -> bool:
    return not model.data.points


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
        is_shown=_is_generated,
        help="how many points there are, those for testing included",
    ),
    Control(
        "noise",
        "noise",
        "data",
        lambda model: model.data.noise,
        limits=(0, 0.4, 0.01),
        is_shown=_is_generated,
        help="how far the points stray from the pattern, once and for all: a standard deviation",
    ),
    Control(
        "initializer",
        "initial weights",
        "network",
        lambda model: model.initial.initializer,
        tuple(INITIALIZERS),
        help=lambda model: (
            f"weights are drawn from {INITIALIZERS[model.initial.initializer].formula}; biases start at 0"
        ),
    ),
    Control(
        "balance",
        "balance",
        "data",
        lambda model: model.data.balance,
        limits=(0.05, 1, 0.05),
        is_shown=lambda model: _is_generated(model) and model.data.classes > 0,
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
        help="what the drawn weights are multiplied by",
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


def dataset_cards(model: Model) -> dmc.RadioGroup:
    """Build the data sets as a group of pictures to choose from."""
    return dmc.RadioGroup(
        html.Div(
            [
                dmc.RadioCard(
                    html.Img(src=dataset_picture(row.name), alt="", draggable="false"),
                    value=row.name,
                    className="thumbnail",
                    **{"aria-label": f"{row.name}: {row.description}"},
                )
                for row in DATASETS.values()
            ]
            + [_own_card(model)],
            className="thumbnails",
        ),
        id=control_id("dataset"),
        value=model.data.name,
        **{"aria-label": "data set"},
    )


OWN_CARD = "open-own-data"


def _own_card(model: Model) -> html.Button:
    """Build the card that opens the sheet of one's own data."""
    return html.Button("+", id=OWN_CARD, **{"data-opens": "own-data"}, **_own_card_props(model))


def _own_card_props(model: Model) -> dict[str, str]:
    is_own = model.data.name is None
    return {
        "className": "thumbnail own is-chosen" if is_own else "thumbnail own",
        "title": "your own data: draw, table, formula",
        "aria-label": f"your own data: draw, table, formula{' (in use)' if is_own else ''}",
    }


def _seed_row(model: Model) -> html.Div:
    """Build the field of the points' seed, and the button that draws others."""
    return html.Div(
        [
            html.Button("new points", id=control_id("new-points"), className="quiet"),
            dmc.NumberInput(
                id=control_id("data-seed"),
                value=model.data.seed,
                min=0,
                max=LARGEST_SEED,
                clampBehavior="strict",
                allowDecimal=False,
                allowNegative=False,
                size="xs",
                w=88,
                debounce=200,
                **{"aria-label": "seed of the points"},
            ),
        ],
        id="row-data-seed",
        hidden=not _is_generated(model),
        className="row menu",
    )


def layer_rows(model: Model) -> list[html.Div]:
    """Build one row per hidden layer and one for the outputs, each with what is rarely wanted behind its "…"."""
    last = len(model.layers) - 1
    return [_layer_row(model, index, is_output=index == last) for index in range(last + 1)]


def _layer_row(model: Model, index: int, is_output: bool) -> html.Div:
    layer = model.layers[index]
    title = f"hidden {index + 1}" if not is_output else ("classes" if model.data.classes else "output")
    names = set(layer.activation)
    labels = ", ".join(model.data.labels) if is_output else ""
    width = html.Span(str(layer.width), className="number") if is_output else _stepper(index, layer.width, title)
    nonlinearity = dmc.Select(
        id=control_id("layer-activation", index),
        data=activation_options(),
        renderOption=WITH_FORMULA,
        value=names.pop() if len(names) == 1 else None,
        placeholder=MIXED,
        allowDeselect=False,
        size="xs",
        comboboxProps=ACTIVATION_MENU,
        className="nonlinearity",
        **{"aria-label": f"nonlinearity of {title}"},
    )
    return html.Div(
        [
            html.Div([html.Span(title, title=labels), width, nonlinearity], className="layer-row"),
            html.Details(
                [
                    html.Summary("…", title=f"more about {title}", **{"aria-label": f"more about {title}"}),
                    *_layer_details(model, index, title, is_output),
                ],
                className="layer-more",
            ),
        ],
        className="layer",
    )


def _stepper(index: int, width: int, title: str) -> html.Div:
    def step(control: str, sign: str, what: str) -> html.Button:
        return html.Button(sign, id=control_id(control, index), **{"aria-label": f"{what} in {title}"})

    return html.Div(
        [
            step("narrow-layer", "−", "one neuron less"),
            dmc.NumberInput(
                id=control_id("layer-width", index),
                value=width,
                min=1,
                max=LIMITS["neurons a layer"],
                clampBehavior="strict",
                allowDecimal=False,
                allowNegative=False,
                hideControls=True,
                size="xs",
                debounce=200,
                **{"aria-label": f"neurons in {title}"},
            ),
            step("widen-layer", "+", "one neuron more"),
        ],
        className="stepper",
    )


def _layer_details(model: Model, index: int, title: str, is_output: bool) -> list[Any]:
    """Build what stands behind a layer's "…": what happens before its weights, and its place among the layers."""
    layer = model.layers[index]
    before = [
        html.Span("before weights", className="label", title="applied to all that the layer receives"),
        dmc.Select(
            id=control_id("layer-pre", index),
            data=activation_options(),
            renderOption=WITH_FORMULA,
            value=layer.pre,
            allowDeselect=False,
            size="xs",
            comboboxProps=ACTIVATION_MENU,
            **{"aria-label": f"nonlinearity before the weights of {title}"},
        ),
    ]
    skip = [
        html.Span("x and y too", className="label", title="the layer also receives the two inputs themselves"),
        html.Button(
            id=control_id("layer-skip", index),
            className="switch",
            role="switch",
            **{"aria-label": f"x and y into {title} too", "aria-checked": "true" if layer.skip else "false"},
        ),
    ]
    places = [
        _layer_button("layer-up", index, "up", f"move {title} up", is_disabled=is_output or index == 0),
        _layer_button("layer-down", index, "down", f"move {title} down", is_disabled=index >= len(model.layers) - 2),
        _layer_button("insert-layer", index, "insert", f"insert a layer before {title}"),
        _layer_button("remove-layer", index, "remove", f"remove {title}", is_disabled=is_output),
    ]
    return [
        html.Div(before, className="row menu"),
        html.Div(skip, className="row"),
        html.Div(places, className="buttons"),
    ]


def _layer_button(control: str, index: int, word: str, what: str, *, is_disabled: bool = False) -> html.Button:
    return html.Button(
        word,
        id=control_id(control, index),
        className="quiet",
        disabled=is_disabled,
        title=what,
        **{"aria-label": what},
    )


def setup_panel(model: Model) -> list[html.Section]:
    """Build the whole left rail for a model."""

    def rows(section: str) -> list[Any]:
        controls = [control for control in CONTROLS if control.section == section]
        plain = [component(control, model) for control in controls if not control.is_advanced]
        advanced = [component(control, model) for control in controls if control.is_advanced]
        if section == "data":
            advanced.append(_seed_row(model))
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
    updates.append({"id": OWN_CARD, "props": _own_card_props(model)})
    updates.append({"id": control_id("data-seed"), "props": {"value": model.data.seed}})
    updates.append({"id": "row-data-seed", "props": {"hidden": not _is_generated(model)}})
    updates.append({"id": "layer-rows", "props": {"children": layer_rows(model)}})
    return updates
