"""Curvature of networks that are well-known surfaces, against differences and automatic differentiation, and laws."""

import inspect
from dataclasses import replace
from typing import Any

import autograd.numpy
import numpy as np
import pytest
from autograd import grad
from numpy.typing import NDArray

from nets import curvature as curvature_of
from nets.activations import ACTIVATIONS
from nets.curvature import CURVATURE_POINTS, STRIP, jets, principal_curvatures
from nets.inputs import Inputs
from nets.model import Model, dataset
from nets.network import Layer, Layers, forward, n_parameters, split, write_activation
from nets.surfaces import grid, surfaces
from tests.nets import autograd_oracle
from tests.nets.models import MARKED, MIXED, model_of
from tests.nets.test_autograd import NAMES, network, parameters_and_points

Array = NDArray[np.float64]

KINDS = ("activation", "preactivation")
kinds = pytest.mark.parametrize("kind", KINDS)
skips = pytest.mark.parametrize("skip", [False, True], ids=["plain", "skip"])

SQUARES = Layer(2, ("square",) * 2)
ONE = Layer(1, ("identity",))
UNEVEN = Inputs(centre=(30.0, -2.0), scale=(0.5, 4.0))


def network_of(layers: Layers, parameters: Any, **more: Any) -> Model:
    return replace(model_of(layers, dataset("saddle", n=20)), parameters=np.array(parameters, dtype=float), **more)


def bent_by(model: Model, points: Array, kind: str = "activation") -> Array:
    """The two principal curvatures (2, n) of the last layer's first neuron at points (2, n)."""
    found = jets(model, points, len(model.layers), kind)
    return np.stack(principal_curvatures(found.gradient[:, 0], found.hessian[:, 0]))


def heights(model: Model, points: Array) -> Array:
    return jets(model, points, len(model.layers)).height[0]


def random_points(n: int = 40, size: float = 1.0) -> Array:
    return np.random.default_rng(3).uniform(-size, size, (2, n))


# Surfaces that everybody knows: parameters are weights row by row, then biases, layer by layer.


@pytest.mark.parametrize("radius", [1.5, 10.0])
def test_a_sphere_is_curved_by_one_over_its_radius_in_all_directions(radius: float) -> None:
    """√(r² − x² − y²), close to its rim too, where it is steep."""
    layers = (SQUARES, Layer(1, ("sqrt",)))
    cap = network_of(layers, [1, 0, 0, 1, 0, 0, -1, -1, radius**2])
    points = radius * random_points() / np.sqrt(2)
    points = np.append(points, [[0.0, 0.9999 * radius], [0.0, 0.0]], axis=1)
    np.testing.assert_allclose(heights(cap, points), np.sqrt(radius**2 - (points**2).sum(axis=0)), rtol=1e-10)
    np.testing.assert_allclose(bent_by(cap, points), -1 / radius, rtol=1e-9)
    bowl = network_of((*layers, ONE), [*cap.parameters, -1, 0])
    np.testing.assert_allclose(bent_by(bowl, points), 1 / radius, rtol=1e-9)


@pytest.mark.parametrize("turn", [0.0, 0.3, 1.2])
def test_a_cylinder_is_curved_across_and_straight_along(turn: float) -> None:
    """√(r² − d²) with the distance d from a line."""
    cylinder = network_of((Layer(1, ("square",)), Layer(1, ("sqrt",))), [np.cos(turn), np.sin(turn), 0, -1, 9])
    highest, lowest = bent_by(cylinder, random_points())
    np.testing.assert_allclose(lowest, -1 / 3, rtol=1e-12)
    np.testing.assert_allclose(highest, 0, atol=1e-15)


@pytest.mark.parametrize("a", [0.25, 3.0, -2.0])
def test_a_paraboloid(a: float) -> None:
    """a (x² + y²): along a parabola 2a / w³, around the axis 2a / w."""
    points = random_points()
    w = np.sqrt(1 + 4 * a**2 * (points**2).sum(axis=0))
    expected = np.sort([2 * a / w**3, 2 * a / w], axis=0)[::-1]
    np.testing.assert_allclose(bent_by(network_of((SQUARES, ONE), [1, 0, 0, 1, 0, 0, a, a, 7]), points), expected)


PRODUCTS: dict[str, Model] = {
    "of squares": network_of((SQUARES, ONE), [1, 1, 1, -1, 0, 0, 0.25, -0.25, 0]),
    "of logarithms": network_of((Layer(1, ("exp",), pre="log"),), [1, 1, 0]),
}


