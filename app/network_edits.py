"""Edits of the network: its layers, its neurons, its initial weights."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.change import Change, Edit, choice, name_of, possible_width, real, short, whole
from nets.activations import ACTIVATIONS
from nets.fields import DocumentError, read_boolean, read_integer, read_number
from nets.initializers import INITIALIZERS
from nets.limits import BIASES, GAINS, LARGEST_SEED
from nets.model import Model, new_weights
from nets.network import Layer
from nets.reshape import insert_layer, move_layer, remove_layer, remove_neuron, resize_layer, set_skip

NEW_LAYER = Layer(4, ("tanh",) * 4)


def _with_layer(model: Model, index: int, layer: Layer) -> Model:
    """Give the model another layer of the same shape; the weights stay."""
    return replace(model, layers=(*model.layers[:index], layer, *model.layers[index + 1 :]))


def _set_width(model: Model, change: Change) -> Model:
    width = whole(change.value, f"layers[{change.layer}].width")
    return resize_layer(model, change.layer, possible_width(width))


def _step_width(step: int) -> Edit:
    def edit(model: Model, change: Change) -> Model:
        return resize_layer(model, change.layer, possible_width(model.layers[change.layer].width + step))

    return edit


def _set_activation(model: Model, change: Change) -> Model:
    layer = model.layers[change.layer]
    name = choice(change.value, f"layers[{change.layer}].activation", "activation", ACTIVATIONS)
    return _with_layer(model, change.layer, replace(layer, activation=(name,) * layer.width))


def _set_neuron_activation(model: Model, change: Change) -> Model:
    layer = model.layers[change.layer]
    names = list(layer.activation)
    where = f"layers[{change.layer}].activation[{change.neuron}]"
    names[change.neuron] = choice(change.value, where, "activation", ACTIVATIONS)
    return _with_layer(model, change.layer, replace(layer, activation=tuple(names)))


def _remove_neuron(model: Model, change: Change) -> Model:
    return remove_neuron(model, change.layer, change.neuron)


def _set_pre(model: Model, change: Change) -> Model:
    name = choice(change.value, f"layers[{change.layer}].pre", "activation", ACTIVATIONS)
    return _with_layer(model, change.layer, replace(model.layers[change.layer], pre=name))


def _set_skip(model: Model, change: Change) -> Model:
    """Set whether the layer also receives x and y; the switch itself, which sends no value, turns it over."""
    is_on = model.layers[change.layer].skip
    skip = not is_on if change.value is None else read_boolean(change.value, f"layers[{change.layer}].skip")
    return set_skip(model, change.layer, skip)


def _add_layer(model: Model, change: Change) -> Model:
    """Add a layer before the outputs, or before the layer that the value names; it is like the one before it."""
    last = len(model.layers) - 1
    place = last if change.value is None else whole(change.value, "layers")
    if not 0 <= place <= last:
        raise DocumentError(f"a layer can be added at 0 to {last}, not at {short(change.value)}", "layers")
    alike = model.layers[max(place - 1, 0)] if last else NEW_LAYER
    return insert_layer(model, place, Layer(alike.width, alike.activation, alike.pre, alike.skip))


def _insert_layer(model: Model, change: Change) -> Model:
    return _add_layer(model, replace(change, value=change.layer))


def _mark_neuron(field: str) -> Edit:
    """Return the edit that puts a neuron among a layer's frozen or switched off ones, or takes it out."""

    def edit(model: Model, change: Change) -> Model:
        layer = model.layers[change.layer]
        others = {*getattr(layer, field)} - {change.neuron}
        is_marked = read_boolean(change.value, f"layers[{change.layer}].{field}")
        marked: Any = tuple(sorted(others | {change.neuron} if is_marked else others))
        return _with_layer(model, change.layer, replace(layer, **{field: marked}))

    return edit


def _freeze_layer(model: Model, change: Change) -> Model:
    layer = model.layers[change.layer]
    is_frozen = read_boolean(change.value, f"layers[{change.layer}].frozen")
    return _with_layer(model, change.layer, replace(layer, frozen=tuple(range(layer.width)) if is_frozen else ()))


def _remove_layer(model: Model, change: Change) -> Model:
    return remove_layer(model, change.layer)


def _move_layer(model: Model, change: Change) -> Model:
    step = whole(change.value, "changes")
    return move_layer(model, change.layer, change.layer + step)


def _step_layer(step: int) -> Edit:
    return lambda model, change: _move_layer(model, replace(change, value=step))


def _new_weights(model: Model, change: Change) -> Model:
    return new_weights(model, replace(model.initial, seed=(model.initial.seed + 1) % 2**32))


def _same_weights(model: Model, change: Change) -> Model:
    return new_weights(model, model.initial)


def _edit_initial(field: str, read: Callable[[Any, str], Any]) -> Edit:
    """Change where the weights come from: they are drawn anew, because that is what it is for."""

    def edit(model: Model, change: Change) -> Model:
        return new_weights(model, replace(model.initial, **{field: read(change.value, f"initial.{field}")}))

    return edit


def _number(low: float, high: float) -> Callable[[Any, str], float]:
    return lambda value, where: read_number(real(value, where), where, low, high)


def _seed(value: Any, where: str) -> int:
    return read_integer(whole(value, where), where, 0, LARGEST_SEED)


NETWORK_EDITS: dict[str, Edit] = {
    "layer-width": _set_width,
    "narrow-layer": _step_width(-1),
    "widen-layer": _step_width(1),
    "layer-activation": _set_activation,
    "neuron-activation": _set_neuron_activation,
    "remove-neuron": _remove_neuron,
    "layer-pre": _set_pre,
    "layer-skip": _set_skip,
    "neuron-frozen": _mark_neuron("frozen"),
    "neuron-off": _mark_neuron("off"),
    "layer-frozen": _freeze_layer,
    "add-layer": _add_layer,
    "insert-layer": _insert_layer,
    "remove-layer": _remove_layer,
    "move-layer": _move_layer,
    "layer-up": _step_layer(-1),
    "layer-down": _step_layer(1),
    "initializer": _edit_initial("initializer", name_of("initializer", INITIALIZERS)),
    "initial-gain": _edit_initial("gain", _number(*GAINS)),
    "initial-bias": _edit_initial("bias", _number(*BIASES)),
    "initial-seed": _edit_initial("seed", _seed),
    "new-weights": _new_weights,
    "same-weights": _same_weights,
}
