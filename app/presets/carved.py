"""Presets that are there to be trained, or have been: training carves landscapes."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.presets.preset import Preset, samples
from nets import Budget, Model, Training, create, dataset, train_slice
from nets.network import split

Array = NDArray[np.float64]

PEAKS_EPOCHS = 60
WAVES = 6.0  # how much steeper than usual the first planes of the sine network are


def peaks() -> Model:
    return train_slice(create(dataset("gaussians", 4), hidden=[6]), Budget(epochs=PEAKS_EPOCHS)).model


def spiral() -> Model:
    return create(dataset("spiral", 3), hidden=[8, 8], activation="tanh")


def ripple_height(x: Array, y: Array) -> Array:
    """Rings like those of a stone in water."""
    return 0.9 * np.sin(9 * np.hypot(x, y))


def ripple(activation: str) -> Model:
    """Start a network on the ripple, its first planes ``WAVES`` times as steep as drawn."""
    training = Training(loss="mean_squared_error")
    model = create(samples(ripple_height, 300), hidden=[16, 8], activation=activation, training=training)
    parameters = model.parameters.copy()
    weights, _ = split(model.layers, parameters)[0]
    weights *= WAVES
    return replace(model, parameters=parameters)


ROWS = (
    Preset(
        "peaks",
        "Landscapes peak over their classes",
        "Training has raised each class's landscape over its own points and lowered it over all others."
        " Walk through the classes with ↑ and ↓; the decision map asks which of the four is highest.",
        peaks,
        select=(2, 0),
    ),
    Preset(
        "spiral",
        "The three-armed spiral",
        "As training goes on, eight bent planes and eight mixtures of them are carved until each class stands over its"
        " own arm. Drag the loss curve back to see where an arm was first caught.",
        spiral,
        select=(3, 0),
        plays=True,
        rate="20",
        pictured=50,
    ),
    Preset(
        "sine",
        "A sine network",
        "Sines of steep planes are waves, and sums of waves fit the rings of a ripple while training runs."
        " Reset, change both hidden layers to tanh and play: the test loss stays several times as high.",
        lambda: ripple("sin"),
        select=(3, 0),
        plays=True,
        rate="20",
        pictured=100,
    ),
)
