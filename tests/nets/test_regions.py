"""Exact regions against exact rational arithmetic, direct evaluation, and what is known of their number."""

import timeit
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.inputs import Inputs
from nets.model import Model, create, dataset
from nets.network import Layer, Layers, forward, n_parameters, uniform_layers
from nets.polygons import shared_edges
from nets.regions import Partition, regions, to_units
from nets.training import Budget, train_slice
from tests.nets.rational_regions import Region, rational_regions

Array = NDArray[np.float64]

BENT = [name for name, row in ACTIVATIONS.items() if row.kinks and row.pieces]
SMOOTH = [name for name, row in ACTIVATIONS.items() if not row.pieces]


def model_of(layers: Layers, parameters: list[float] | Array | None = None, seed: int = 0) -> Model:
    """A model of the saddle; with parameters of either sign, neither few nor many of them large, if none are given."""
    if parameters is None:
        parameters = np.random.default_rng(seed).normal(0, 1.2, n_parameters(layers))
    return replace(create(dataset("saddle")), layers=layers, parameters=np.array(parameters, dtype=np.float64))


def lines(name: str, *rows: tuple[float, float, float]) -> Model:
    """One layer whose pre-activations are rows of (slope x, slope y, bias)."""
    weights, biases = np.array(rows)[:, :2], np.array(rows)[:, 2]
    return model_of((Layer(len(rows), (name,) * len(rows)),), np.concatenate([weights.ravel(), biases]))


def patterns(partitions: tuple[Partition, ...]) -> list[tuple[tuple[int, ...], ...]]:
    """The activation pattern of every region after the last of the layers."""
    rows = np.arange(len(partitions[-1]))
    found = []
    for partition in reversed(partitions):
        found.append([tuple(row) for row in partition.pieces[rows].tolist()])
        rows = partition.parents[rows]
    return list(zip(*reversed(found), strict=True))


def random_interiors(partition: Partition, model: Model, rng: np.random.Generator) -> Array:
    """A random point inside every region, (2, r) in the data's units."""
    polygons = partition.polygons
    weights = rng.exponential(size=len(polygons.corners)) + 0.05
    sums = np.add.reduceat(weights, polygons.starts[:-1])
    points = np.add.reduceat(polygons.corners * weights[:, None], polygons.starts[:-1]) / sums[:, None]
    return to_units(points, model.domain).T


EVERYTHING: Layers = (
    Layer(4, ("relu", "hard_tanh", "abs", "leaky_relu"), pre="abs"),
    Layer(3, ("abs", "step", "identity"), skip=True, off=(2,)),
    Layer(3, ("leaky_relu", "tanh", "relu"), pre="hard_tanh", skip=True, off=(1,)),
    Layer(2, ("identity", "hard_tanh"), pre="relu"),
)
STRETCHED = replace(
    model_of(uniform_layers([6, 5, 2], "relu")),
    domain=((95.0, 105.0), (-2e-3, 6e-3)),
    inputs=Inputs(centre=(100, 2e-3), scale=(5, 4e-3)),
)
RANDOM = {
    **{f"{name} {seed}": model_of(uniform_layers([5, 4, 2], name), seed=seed) for name in BENT for seed in range(3)},
    **{f"everything {seed}": model_of(EVERYTHING, seed=seed) for seed in range(4)},
    "in other units": STRETCHED,
}
random_models = pytest.mark.parametrize("model", RANDOM.values(), ids=RANDOM)


# Against exact rational arithmetic.


@random_models
def test_regions_patterns_and_areas_are_those_of_rational_arithmetic(model: Model) -> None:
    found = regions(model)
    assert found.end is None
    side_x, side_y = (high - low for low, high in model.domain)
    for depth, exact in enumerate(rational_regions(model), start=1):
        partition = found.partitions[depth - 1]
        expected: dict[tuple[tuple[int, ...], ...], Region] = {region.pattern: region for region in exact}
        own = patterns(found.partitions[:depth])
        assert len(own) == len(set(own)) == len(expected)
        assert set(own) == set(expected)
        areas = [float(expected[pattern].area) / (side_x * side_y) for pattern in own]
        np.testing.assert_allclose(partition.polygons.areas(), areas, rtol=1e-9, atol=1e-14)
        maps = [np.array(expected[pattern].activations, dtype=float) for pattern in own]
        np.testing.assert_allclose(partition.in_units(partition.activation), maps, rtol=1e-9, atol=1e-9)


