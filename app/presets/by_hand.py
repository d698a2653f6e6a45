"""Presets whose weights are set by hand: how landscapes are made of landscapes."""

import numpy as np
from numpy.typing import NDArray

from app.presets.preset import Neurons, Preset, by_hand, own_points, samples
from nets import Model, dataset
from nets.datasets import DataSpec

Array = NDArray[np.float64]

RIDGE_NORMAL = (0.8, 0.6)  # of unit length, across the ridge
RIDGE_HALF_WIDTH = 0.3
STEEPNESS = 12.0  # of a sigmoid that is to be a cliff
TRIANGLE_INRADIUS = 0.38
TEETH_LAYERS = 4


def plane() -> Model:
    return by_hand(
        dataset("gaussians", 2),
        Neurons("identity", [[0.4, 0.8]], [0.0]),
        Neurons("identity", [[4.0], [-4.0]], [0.0, 0.0]),
    )


def flooded_saddle() -> Model:
    """relu(x² − y² + b): the saddle with everything below 0 cut off."""
    return by_hand(
        dataset("saddle"),
        Neurons("square", [[1, 0], [0, 1]], [0, 0]),
        Neurons("relu", [[1, -1]], [0]),
        Neurons("identity", [[1]], [0]),
    )


def ridge_height(x: Array, y: Array) -> Array:
    """One cliff up, one cliff down: S(k (u + h)) − S(k (u − h)) for u across the ridge and S the sigmoid."""
    u = RIDGE_NORMAL[0] * x + RIDGE_NORMAL[1] * y
    up, down = (1 / (1 + np.exp(-STEEPNESS * (u - edge))) for edge in (-RIDGE_HALF_WIDTH, RIDGE_HALF_WIDTH))
    return up - down


def ridge() -> Model:
    slope = [STEEPNESS * component for component in RIDGE_NORMAL]
    shift = STEEPNESS * RIDGE_HALF_WIDTH
    return by_hand(
        samples(ridge_height, 150),
        Neurons("sigmoid", [slope, slope], [shift, -shift]),
        Neurons("identity", [[1, -1]], [0]),
    )


def bump() -> Model:
    """Two crossing ridges, 2 high where they cross and 1 elsewhere, cut off between the two heights."""
    k, half = STEEPNESS, 0.45
    return by_hand(
        dataset("circles", 2),
        Neurons("sigmoid", [[k, 0], [k, 0], [0, k], [0, k]], [k * half, -k * half, k * half, -k * half]),
        Neurons("relu", [[1, -1, 1, -1]], [-1.2]),
        Neurons("identity", [[8], [-8]], [-2, 2]),
    )


def triangle() -> Model:
    """Three half-planes of steps, and a fourth step that is 1 where all three are."""
    angles = np.pi / 2 + 2 * np.pi * np.arange(3) / 3
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return by_hand(
        dataset("circles", 2, noise=0.03),
        Neurons("step", normals.tolist(), [TRIANGLE_INRADIUS] * 3),
        Neurons("step", [[1, 1, 1]], [-2.5]),
        Neurons("identity", [[4], [-4]], [-2, 2]),
    )


def corners() -> DataSpec:
    """A small round cloud in each corner; class 1 where x and y have the same sign."""
    rng = np.random.default_rng(1)
    n = 120
    corner = np.arange(n) % 4
    signs = np.stack([np.where(corner < 2, 1, -1), np.where(corner % 2 == 0, 1, -1)])
    radius, angle = 0.22 * np.sqrt(rng.uniform(0, 1, n)), rng.uniform(0, 2 * np.pi, n)
    points = 0.6 * signs + radius * np.stack([np.cos(angle), np.sin(angle)])
    return own_points(points.round(3), (signs[0] == signs[1]).astype(float), classes=2)


def xor() -> Model:
    return by_hand(
        corners(),
        Neurons("relu", [[1, 1], [-1, -1]], [-0.5, -0.5]),
        Neurons("identity", [[0, 0], [14, 14]], [0, -4.5]),
    )


def product() -> Model:
    """((x + y) / 2)² − ((x − y) / 2)² = x y."""
    return by_hand(
        dataset("xor"),
        Neurons("square", [[0.5, 0.5], [0.5, -0.5]], [0, 0]),
        Neurons("identity", [[-1, 1], [1, -1]], [0, 0]),
    )


def teeth_height(x: Array, y: Array) -> Array:
    """|x|, folded again and again by |1 − 2 a|."""
    height = np.abs(x)
    for _ in range(TEETH_LAYERS - 1):
        height = np.abs(1 - 2 * height)
    return height


def sawtooth() -> Model:
    """A chain of tents, each layer one neuron (Telgarsky, 2016)."""
    return by_hand(
        samples(teeth_height, 200),
        Neurons("abs", [[1, 0]], [0]),
        *[Neurons("abs", [[-2]], [1])] * (TEETH_LAYERS - 1),
        Neurons("identity", [[1]], [0]),
    )


ROWS = (
    Preset(
        "plane",
        "One plane",
        "A neuron without a nonlinearity is a tilted plane, w₁·x + w₂·y + b, and its level sets are parallel straight"
        " lines. Drag w₁ and w₂ to turn and steepen it; drag b and the lines wander without turning.",
        plane,
        select=(1, 0),
    ),
    Preset(
        "bias",
        "A bias lifts a landscape",
        "Drag the bias b: the pre-activation rises and sinks without changing its shape."
        " The ReLU cuts off whatever lies below 0, so a lower bias leaves less land above the plain.",
        flooded_saddle,
        select=(2, 0),
    ),
    Preset(
        "ridge",
        "A ridge from two planes",
        "The sigmoid bends each of the two planes into a cliff; the output subtracts one cliff from the other, and"
        " what is left is a ridge between them. Set either weight of the output to 0 and only a cliff remains.",
        ridge,
        select=(2, 0),
    ),
    Preset(
        "bump",
        "A bump from four planes",
        "Four cliffs make two ridges that cross: the pre-activation of hidden 2 has four arms and is highest where they"
        " meet. Its ReLU keeps only what is higher than the arms; raise the bias b to −0.5 and they come back.",
        bump,
        select=(2, 0),
    ),
    Preset(
        "triangle",
        "Three half-planes make a triangle",
        "Each step is 1 on one side of a line; the step after them is 1 where all three are, and that is a triangle."
        " Press play: only the outputs' weights move, because a step has no slope to descend.",
        triangle,
        select=(2, 0),
        tilt=1.0,
    ),
    Preset(
        "xor",
        "Xor by two ReLUs",
        "No single plane parts these corners, but two ReLUs do: one rises towards the upper right, the other towards"
        " the lower left, and class 2 is their sum, a valley. Set either of its weights to 0 and a corner is lost.",
        xor,
        select=(2, 1),
    ),
    Preset(
        "product",
        "Two squares multiply",
        "The square of (x + y) / 2 minus the square of (x − y) / 2 is exactly x·y, the saddle that is positive where"
        " x and y have the same sign. Tilt to the map: the bold zero lines are the two axes.",
        product,
        select=(2, 1),
    ),
    Preset(
        "sawtooth",
        "Folding makes teeth",
        "Each layer has one neuron, the absolute value of 1 − 2·S, which folds the landscape before it in half."
        " Walk to the left with the arrow keys: the number of straight pieces along x is 16, 8, 4, 2.",
        sawtooth,
        select=(4, 0),
    ),
)
