"""The setup panel: one row per control, and the components they become.

A control's id is ``{"control": name, "layer": index}``, where ``name`` is a key of
``app.edits.EDITS`` and ``layer`` is −1 for controls that belong to no layer. The page collects
whatever the user changes under these ids and sends it to Python as ``app.edits.Change``s; Python
answers with the values the controls should now show (``shown``), so that the panel always tells
what the document says, wherever the document came from.
"""

import base64
from typing import Any

import dash_mantine_components as dmc
from dash import html

from app.control import Control, number_text
from app.palette import LIGHT, class_colour
from app.training_controls import FULL_BATCH, TRAINING_CONTROLS
from nets import ACTIVATIONS, DATASETS, INITIALIZERS, LOSSES, Model, dataset
from nets.datasets import load
from nets.document import LIMITS

NO_LAYER = -1
MIXED = "mixed"  # shown where a layer's neurons have different nonlinearities


SHORT_TITLES = {
    "softmax_cross_entropy": "cross-entropy",
    "mean_squared_error": "squared error",
    FULL_BATCH: "full",
}


def _title(name: str) -> str:
    return SHORT_TITLES.get(name, name.replace("_", " "))


def options(names: Any) -> list[dict[str, str]]:
    return [{"value": name, "label": _title(name)} for name in names]


def control_id(name: str, layer: int = NO_LAYER) -> dict[str, str | int]:
    """Return the Dash id of a control."""
    return {"control": name, "layer": layer}


def _is_generated(model: Model) -> bool:
    return model.data.name is not None


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


def dataset_picture(name: str, size: int = 44, n: int = 120) -> str:
    """Draw a data set as a small SVG data URI, from the very points its generator makes."""
    spec = dataset(name, n=n)
    data = load(spec)
    dots = "".join(
        f'<circle cx="{size * (1 + 0.92 * x) / 2:.1f}" cy="{size * (1 - 0.92 * y) / 2:.1f}" r="1.3"'
        f" {_dot_paint(target, spec.classes)}/>"
        for (x, y), target in zip(data.points.T, data.targets, strict=True)
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">{dots}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _dot_paint(target: float, classes: int) -> str:
    """Return a dot's SVG paint: its class's colour, or the sign of its value, paler towards zero."""
    if classes:
        return f'fill="{class_colour(int(target))}"'
    colour = LIGHT["positive" if target > 0 else "negative"]
    return f'fill="{colour}" fill-opacity="{min(0.12 + abs(target), 1):.2f}"'


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
            ],
            className="thumbnails",
        ),
        id=control_id("dataset"),
        value=model.data.name,
        **{"aria-label": "data set"},
    )


def layer_rows(model: Model) -> list[html.Div]:
    """Build one row per hidden layer and one for the outputs."""
    last = len(model.layers) - 1
    rows = []
    for index, layer in enumerate(model.layers):
        names = set(layer.activation)
        title = f"hidden {index + 1}" if index < last else ("classes" if model.data.classes else "output")
        rows.append(
            html.Div(
                [
                    html.Span(title),
                    _width(index, layer.width, title)
                    if index < last
                    else html.Span(str(layer.width), className="number"),
                    dmc.Select(
                        id=control_id("layer-activation", index),
                        data=options(ACTIVATIONS),
                        value=names.pop() if len(names) == 1 else None,
                        placeholder=MIXED,
                        allowDeselect=False,
                        size="xs",
                        w=92,
                        comboboxProps={"width": 130, "position": "bottom-end"},
                        **{"aria-label": f"nonlinearity of {title}"},
                    ),
                    html.Button(
                        "×",
                        id=control_id("remove-layer", index),
                        className="remove",
                        hidden=index == last,
                        title=f"remove {title}",
                        **{"aria-label": f"remove {title}"},
                    ),
                ],
                className="layer",
            )
        )
    return rows


def _width(index: int, width: int, title: str) -> dmc.NumberInput:
    return dmc.NumberInput(
        id=control_id("layer-width", index),
        value=width,
        min=1,
        max=LIMITS["neurons a layer"],
        clampBehavior="strict",
        allowDecimal=False,
        allowNegative=False,
        size="xs",
        w=54,
        debounce=200,
        **{"aria-label": f"neurons in {title}"},
    )


def setup_panel(model: Model) -> list[html.Section]:
    """Build the whole left rail for a model."""

    def rows(section: str) -> list[Any]:
        controls = [control for control in CONTROLS if control.section == section]
        plain = [component(control, model) for control in controls if not control.is_advanced]
        advanced = [component(control, model) for control in controls if control.is_advanced]
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
    updates.append({"id": "layer-rows", "props": {"children": layer_rows(model)}})
    return updates