DEGENERATE = {
    "parallel lines": lines("relu", (1, 0, 0.5), (1, 0, 0), (2, 0, -1), (-1, 0, 0.25)),
    "coincident creases": lines("relu", (1, 1, 0), (1, 1, 0), (-1, -1, 0), (2, 2, 0), (3, 3, 0), (1, -1, 0)),
    "a crease through a corner of the domain": lines("relu", (1, 1, 2), (1, -1, 0), (2, 1, -1), (1, 0, 1)),
    "three creases through one point": lines("relu", (1, 0, -0.5), (0, 1, -0.25), (1, 1, -0.75), (1, -1, -0.25)),
    "dead neurons": lines("relu", (1, 0, -5), (0, 1, -1), (1, 1, 7), (1, 0, 0)),
    "zero weights": lines("relu", (0, 0, 1), (0, 0, -1), (0, 0, 0), (1, 0, 0)),
    "nothing but zero weights": lines("step", (0, 0, 0), (0, 0, 0)),
    "kinks along the border": lines("hard_tanh", (1, 0, 0), (0, 1, 0), (2, 0, 1), (0, -2, 1)),
    "later creases through earlier ones' crossings": model_of(
        (Layer(4, ("abs",) * 4), Layer(3, ("abs",) * 3), Layer(2, ("relu",) * 2)),
        # |x|, |y|, |x + y|, |x − y|; then their sums and differences, which are 0 along rays and on whole sectors
        [
            *(1, 0, 0, 1, 1, 1, 1, -1, 0, 0, 0, 0),
            *(1, 1, -1, 0, 1, -1, 0, 0, 2, 2, -1, -1, 0, 0, 0),
            *(1, 1, -1, 1, -1, 0, 0, -0.5),
        ],
    ),
    "a layer that is constant": model_of((Layer(3, ("step",) * 3), Layer(3, ("relu",) * 3)), seed=1),
    "everything switched off": replace(
        lines("tanh", (1, 0, 0), (0, 1, 0)), layers=(Layer(2, ("tanh", "tanh"), off=(0, 1)),)
    ),
}


@pytest.mark.parametrize("model", DEGENERATE.values(), ids=DEGENERATE)
def test_degenerate_creases_leave_the_regions_of_rational_arithmetic(model: Model) -> None:
    found = regions(model)
    for depth, exact in enumerate(rational_regions(model), start=1):
        partition = found.partitions[depth - 1]
        assert set(patterns(found.partitions[:depth])) == {region.pattern for region in exact}
        assert len(partition) == len(exact)
        assert sorted(partition.polygons.areas()) == pytest.approx(sorted(float(region.area) / 4 for region in exact))


@pytest.mark.parametrize("seed", range(300))
def test_networks_of_small_whole_numbers_which_are_full_of_coincidences_are_no_exception(seed: int) -> None:
    rng = np.random.default_rng([11, seed])
    names = [*BENT, "identity"]
    layers = tuple(
        Layer(
            int(width),
            tuple(str(name) for name in rng.choice(names, width)),
            pre=str(rng.choice(names)) if rng.random() < 0.3 else "identity",
            skip=bool(rng.random() < 0.3),
        )
        for width in rng.integers(1, 5, rng.integers(1, 4))
    )
    n = n_parameters(layers)
    model = model_of(layers, rng.integers(-4, 5, n) / rng.choice([1, 2, 4]) * (rng.random(n) < 0.8))
    found = regions(model)
    for depth, exact in enumerate(rational_regions(model), start=1):
        assert set(patterns(found.partitions[:depth])) == {region.pattern for region in exact}


@pytest.mark.parametrize("n", [3, 5, 8, 20])
@pytest.mark.parametrize("centre", [(0.0, 0.0), (1 / 3, -1 / 7), (0.9, 0.1)])
def test_n_lines_through_one_point_make_2n_regions_however_they_are_rounded(
    n: int, centre: tuple[float, float]
) -> None:
    angles = np.pi * (np.arange(n) + 0.3) / n
    x, y = np.cos(angles), np.sin(angles)
    rows = np.stack([x, y, -(x * centre[0] + y * centre[1])], axis=1) * np.geomspace(1e-3, 1e3, n)[:, None]
    partition = regions(lines("relu", *map(tuple, rows.tolist()))).partitions[0]
    assert len(partition) == 2 * n
    assert partition.polygons.areas().min() > 1e-6


