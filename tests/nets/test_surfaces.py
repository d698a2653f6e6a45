"""Surfaces: which number is where, and that it is the neuron's own."""

from dataclasses import replace

import numpy as np
import pytest

from nets.model import Model, create, dataset
from nets.network import Layer
from nets.surfaces import GRID_SIZE, axes, grid, surfaces
from tests.nets import plain_python
from tests.nets.models import MIXED, model_of, spiral_model

OBLONG = ((-2.0, 4.0), (10.0, 12.0))

MODELS = {
    "2-4-3": spiral_model(),
    "mixed": model_of(MIXED, dataset("xor")),
    "mixed, elsewhere in the plane": replace(model_of(MIXED, dataset("xor")), domain=((-2.0, 0.5), (0.25, 3.0))),
    "regression": create(dataset("saddle"), hidden=[3, 2], activation="gaussian"),
}


def test_rows_are_y_and_columns_are_x_both_ascending() -> None:
    x, y = surfaces(replace(spiral_model(), domain=OBLONG), n=3)[0].activation
    assert x.tolist() == [[-2, 1, 4]] * 3
    assert y.tolist() == [[10] * 3, [11] * 3, [12] * 3]


def test_a_slope_in_x_rises_along_the_columns_and_a_slope_in_y_along_the_rows() -> None:
    """Two neurons without hidden layer: 100 x + 7 and 10 y."""
    model = replace(create(dataset("xor"), hidden=[]), parameters=np.array([100.0, 0, 0, 10, 7, 0]))
    along_x, along_y = surfaces(model, n=3)[1].activation
    assert along_x.tolist() == [[-93, 7, 107]] * 3
    assert along_y.tolist() == [[-10] * 3, [0] * 3, [10] * 3]


def test_axes_include_both_ends_of_the_domain() -> None:
    x, y = axes(replace(spiral_model(), domain=OBLONG), n=5)
    assert x.tolist() == [-2, -0.5, 1, 2.5, 4]
    assert y.tolist() == [10, 10.5, 11, 11.5, 12]


def test_point_row_times_n_plus_column_of_the_grid_is_x_of_the_column_and_y_of_the_row() -> None:
    model = replace(spiral_model(), domain=OBLONG)
    x, y = axes(model, 4)
    points = [(x[column], y[row]) for row in range(4) for column in range(4)]
    np.testing.assert_array_equal(grid(model, 4).T, points)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_surface_at_a_point_is_the_plain_forward_pass_there(model: Model) -> None:
    n = 5
    x, y = axes(model, n)
    layers = surfaces(model, n)
    for row, column in [(0, 0), (0, 4), (4, 0), (1, 3), (3, 2)]:
        plain = plain_python.forward(model.layers, model.parameters.tolist(), float(x[column]), float(y[row]))
        for surface, (z, a) in zip(layers[1:], plain, strict=True):
            np.testing.assert_allclose(surface.preactivation[:, row, column], z, rtol=1e-12, atol=1e-14)
            np.testing.assert_allclose(surface.activation[:, row, column], a, rtol=1e-12, atol=1e-14)


def test_every_neuron_of_every_layer_has_a_landscape_of_the_grid_size() -> None:
    shapes = [(layer.preactivation.shape, layer.activation.shape) for layer in surfaces(spiral_model())]
    assert shapes == [((width, GRID_SIZE, GRID_SIZE),) * 2 for width in (2, 4, 3)]


def test_layer_0_is_the_inputs_themselves_before_and_after() -> None:
    inputs = surfaces(spiral_model(), n=3)[0]
    np.testing.assert_array_equal(inputs.preactivation, inputs.activation)


def test_a_height_that_overflows_is_infinite_and_not_an_invented_number() -> None:
    layers = (Layer(1, ("square",)), Layer(1, ("square",)), Layer(2, ("square",) * 2))
    model = replace(model_of(layers, dataset("xor")), parameters=np.full(9, 1e30))
    corner = surfaces(model, n=2)[3].activation[:, 1, 1]
    assert corner.tolist() == [np.inf, np.inf]