@pytest.mark.parametrize("model", PRODUCTS.values(), ids=PRODUCTS)
def test_a_saddle_is_curved_one_way_and_the_other(model: Model) -> None:
    """x y, whose mean curvature is −x y / w³ and whose Gaussian curvature is −1 / w⁴."""
    x, y = points = np.abs(random_points()) + 0.01
    w = np.sqrt(1 + x * x + y * y)
    mean = -x * y / w**3
    deviation = np.sqrt(mean**2 + w**-4)
    np.testing.assert_allclose(heights(model, points), x * y, atol=1e-15)
    np.testing.assert_allclose(bent_by(model, points), [mean + deviation, mean - deviation], rtol=1e-12)


def test_a_plane_is_not_curved_however_steep() -> None:
    for slopes in ([0, 0], [1, -2], [1e5, 1e5], [1e30, 0]):
        assert not bent_by(network_of((ONE, ONE), [*slopes, 1, 3, 0]), random_points()).any()


@pytest.mark.parametrize("name", NAMES)
def test_a_neuron_of_the_first_layer_is_curved_along_its_weights_only(name: str) -> None:
    """f(w·x + b): f″ |w|² / (1 + f′² |w|²)^1.5, and 0 along its level sets, which are straight."""
    row = ACTIVATIONS[name]
    weights, points = np.array([1.5, -0.7]), random_points()
    z = weights @ points + 2.3
    h = 1e-5
    left, right = (row.slope(at, row.value(at)) for at in (z - h, z + h))
    slope, bend = row.slope(z, row.value(z)), (right - left) / (2 * h)
    across = bend * (weights @ weights) / (1 + slope**2 * (weights @ weights)) ** 1.5
    expected = np.sort([across, 0 * across], axis=0)[::-1]
    found = bent_by(network_of((Layer(1, (name,)),), [*weights, 2.3]), points)
    np.testing.assert_allclose(found, expected, atol=2e-8)
    assert not bent_by(network_of((Layer(1, (name,)),), [*weights, 2.3]), points, "preactivation").any()


def test_a_crease_is_no_curvature() -> None:
    """|x| + |y|, on its creases too."""
    roof = network_of((Layer(2, ("abs",) * 2), ONE), [1, 0, 0, 1, 0, 0, 1, 1, 0])
    assert not bent_by(roof, np.array([[0.0, 0.0, 0.3, 0.3], [0.0, 0.2, 0.0, -0.2]])).any()


# Principal curvatures.


def test_their_product_and_their_mean_are_the_gaussian_and_the_mean_curvature() -> None:
    rng = np.random.default_rng(0)
    gradient, hessian = 2 * rng.standard_normal((2, 5, 7)), rng.standard_normal((3, 5, 7))
    (p, q), (r, s, t) = gradient, hessian
    w = np.sqrt(1 + p * p + q * q)
    highest, lowest = principal_curvatures(gradient, hessian)
    np.testing.assert_allclose(highest * lowest, (r * t - s * s) / w**4, atol=1e-13)
    mean = ((1 + q * q) * r - 2 * p * q * s + (1 + p * p) * t) / (2 * w**3)
    np.testing.assert_allclose((highest + lowest) / 2, mean, atol=1e-13)
    assert (highest >= lowest).all()


def test_a_surface_that_is_very_steep_or_hardly_so_is_no_trouble() -> None:
    gradient = np.array([[1e200, 1e-200, 3e-320, 0.0, 1e308], [-1e200, 0.0, 4e-320, 0.0, 1e308]])
    hessian = np.array([[1e100] * 5, [0.0] * 5, [1e100] * 5])
    highest, lowest = principal_curvatures(gradient, hessian)
    np.testing.assert_allclose(highest, [1e-100 / np.sqrt(2), 1e100, 1e100, 1e100, 1e-208 / np.sqrt(2)])
    np.testing.assert_allclose(lowest, [0, 1e100, 1e100, 1e100, 0], atol=1e-200)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", range(5))
def test_where_a_derivative_is_not_finite_there_is_no_curvature(place: int, wrong: float) -> None:
    numbers = np.ones(5)
    numbers[place] = wrong
    assert np.isnan(principal_curvatures(numbers[:2], numbers[2:])).all()


# Against other ways to the same numbers.


def cut(model: Model, layer: int, kind: str) -> Layers:
    """The network that ends with a layer, or before its nonlinearity."""
    *before, last = model.layers[:layer]
    plain = replace(last, activation=("identity",) * last.width, off=())
    return (*before, last if kind == "activation" else plain)