@pytest.mark.parametrize("name", BENT)
def test_a_neuron_twice_however_scaled_makes_no_more_regions_than_once(name: str) -> None:
    rows = np.random.default_rng(3).normal(size=(6, 3))
    once = regions(lines(name, *map(tuple, rows.tolist()))).partitions[0]
    factors = (1, -1) if name == "hard_tanh" else (1, -3.3, 1 / 7)  # whose kinks are not those of its multiples
    rows = np.concatenate([factor * rows for factor in factors])
    twice = regions(lines(name, *map(tuple, rows.tolist()))).partitions[0]
    assert sorted(twice.polygons.areas()) == pytest.approx(sorted(once.polygons.areas()), abs=1e-12)


# Against direct evaluation.


LARGE = {
    "2-16-16-3 relu": model_of(uniform_layers([16, 16, 3], "relu"), seed=5),
    "2-8-8-8-3 hard_tanh": model_of(uniform_layers([8, 8, 8, 3], "hard_tanh"), seed=6),
    "2-12-12-2 abs": model_of(uniform_layers([12, 12, 2], "abs"), seed=7),
    "everything": model_of(EVERYTHING, seed=8),
    "in other units": STRETCHED,
}
large_models = pytest.mark.parametrize("model", LARGE.values(), ids=LARGE)


@large_models
def test_affine_maps_are_what_the_network_answers_at_random_points_inside(model: Model) -> None:
    rng = np.random.default_rng(0)
    for layer, partition in enumerate(regions(model).partitions):
        points = random_interiors(partition, model, rng)
        response = forward(model.layers, model.parameters, model.inputs.standardise(points))[layer]
        ones = np.vstack([points, np.ones(points.shape[1])])
        for kind in ("preactivation", "activation"):
            answers = np.einsum("rwc,cr->wr", partition.in_units(getattr(partition, kind)), ones)
            np.testing.assert_allclose(answers, getattr(response, kind), rtol=1e-8, atol=1e-8)


@large_models
def test_every_pattern_that_a_fine_grid_meets_is_a_regions_and_every_large_region_is_met(model: Model) -> None:
    found = regions(model)
    n = 400
    rng = np.random.default_rng(1)
    unit = np.stack(np.meshgrid(*[(np.arange(n) + rng.uniform()) / n] * 2)).reshape(2, -1)
    points = model.inputs.standardise(to_units(unit.T, model.domain).T)
    met = {tuple(map(tuple, row)) for row in zip(*_pieces_at(model, points), strict=True)}
    own = patterns(found.partitions)
    assert met <= set(own)
    # a convex polygon with so large a circle in it holds a point of the grid
    polygons = found.partitions[-1].polygons
    perimeters = np.add.reduceat(
        np.linalg.norm(polygons.corners[polygons.following] - polygons.corners, axis=1), polygons.starts[:-1]
    )
    is_large = polygons.areas() / perimeters > 1 / n
    assert is_large.sum() > 10
    assert {pattern for pattern, is_one in zip(own, is_large, strict=True) if is_one} <= met


def _pieces_at(model: Model, points: Array) -> list[list[list[int]]]:
    """On which piece every unit of every layer is, at every point."""
    layers = []
    for layer, response in zip(model.layers, forward(model.layers, model.parameters, points), strict=True):
        pre = ACTIVATIONS[layer.pre].kinks
        rows = [np.searchsorted(pre, row) for row in response.received] if pre else []
        for neuron, (name, row) in enumerate(zip(layer.activation, response.preactivation, strict=True)):
            kinks = () if neuron in layer.off else ACTIVATIONS[name].kinks
            rows.append(np.searchsorted(kinks, row))
        layers.append(np.array(rows).T.tolist())
    return layers


@large_models
def test_polygons_cover_the_domain_and_each_layer_refines_the_one_before(model: Model) -> None:
    partitions = regions(model).partitions
    before = np.ones(1)
    for number, partition in enumerate(partitions, start=1):
        areas = partition.polygons.areas()
        assert (areas > 0).all()
        assert areas.sum() == pytest.approx(1, abs=1e-9)
        np.testing.assert_allclose(np.bincount(partition.parents, areas), before, atol=1e-9)
        is_cut = np.bincount(partition.parents)[partition.parents] > 1
        assert ((partition.born == number) == is_cut).all()
        before = areas


@large_models
def test_polygons_are_convex_and_go_round_anticlockwise(model: Model) -> None:
    for partition in regions(model).partitions:
        polygons = partition.polygons
        way = polygons.corners[polygons.following] - polygons.corners
        next_way = way[polygons.following]
        turns = way[:, 0] * next_way[:, 1] - way[:, 1] * next_way[:, 0]
        assert turns.min() > -1e-12


