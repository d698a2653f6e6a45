"""Presets in which something goes wrong, so that it is known again when it is met."""

from dataclasses import replace

import numpy as np

from app.presets.preset import Preset
from nets import Initial, Model, Training, create, dataset
from nets.network import split

DEAD = (0, 2, 3, 5, 6)  # neurons of the first layer
SATURATION = 100.0  # how much larger than usual the first weights are
L2 = 0.01


def zeros() -> Model:
    return create(dataset("spiral", 3), hidden=[6, 6], activation="tanh", initial=Initial("zeros", 1))


def dead_relus() -> Model:
    """Give some ReLUs a bias so low that their pre-activation is negative on the whole square."""
    model = create(dataset("moons"), hidden=[8], activation="relu", initial=Initial("he", 1))
    parameters = model.parameters.copy()
    weights, biases = split(model.layers, parameters)[0]
    for neuron in DEAD:
        biases[neuron] = -np.abs(weights[neuron]).sum() - 0.5
    return replace(model, parameters=parameters)


def tanh_network(gain: float) -> Model:
    """Start a network whose first weights are ``gain`` times as large as usual."""
    training = Training(optimizer="sgd", learning_rate=0.1)
    model = create(dataset("spiral", 3), hidden=[8, 8], activation="tanh", training=training)
    parameters = model.parameters.copy()
    weights, _ = split(model.layers, parameters)[0]
    weights *= gain
    return replace(model, parameters=parameters)


def deep_sigmoid() -> Model:
    training = Training(optimizer="sgd", learning_rate=0.3)
    return create(dataset("circles", 2), hidden=[6] * 5, activation="sigmoid", training=training)


def too_fast() -> Model:
    training = Training(loss="mean_squared_error", optimizer="sgd", learning_rate=0.3)
    first = Initial("glorot", 7)
    return create(dataset("saddle"), hidden=[4, 4], activation="square", training=training, initial=first)


def too_many_neurons(l2: float) -> Model:
    """Give a large network few and noisy points to learn by heart."""
    data = dataset("moons", n=60, noise=0.25, test=0.5)
    return create(data, hidden=[16, 16], activation="tanh", training=Training(batch_size=10, l2=l2))


ROWS = (
    Preset(
        "zeros",
        "Zero weights never differ",
        "All weights begin at 0, so all hidden landscapes are the same flat plain, and training moves nothing but the"
        " outputs' biases. Choose glorot as initial weights and play: now each neuron goes its own way.",
        zeros,
        select=(1, 0),
        plays=True,
        rate="20",
    ),
    Preset(
        "dead-relus",
        "Dead ReLUs",
        "Five of the eight ReLUs have biases so low that they are 0 over the whole square: no point gives them a slope,"
        " and training leaves them as they are. Drag the bias b of this one up until some land rises above 0.",
        dead_relus,
        select=(1, 0),
        plays=True,
        rate="20",
    ),
    Preset(
        "saturated",
        "Saturated tanh",
        "The first weights are a hundred times too large: almost everywhere tanh is −1 or 1, where it has no slope."
        " As training goes on, the cliffs of hidden 1 stay where they are, and only later layers learn.",
        lambda: tanh_network(SATURATION),
        select=(1, 0),
        plays=True,
        rate="20",
    ),
    Preset(
        "vanishing",
        "Vanishing gradient",
        "Every sigmoid flattens what it is given, layer after layer, until the outputs hardly depend on x and y at all."
        " As training goes on, the last layers' weights move and the first ones stand still: hidden 1 stays as it was.",
        deep_sigmoid,
        select=(3, 0),
        plays=True,
        rate="20",
    ),
    Preset(
        "too-fast",
        "Too large a learning rate",
        "The loss falls for a while, then a step too far makes the next one larger still, and the run stops at its last"
        " finite moment and says where the numbers overflowed. Reset, choose 0.1 and play: it goes on and on.",
        too_fast,
        select=(3, 0),
        plays=True,
        rate="5",
    ),
    Preset(
        "over-fitting",
        "Over-fitting",
        "A large network learns thirty noisy points by heart: the train loss goes to 0 while the test loss falls for a"
        " few epochs only, then climbs. Watch class 1 become a cliff, sure of itself where test points prove it wrong.",
        lambda: too_many_neurons(0.0),
        select=(3, 0),
        plays=True,
        rate="20",
        pictured=60,
    ),
    Preset(
        "l2",
        "The same with L2",
        "The points and the network of over-fitting, with a penalty of L2 = 0.01 on large weights: the landscapes stay"
        " smooth and the test loss stays low. Reset, choose 0 for L2 and play: the cliffs come back.",
        lambda: too_many_neurons(L2),
        select=(3, 0),
        plays=True,
        rate="20",
        pictured=60,
    ),
)