def by_differences(model: Model, points: Array, layer: int, kind: str) -> tuple[Array, Array, Array]:
    """Height, gradient and Hessian from the forward pass around each point."""
    h = 1e-4 * np.array(model.inputs.scale)

    def height(right: int, up: int) -> Array:
        around = points + (h * (right, up))[:, None]
        return getattr(forward(model.layers, model.parameters, model.inputs.standardise(around))[layer - 1], kind)

    middle, e, w, n, s = height(0, 0), height(1, 0), height(-1, 0), height(0, 1), height(0, -1)
    crossed = height(1, 1) - height(1, -1) - height(-1, 1) + height(-1, -1)
    gradient = np.stack([(e - w) / (2 * h[0]), (n - s) / (2 * h[1])])
    xx, yy = (e - 2 * middle + w) / h[0] ** 2, (n - 2 * middle + s) / h[1] ** 2
    return middle, gradient, np.stack([xx, crossed / (4 * h[0] * h[1]), yy])


def by_autograd(model: Model, points: Array, layer: int, kind: str, shares: Array) -> tuple[Array, Array, Array]:
    """Height, gradient and Hessian of a sum of all neurons' landscapes."""
    layers = cut(model, layer, kind)
    scale, centre = np.array(model.inputs.scale)[:, None], np.array(model.inputs.centre)[:, None]

    def height(at: Any) -> Any:
        return autograd.numpy.dot(shares, autograd_oracle.outputs(layers, model.parameters, (at - centre) / scale))

    # autograd warns where nothing depends on the argument
    slope = grad(lambda at: autograd.numpy.sum(height(at)) + 0 * autograd.numpy.sum(at**3))
    (xx, xy), (yx, yy) = (grad(lambda at, axis=axis: autograd.numpy.sum(slope(at)[axis]))(points) for axis in (0, 1))
    np.testing.assert_allclose(xy, yx, rtol=1e-9, atol=1e-11)
    return height(points), slope(points), np.stack([xx, xy, yy])


def model_and_points(layers: Layers) -> tuple[Model, Array]:
    parameters, points = parameters_and_points(layers)
    in_units = np.array(UNEVEN.centre)[:, None] + np.array(UNEVEN.scale)[:, None] * points
    return network_of(layers, parameters, inputs=UNEVEN), in_units


def assert_jets_are_right(layers: Layers, layer: int, kind: str) -> None:
    model, points = model_and_points(layers)
    found = jets(model, points, layer, kind)
    shares = np.random.default_rng(2).uniform(0.5, 1.5, layers[layer - 1].width)
    exact = by_autograd(model, points, layer, kind, shares)
    for number, differences, summed in zip(found, by_differences(model, points, layer, kind), exact, strict=True):
        assert np.isfinite(number).all()
        size = max(1.0, np.abs(summed).max())
        np.testing.assert_allclose(shares @ number, summed, rtol=1e-10, atol=1e-12 * size)
        np.testing.assert_allclose(number, differences, rtol=1e-5, atol=1e-5 * size)


@kinds
@skips
@pytest.mark.parametrize("name", NAMES)
def test_jets_through_every_nonlinearity_and_neurons_that_are_off(name: str, skip: bool, kind: str) -> None:
    """The nonlinearity before the weights is another each time: all of them take their turn."""
    for turn, is_marked in enumerate((False, True)):
        pre = NAMES[(NAMES.index(name) + 5 * turn + 7 * skip + 3 * KINDS.index(kind)) % len(NAMES)]
        layers = network(name, pre, skip=skip, is_marked=is_marked)
        for layer in (1, 2, 3):
            assert_jets_are_right(layers, layer, kind)


@skips
@pytest.mark.parametrize("pre", NAMES)
def test_jets_with_every_nonlinearity_before_the_weights_of_every_layer(pre: str, skip: bool) -> None:
    layers = tuple(replace(layer, pre=pre) for layer in network("softplus", pre, skip=skip))
    for layer, kind in ((1, "activation"), (2, "preactivation"), (3, "preactivation")):
        assert_jets_are_right(layers, layer, kind)


# Laws.


def deep(**more: Any) -> Model:
    """A network whose outputs are curved everywhere, without a nonlinearity that knows x from y."""
    layers = (
        Layer(4, ("tanh", "gaussian", "sin", "softplus"), skip=True),
        Layer(3, ("tanh",) * 3, pre="sigmoid"),
        Layer(2, ("identity",) * 2),
    )
    model = model_of(layers, dataset("saddle", n=20))
    return replace(model, **more)