@large_models
def test_a_neuron_is_at_its_kink_all_along_its_creases(model: Model) -> None:
    creases = regions(model).partitions[-1].creases
    for share in (0.1, 0.5, 0.9):
        unit = (1 - share) * creases.ends[:, 0] + share * creases.ends[:, 1]
        points = model.inputs.standardise(to_units(unit, model.domain).T)
        responses = forward(model.layers, model.parameters, points)
        for crease, (number, neuron) in enumerate(zip(creases.layers, creases.neurons, strict=True)):
            layer, response = model.layers[number - 1], responses[number - 1]
            # of a layer that follows a jump, only the values beside the crease are of use
            if "step" in {name for earlier in model.layers[: number - 1] for name in earlier.activation}:
                continue
            if neuron >= 0:
                name, values = layer.activation[neuron], response.preactivation[neuron : neuron + 1, crease]
            else:
                name, values = layer.pre, response.received[:, crease]
            distances = [abs(value - kink) for value in values for kink in ACTIVATIONS[name].kinks]
            assert min(distances) < 1e-7


FRESH = {
    name: create(dataset("spiral", 3), hidden=[8, 8], activation=name) for name in ("relu", "leaky_relu", "abs", "step")
}


@pytest.mark.parametrize(
    "model", [*LARGE.values(), *FRESH.values()], ids=[*LARGE, *(f"fresh {name}" for name in FRESH)]
)
def test_the_neurons_that_bend_along_a_crease_are_those_whose_maps_differ_on_its_two_sides(model: Model) -> None:
    for number, partition in enumerate(regions(model).partitions, start=1):
        creases, width = partition.creases, model.layers[number - 1].width
        edges = shared_edges(partition.polygons, creases.ends)
        maps = partition.activation.coefficients
        change = np.abs(maps[edges.below] - maps[edges.above]).max(axis=2) > 1e-9
        expected = np.zeros((len(creases.ends), width), bool)
        np.logical_or.at(expected, edges.cuts, change)
        is_own = (creases.layers == number) & (creases.neurons >= 0)
        np.testing.assert_array_equal(creases.bends[is_own][:, :width], expected[is_own])
        assert not creases.bends[creases.neurons < 0].any()
        own = creases.bends[is_own]
        assert own[np.arange(len(own)), creases.neurons[is_own]].all()


NARROW = ((-430747.63904, -430747.63903), (0.0, 1.0))


@pytest.mark.parametrize("seed", range(6))
def test_a_narrow_domain_far_out_is_covered_too(seed: int) -> None:
    model = model_of(uniform_layers([12, 8, 2], "hard_tanh"), seed=seed)
    model = replace(model, domain=NARROW, inputs=Inputs(centre=(-430747.639035, 0.5), scale=(8e-6, 0.5)))
    for partition in regions(model).partitions:
        assert partition.polygons.areas().sum() == pytest.approx(1, abs=1e-9)


def test_the_corners_of_the_domain_come_back_to_the_bit() -> None:
    domain = ((0.1, 0.7), (-1 / 3, 1e6 / 7))
    corners = to_units(np.array([[0.0, 0.0], [1.0, 1.0]]), domain)
    assert corners.tolist() == [[0.1, -1 / 3], [0.7, 1e6 / 7]]


def test_a_trained_network_keeps_all_laws() -> None:
    start = create(dataset("spiral", 3, n=120), hidden=[8, 8], activation="relu")
    model = train_slice(start, Budget(epochs=150)).model
    partition = regions(model).partitions[-1]
    assert partition.polygons.areas().sum() == pytest.approx(1, abs=1e-9)
    points = random_interiors(partition, model, np.random.default_rng(2))
    scores = forward(model.layers, model.parameters, points)[-1].activation
    ones = np.vstack([points, np.ones(points.shape[1])])
    np.testing.assert_allclose(
        np.einsum("rwc,cr->wr", partition.in_units(partition.activation), ones), scores, rtol=1e-9, atol=1e-9
    )


# Known numbers.


@pytest.mark.parametrize("n", range(1, 13))
def test_n_lines_in_general_position_make_all_regions_there_can_be(n: int) -> None:
    angles = np.pi * np.arange(n) / n  # tangents of a small circle: all pairs cross within the domain, no three at once
    rows = np.stack([np.cos(angles), np.sin(angles), np.full(n, -0.1)], axis=1)
    assert len(regions(lines("relu", *map(tuple, rows.tolist()))).partitions[0]) == 1 + n + n * (n - 1) // 2


