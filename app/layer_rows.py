"""Layer rows: one a layer of the network in the setup panel, with what is rarely wanted behind its "…"."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from app.menus import ACTIVATION_MENU, WITH_FORMULA, activation_options, control_id
from nets import Model
from nets.limits import LIMITS

MIXED = "mixed"  # shown where a layer's neurons have different nonlinearities


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