def heightened(model: Model, factor: float) -> Model:
    """The model with outputs ``factor`` times as high."""
    parameters = model.parameters.copy()
    weights, biases = split(model.layers, parameters)[-1]
    weights *= factor
    biases *= factor
    return replace(model, parameters=parameters)


def test_turning_the_plane_leaves_curvatures_alone() -> None:
    model, points = deep(), random_points()
    cosine, sine = np.cos(0.7), np.sin(0.7)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    turned = replace(model, parameters=model.parameters.copy())
    weights, _ = split(turned.layers, turned.parameters)[0]
    weights[:, :2] = weights[:, :2] @ turn.T
    weights[:, 2:] = weights[:, 2:] @ turn.T
    np.testing.assert_allclose(bent_by(turned, turn @ points), bent_by(model, points), rtol=1e-10)


@pytest.mark.parametrize("size", [1e-3, 7.0])
def test_what_is_enlarged_in_all_directions_is_curved_the_less(size: float) -> None:
    model, points = deep(), random_points()
    larger = replace(heightened(model, size), inputs=Inputs(scale=(size, size)))
    np.testing.assert_allclose(bent_by(larger, size * points), bent_by(model, points) / size, rtol=1e-10)


def test_turned_upside_down_valleys_are_ridges() -> None:
    model = deep()
    upside_down, points = heightened(model, -1), random_points()
    np.testing.assert_array_equal(bent_by(upside_down, points), -bent_by(model, points)[::-1])
    np.testing.assert_array_equal(curvature_of(upside_down, 3, 1, n=9), -curvature_of(model, 3, 1, n=9))


def test_raising_a_landscape_or_moving_it_with_the_data_leaves_curvatures_alone() -> None:
    model, points = deep(), random_points()
    moved = replace(model, parameters=model.parameters.copy(), inputs=Inputs(centre=(50.0, -7.0)))
    moved.parameters[-2:] += 100
    np.testing.assert_allclose(
        bent_by(moved, points + np.array([[50.0], [-7.0]])), bent_by(model, points), rtol=1e-9, atol=1e-12
    )


# The map.


@kinds
@pytest.mark.parametrize("layers", [MIXED, MARKED], ids=["mixed", "frozen and switched off"])
def test_the_map_is_the_stronger_one_of_both_curvatures_at_every_point_of_the_grid(layers: Layers, kind: str) -> None:
    model = replace(
        model_of(layers, dataset("xor")), domain=((29.0, 31.0), (-6.0, 4.0)), inputs=Inputs((30.0, -1.0), (1.0, 5.0))
    )
    n = 31  # in more than one strip, the last one shorter
    assert n * n > STRIP
    assert n * n % STRIP
    for layer in range(1, len(layers) + 1):
        everything = jets(model, grid(model, n), layer, kind)
        for neuron in range(layers[layer - 1].width):
            highest, lowest = principal_curvatures(everything.gradient[:, neuron], everything.hessian[:, neuron])
            stronger = np.where(highest > -lowest, highest, lowest).reshape(n, n)
            found = curvature_of(model, layer, neuron, kind, n)
            np.testing.assert_allclose(found, stronger, rtol=1e-9, atol=1e-12 * np.abs(stronger).max())


def test_rows_are_y_and_columns_are_x_both_ascending() -> None:
    """A neuron that is curved where y is 12 and nowhere else."""
    model = network_of((Layer(1, ("gaussian",)),), [0, 9, -108], domain=((-2.0, 4.0), (10.0, 12.0)))
    found = curvature_of(model, 1, 0, n=3)
    assert found[2].tolist() == [-162] * 3
    assert np.abs(found[:2]).max() < 1e-20


def test_as_the_inspector_at_rest_it_has_121_points_an_axis() -> None:
    found = curvature_of(deep(), 3, 0)
    assert found.shape == (CURVATURE_POINTS, CURVATURE_POINTS) == (121, 121)
    assert found.dtype == np.float64


@kinds
def test_the_heights_it_speaks_of_are_those_of_the_surface(kind: str) -> None:
    model = replace(model_of(MARKED, dataset("xor")), inputs=UNEVEN, domain=((29.0, 31.0), (-6.0, 4.0)))
    for layer, surface in enumerate(surfaces(model, 5)[1:], start=1):
        height = jets(model, grid(model, 5), layer, kind).height
        np.testing.assert_allclose(height, getattr(surface, kind).reshape(height.shape), rtol=1e-12, atol=1e-14)


