"""Health: what is wrong with the gradients of a network, with numbers, and what to try.

Gradients that vanish (Hochreiter, 1991; Bengio, Simard and Frasconi, 1994) or explode (Pascanu, Mikolov and
Bengio, 2013) on their way back, dead neurons (Maas, Hannun and Ng, 2013) and saturated ones (Glorot and Bengio, 2010).
"""

from typing import NamedTuple

import numpy as np

from nets.batches import batches_of_data
from nets.domains import find_gap
from nets.measures import Measures
from nets.model import Model
from nets.network import Layer, split
from nets.saturation import FLAT, MOSTLY

VANISHING = 1e-3  # of the largest layer's norm: below it a layer stands still while another one moves
AT_REST = 1e-6  # of the largest norm: below it training has arrived, and what is left of gradients is chance
EXPLODING = 1e3  # a norm beyond which even a learning rate of 0.001 moves a layer's weights by more than 1
SATURATED_SHARE = 0.75  # of a hidden layer's neurons: some cliffs are of use, a layer of nothing else hardly learns

REMEDIES = {  # for neurons whose slope is 0 at every point, by their nonlinearity
    "relu": "raise their biases, or try leaky_relu",
    "step": "step is flat everywhere, so try sigmoid",
    "abs": "try weights other than 0",
    "square": "try weights other than 0",
    "gaussian": "try weights that are neither 0 nor so large",
}
SMALLER = "try smaller weights"  # for all others


class Finding(NamedTuple):
    """The path of the layer it has to do with, and one sentence for people."""

    where: str
    why: str


def findings(model: Model, measured: Measures) -> tuple[Finding, ...]:
    """Say what is wrong with a model's gradients, given ``nets.measures.measure(model)``; nothing where all is well."""
    found = [_undefined(model, measured) or _exploding(model, measured) or _vanishing(model, measured)]
    for index, layer in enumerate(model.layers):
        found += [_dead(index, layer, measured), _saturated(index, layer, measured)]
    return tuple(finding for finding in found if finding)


def _norms(measured: Measures) -> list[float]:
    return [layer.gradient_norm for layer in measured.layers]


def _undefined(model: Model, measured: Measures) -> Finding | None:
    undefined = np.flatnonzero(np.isnan(_norms(measured)))
    if not undefined.size:
        return None
    train, _ = batches_of_data(model)
    gap = find_gap(model.layers, model.parameters, train.points, "training points")
    if gap:
        return Finding(*gap)
    index = int(undefined[-1])  # gradients come from the last layer
    return _finding(index, f"the gradient of layer {index + 1} is undefined: numbers overflowed; {_slower(model)}")


def _exploding(model: Model, measured: Measures) -> Finding | None:
    norms = _norms(measured)
    index = int(np.argmax(norms))
    if norms[index] <= EXPLODING:
        return None
    weights, biases = split(model.layers, model.parameters)[index]
    own = np.hypot(np.linalg.norm(weights), np.linalg.norm(biases))
    size = f"has norm {norms[index]:.2g}" if np.isfinite(norms[index]) else "overflowed"
    return _finding(
        index,
        f"the gradient of layer {index + 1} {size}, while its weights and biases have norm {own:.2g}: "
        f"it explodes; {_slower(model)}",
    )


def _slower(model: Model) -> str:
    units = "" if model.data.classes else ", or values in larger units"
    rate = "" if model.training.is_full_batch else f"a learning rate of {model.training.learning_rate / 10:g} with "
    return f"try {rate}smaller weights{units}"


def _vanishing(model: Model, measured: Measures) -> Finding | None:
    norms = _norms(measured)
    largest = int(np.argmax(norms))
    learning = [i for i, layer in enumerate(model.layers) if len({*layer.frozen, *layer.off}) < layer.width]
    if norms[largest] < AT_REST or not learning:
        return None
    index = min(learning, key=norms.__getitem__)
    ratio = norms[index] / norms[largest]
    if ratio >= VANISHING:
        return None
    if norms[index] == 0:
        what = f"is 0, that of layer {largest + 1} is {norms[largest]:.2g}: nothing of it passes back"
    else:
        what = f"has norm {norms[index]:.2g}, {ratio:.2g} of layer {largest + 1}'s {norms[largest]:.2g}: it vanishes"
    return _finding(index, f"the gradient of layer {index + 1} {what}; {_passage(model, measured, index)}")


def _passage(model: Model, measured: Measures, index: int) -> str:
    """Return what stops the gradient on its way back to a layer, and what to try."""
    for later in range(index, len(model.layers)):
        layer = model.layers[later]
        if len({*measured.layers[later].dead, *layer.off}) == layer.width:
            return f"all neurons of layer {later + 1} are dead or switched off"
        if later > index and not split(model.layers, model.parameters)[later][0].any():
            return f"all weights of layer {later + 1} are 0, so draw others"
    after = {name for layer in model.layers[index:-1] for name in layer.activation}
    if "sigmoid" in after:
        return "sigmoid flattens it at every layer, so try tanh or relu, or fewer layers"
    return "try fewer layers, or another gain of the initial weights"


def _dead(index: int, layer: Layer, measured: Measures) -> Finding | None:
    dead = measured.layers[index].dead
    if not dead:
        return None
    remedies = dict.fromkeys(REMEDIES.get(layer.activation[neuron], SMALLER) for neuron in dead)
    what = "dead: at every training point the slope is 0, and no gradient passes"
    return _finding(index, f"{_share(dead, layer, index)} {what}; {'; '.join(remedies)}")


def _saturated(index: int, layer: Layer, measured: Measures) -> Finding | None:
    saturated = measured.layers[index].saturated
    is_output = index == len(measured.layers) - 1  # outputs that are sure of themselves are meant to be flat
    if is_output or len(saturated) < SATURATED_SHARE * layer.width:
        return None
    where = f"at {100 * MOSTLY:g} % of the training points or more"
    what = f"saturated: {where} the slope is below {100 * FLAT:g} % of the steepest"
    return _finding(index, f"{_share(saturated, layer, index)} {what}; {SMALLER}")


def _share(neurons: tuple[int, ...], layer: Layer, index: int) -> str:
    verb = "is" if len(neurons) == 1 else "are"
    return f"{len(neurons)} of {layer.width} neurons of layer {index + 1} {verb}"


def _finding(index: int, why: str) -> Finding:
    return Finding(f"layers[{index}]", why)