def test_telgarskys_sawtooth_doubles_with_every_layer() -> None:
    depth = 8
    layers = (*((Layer(2, ("relu", "relu")),) * depth), Layer(1, ("identity",)))
    # with t = (x + 1) / 2: relu(t) and relu(t − ½), whose 2 a − 4 b is the tent that the next layer sees as its t
    first = [0.5, 0, 0.5, 0, 0.5, 0]
    later = [2, -4, 2, -4, 0, -0.5]
    found = regions(model_of(layers, [*first, *(later * (depth - 1)), 2, -4, 0]))
    assert [len(partition) for partition in found.partitions] == [2**k for k in range(1, depth + 1)] + [2**depth]
    slopes = found.partitions[-1].in_units(found.partitions[-1].activation)[:, 0, 0]
    assert sorted(slopes) == [-(2.0 ** (depth - 1))] * 2 ** (depth - 1) + [2.0 ** (depth - 1)] * 2 ** (depth - 1)


def test_a_sawtooth_in_both_coordinates_quadruples_with_every_layer() -> None:
    layers = (Layer(2, ("abs", "abs")),) * 6
    fold = [-2, 0, 0, -2, 1, 1]  # 1 − 2 |t|, of each
    found = regions(model_of(layers, [1, 0, 0, 1, 0, 0, *(fold * 5)]))
    assert [len(partition) for partition in found.partitions] == [4**k for k in range(1, 7)]


# Where there are none.


@pytest.mark.parametrize("name", SMOOTH)
def test_regions_end_before_the_first_smooth_layer_which_is_named(name: str) -> None:
    layers = (Layer(4, ("relu",) * 4), Layer(3, ("relu", name, "relu")), Layer(2, ("identity",) * 2))
    found = regions(model_of(layers))
    assert len(found.partitions) == 1
    assert found.end == ("smooth", "layers[1].activation", f"layer 2 has {name}, which is smooth")
    before = regions(model_of((Layer(4, ("relu",) * 4, pre=name),)))
    assert before.partitions == ()
    assert before.end == ("smooth", "layers[0].pre", f"layer 1 has {name} before its weights, which is smooth")


def test_a_smooth_neuron_that_is_off_is_no_obstacle() -> None:
    assert regions(model_of((Layer(2, ("relu", "tanh"), off=(1,)),))).end is None


def test_more_regions_than_are_wanted_end_the_list_where_there_are_too_many() -> None:
    found = regions(model_of(uniform_layers([8, 8, 2], "abs"), seed=1), most=40)
    assert [len(partition) for partition in found.partitions] <= [40]
    assert found.end == ("many", "layers[1]", "layer 2 makes too many regions")


def test_numbers_that_are_too_large_end_the_list() -> None:
    layers = uniform_layers([2] * 8, "relu")
    found = regions(model_of(layers, np.full(n_parameters(layers), 1e30)))
    assert found.end is not None
    assert (found.end.kind, found.end.where) == ("large", "layers[4]")
    assert len(found.partitions) == 4


@pytest.mark.parametrize("name", BENT)
def test_pieces_and_kinks_are_the_functions_own(name: str) -> None:
    row = ACTIVATIONS[name]
    assert len(row.pieces) == len(row.kinks) + 1
    assert list(row.kinks) == sorted(row.kinks)
    z = np.concatenate([np.linspace(-3, 3, 601), np.array(row.kinks, dtype=float)])
    slopes, intercepts = np.array(row.pieces)[np.searchsorted(row.kinks, z)].T
    np.testing.assert_allclose(slopes * z + intercepts, row.value(z), atol=1e-15)


def test_a_trained_network_is_cut_within_a_tenth_of_a_second_and_a_large_one_within_two() -> None:
    for hidden, seconds in (([16, 16], 0.1), ([32, 32, 32], 2.0)):
        model = train_slice(create(dataset("spiral", 3), hidden=hidden, activation="relu"), Budget(epochs=60)).model
        assert len(regions(model).partitions[-1]) > 150
        assert min(timeit.repeat(lambda model=model: regions(model), number=1, repeat=4)) < seconds


def test_ten_times_as_many_regions_take_no_more_than_fifteen_times_as_long() -> None:
    model = model_of(uniform_layers([24, 24, 24, 3], "hard_tanh"), seed=1)
    few, many = (replace(model, parameters=size * model.parameters) for size in (0.36, 1.2))
    counts = [len(regions(sized).partitions[-1]) for sized in (few, many)]
    assert counts[1] > 7 * counts[0] > 3500
    times = [min(timeit.repeat(lambda sized=sized: regions(sized), number=1, repeat=5)) for sized in (few, many)]
    assert times[1] / times[0] < 1.5 * counts[1] / counts[0]