def test_later_layers_are_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    widths = []

    def counting(names: tuple[str, ...], off: tuple[int, ...], z: Array, a: Array) -> None:
        widths.append(len(names))
        write_activation(names, off, z, a)

    monkeypatch.setattr(inspect.getmodule(jets), "write_activation", counting)
    layers = tuple(Layer(width, ("tanh",) * width) for width in (3, 5, 4, 2))
    curvature_of(network_of(layers, np.ones(n_parameters(layers))), 2, 0, n=3)
    assert widths == [3, 5]


@pytest.mark.parametrize("layer", [-1, 0, 4])
def test_there_must_be_such_a_layer(layer: int) -> None:
    with pytest.raises(ValueError, match=f"no layer {layer}; choose from 1 to 3"):
        curvature_of(deep(), layer, 0)


def test_there_must_be_such_a_kind_and_neuron() -> None:
    with pytest.raises(ValueError, match="unknown kind 'height'; choose from preactivation, activation"):
        curvature_of(deep(), 1, 0, "height")
    with pytest.raises(IndexError):
        curvature_of(deep(), 1, 4)


# Where there is none. Warnings are errors here.


def test_beyond_its_rim_a_sphere_is_undefined_and_at_its_rim_too_steep() -> None:
    cap = network_of((SQUARES, Layer(1, ("sqrt",))), [1, 0, 0, 1, 0, 0, -1, -1, 1])
    found = curvature_of(cap, 2, 0, n=5)
    is_inside = np.add.outer(np.linspace(-1, 1, 5) ** 2, np.linspace(-1, 1, 5) ** 2) < 1
    assert np.isnan(found).tolist() == (~is_inside).tolist()
    np.testing.assert_allclose(found[is_inside], -1, rtol=1e-12)


@pytest.mark.parametrize("name", ["log", "sqrt"])
def test_what_is_computed_from_something_undefined_is_undefined(name: str) -> None:
    model = network_of((Layer(2, (name, "tanh")), Layer(1, ("sin",)), ONE), [1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0])
    found = curvature_of(model, 3, 0, n=5)
    assert np.isnan(found).tolist() == [[True, True, True, False, False]] * 5


def test_heights_that_overflow_have_no_curvature() -> None:
    layers = (Layer(1, ("square",)), Layer(1, ("square",)), Layer(2, ("square", "exp")))
    model = network_of(layers, np.full(9, 1e30))
    for neuron in (0, 1):
        assert np.isnan(curvature_of(model, 3, neuron, "activation", n=3)[2, 2])
        assert np.isfinite(curvature_of(model, 3, neuron, "preactivation", n=3)[2, 2])  # 1e211


@kinds
@pytest.mark.parametrize("name", NAMES)
def test_parameters_as_large_as_may_be_give_numbers_or_nothing(name: str, kind: str) -> None:
    layers = (Layer(3, (name,) * 3), Layer(3, (name,) * 3, pre=name, skip=True), Layer(2, (name,) * 2))
    model = model_of(layers, dataset("saddle", n=20))
    for size in (1e30, 1e6):
        for layer in (1, 2, 3):
            found = curvature_of(replace(model, parameters=size * model.parameters), layer, 0, kind, n=7)
            assert not np.isinf(found).any()


@kinds
def test_a_neuron_that_is_off_is_a_plane_whose_preactivation_is_as_it_was(kind: str) -> None:
    model = network_of((Layer(2, ("log", "tanh"), pre="square", off=(0,)),), [1, 0, 0, 1, -0.5, 0])
    found = curvature_of(model, 1, 0, kind, n=5)
    on = replace(model, layers=(replace(model.layers[0], off=()),))
    if kind == "activation":
        assert not found.any()
    else:
        np.testing.assert_array_equal(found, curvature_of(on, 1, 0, kind, n=5))
        assert found.all()


def test_a_neuron_that_is_off_before_a_square_root_is_as_if_it_were_not_there() -> None:
    layers = (Layer(3, ("exp",) * 3, off=(1,)), Layer(1, ("identity",), pre="sqrt"))
    parameters = np.random.default_rng(0).standard_normal(13)
    smaller = (Layer(2, ("exp",) * 2), Layer(1, ("identity",), pre="sqrt"))
    kept = np.array([0, 1, 4, 5, 6, 8, 9, 11, 12])
    found = curvature_of(network_of(layers, parameters), 2, 0, n=5)
    assert np.isfinite(found).all()
    expected = curvature_of(network_of(smaller, parameters[kept]), 2, 0, n=5)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
