"""The lens of regions in numbers: affine maps are those of nets, and every number is written so that it can be read."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.regions import answer
from nets import ACTIVATIONS, Model, serialise
from nets.exact_levels import class_regions
from nets.inputs import Domain, Inputs
from nets.network import Layer, forward
from nets.polygons import Polygons
from nets.regions import regions, to_units
from tests.browser.region_maps import MIXED, OPENED, OUTPUTS, RELU, look, module, network, painted
from tests.browser.relief import Relief

# Affine maps.


def test_every_piecewise_linear_nonlinearity_has_the_kinks_and_pieces_of_nets(modules: Relief) -> None:
    found = module(modules, "affine.mjs", "return m.PIECES;")
    assert {name: (row["kinks"], row["pieces"]) for name, row in found.items()} == {
        name: (list(row.kinks), [list(piece) for piece in row.pieces])
        for name, row in ACTIVATIONS.items()
        if row.pieces
    }


def maps_at(modules: Relief, model: Model, places: NDArray[np.float64]) -> list[list[dict[str, list[list[float]]]]]:
    """Every layer's maps (w, 3) in the data's units at places (n, 2) of the square, as the page computes them."""
    found: list[list[dict[str, list[list[float]]]]] = module(
        modules,
        "affine.mjs",
        """const { layoutLayers, decodeFloat64 } = await import('/assets/lib/document.mjs');
           const { document, places } = argument;
           const [layers, parameters] = [layoutLayers(document), decodeFloat64(document.parameters)];
           const all = (maps) => Array.from(maps.sizes, (_, k) => m.inUnits(maps, k, document.domain));
           return places.map((place) => m.affineMaps({ document, layers, parameters }, place)
             .map(({ preactivation, activation }) =>
               ({ preactivation: all(preactivation), activation: all(activation) })));""",
        {"document": serialise(model), "places": places.tolist()},
    )
    return found


def middles(polygons: Polygons) -> NDArray[np.float64]:
    starts = np.concatenate([[0], np.cumsum(polygons.counts)])
    return np.array([polygons.corners[a:b].mean(axis=0) for a, b in pairwise(starts)])


@pytest.mark.parametrize("model", [MIXED, RELU], ids=["mixed", "relu"])
def test_a_neurons_affine_map_has_its_value_and_its_central_differences(model: Model, modules: Relief) -> None:
    (x0, x1), (y0, y1) = model.domain
    generator = np.random.default_rng(2)
    places = generator.uniform(0, 1, (12, 2))
    points = to_units(places, model.domain).T
    step = 1e-7 * np.array([x1 - x0, y1 - y0])  # a crease within it is improbable
    shifts = np.array([[0, 0], [step[0], 0], [-step[0], 0], [0, step[1]], [0, -step[1]]]).T
    near = (points[:, :, None] + shifts[:, None, :]).reshape(2, -1)
    seen = model.inputs.standardise(near)
    found = maps_at(modules, model, places)
    for layer, response in enumerate(forward(model.layers, model.parameters, seen)):
        for kind in ("preactivation", "activation"):
            here, right, left, above, below = np.moveaxis(getattr(response, kind).reshape(-1, 12, 5), 2, 0)
            ours = np.array([maps[layer][kind] for maps in found]).reshape(12, -1, 3).transpose(1, 0, 2)
            slopes = np.stack([(right - left) / (2 * step[0]), (above - below) / (2 * step[1])], axis=-1)
            np.testing.assert_allclose(ours[..., :2], slopes, rtol=1e-5, atol=1e-5 * np.abs(slopes).max())
            values = (ours[..., :2] * points.T).sum(axis=-1) + ours[..., 2]
            np.testing.assert_allclose(values, here, rtol=1e-9, atol=1e-9 * max(1, np.abs(ours).max()))


@pytest.mark.parametrize("model", [MIXED, RELU], ids=["mixed", "relu"])
def test_affine_maps_are_those_of_the_exact_regions(model: Model, modules: Relief) -> None:
    partition = regions(model).partitions[1]
    found = maps_at(modules, model, middles(partition.polygons))
    for kind in ("preactivation", "activation"):
        expected = partition.in_units(getattr(partition, kind))
        ours = np.array([maps[1][kind] for maps in found]).reshape(expected.shape)
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())


def test_maps_end_before_a_smooth_layer(modules: Relief) -> None:
    model = network(Layer(2, ("relu", "tanh"), off=(1,)), Layer(2, ("sin", "relu")), OUTPUTS)
    (found,) = maps_at(modules, model, np.array([[0.3, 0.1]]))
    assert len(found) == 1
    assert found[0]["activation"][1] == [0, 0, 0]  # of the neuron that is off


@pytest.mark.parametrize("domain", [((-1.0, 1.0), (-1.0, 1.0)), ((1e5, 1e6), (-2e-5, 3e-5))], ids=["unit", "far"])
def test_what_is_0_up_to_rounding_is_on_the_lower_piece_as_in_nets(domain: Domain, modules: Relief) -> None:
    """Of 0.1 r + 0.2 r − 0.3 r sums leave 5.6e−17 r: no step, no change of class, no number to print."""
    (x0, x1), (y0, y1) = domain
    model = network(
        Layer(4, ("relu",) * 4),
        Layer(3, ("step", "relu", "abs")),
        Layer(2, ("identity",) * 2),
        data="xor",
        domain=domain,
        inputs=Inputs(((x0 + x1) / 2, (y0 + y1) / 2), ((x1 - x0) / 2, (y1 - y0) / 2)),
    )
    tie = [0.1, 0.2, -0.3, 0]
    weights = [[[1, 0.5]] * 3 + [[1, -1]], [tie, tie, [0, 0, 0, 1]], [[5, 0, 1], [0, 0, 1]]]
    biases = [[0.25] * 3 + [0.1], [0, 0, -0.2], [-0.05, 0.05]]
    layers = [np.concatenate([np.ravel(w), b]) for w, b in zip(weights, biases, strict=True)]
    model = replace(model, parameters=np.concatenate(layers))
    partitions = regions(model).partitions
    assert (partitions[1].pieces[:, :2] == 0).all()
    for layer, partition in enumerate(partitions):
        found = maps_at(modules, model, middles(partition.polygons))
        ours = np.array([maps[layer]["activation"] for maps in found])
        expected = partition.in_units(partition.activation)
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-13 * np.abs(expected).max(axis=(0, 1)).max())
        if layer == 1:
            assert (ours[:, :2] == 0).all()
            assert (
                np.array([maps[1]["preactivation"][:2] for maps in found]).tolist()
                == np.zeros((len(found), 2, 3)).tolist()
            )
    classes = class_regions(partitions[-1])
    places = middles(classes.polygons)
    scores = np.array([maps[-1]["activation"] for maps in maps_at(modules, model, places)])
    points = to_units(places, domain)
    values = (scores[..., :2] * points[:, None]).sum(axis=-1) + scores[..., 2]
    np.testing.assert_array_equal(values.argmax(axis=1), classes.classes)


# Words.


def sight(modules: Relief, model: Model, layer: int, neuron: int = 0, **changes: Any) -> dict[str, Any]:
    asked = look(model)
    return dict(
        module(
            modules,
            "reading.mjs",
            OPENED + "return m.sightOf(opened.answer, argument.selection);",
            {**asked, "body": {**asked["body"], **changes}, "selection": {"layer": layer, "neuron": neuron}},
        )
    )


def test_what_there_is_to_see_follows_the_selected_layer(modules: Relief) -> None:
    model = network(Layer(3, ("relu",) * 3), Layer(3, ("tanh",) * 3), OUTPUTS)
    assert sight(modules, model, 0, 1) == sight(modules, model, 1, 0)  # an input is of no layer that bends
    assert sight(modules, model, 1, 2) == {"mode": "regions", "layer": 1, "neuron": 2, "why": ""}
    for layer, title in ((2, "hidden 2"), (3, "classes")):
        found = sight(modules, model, layer)
        assert found["mode"] == "curvature"
        assert found["why"].startswith(f"There are no regions after {title}: hidden 2 has tanh, which is smooth.")
        assert "identity, relu, leaky relu, hard tanh, step and abs" in found["why"]


@pytest.mark.parametrize("kind", ["many", "large"])
def test_where_a_layer_has_too_many_regions_those_of_the_deepest_one_before_are_shown(
    kind: str, modules: Relief
) -> None:
    end = {"kind": kind, "where": "layers[1]", "why": "layer 2 makes more than 30000 regions"}
    first = answer(RELU)["partitions"][:1]
    found = sight(modules, RELU, 2, end=end, partitions=first)
    assert (found["mode"], found["layer"], found["neuron"]) == ("regions", 1, None)
    assert (
        "hidden 2 cannot be shown: hidden 2 makes more than 30000 regions. Here are those after hidden 1."
        in found["why"]
    )
    assert sight(modules, RELU, 2, end=end, partitions=[])["mode"] == "none"


def test_a_region_is_read_with_its_number_birth_share_map_and_gradient(modules: Relief) -> None:
    model = replace(
        network(Layer(1, ("relu",)), Layer(1, ("identity",)), data="saddle"),
        parameters=np.array([0.5, -1.0, 0.25, 2.0, 1.0]),
    )
    found = module(
        modules,
        "reading.mjs",
        OPENED
        + """const look = { ...opened, layer: argument.layer, neuron: 0 };
             return argument.places.map((place) => m.readRegion(look, m.regionAt(look, place)).lines);""",
        {**look(model), "layer": 1, "places": [[0.5, 0.1], [0.5, 0.9]]},
    )
    # above 0 it is the trapezium below y = 0.5 x + 0.25, whose middle line is 1.25 high, of 2
    assert found[0][1:] == [
        "62.5 % of the area, ‖∇a‖ = 1.12",
        "z = 0.50 x − 1.00 y + 0.25",
        "a = 0.50 x − 1.00 y + 0.25",
    ]
    assert found[1][1:] == ["37.5 % of the area, a is flat", "z = 0.50 x − 1.00 y + 0.25", "a = 0"]
    assert {lines[0] for lines in found} == {f"region {i} of 2, born at hidden 1" for i in (1, 2)}


@pytest.mark.parametrize(
    ("count", "text"), [(37, "37"), (1234, "1,234"), (279841, "279,841"), (1.48e8, "1.5 · 10⁸"), (1.2e19, "1.2 · 10¹⁹")]
)
def test_counts_can_be_read(count: float, text: str, modules: Relief) -> None:
    assert module(modules, "words.mjs", "return m.countText(argument);", count) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1.66e-6, "1.66 · 10⁻⁶"),
        (6e-7, "6.00 · 10⁻⁷"),
        (0.00123456, "0.00123"),
        (0.5, "0.500"),
        (-1.118, "−1.12"),
        (9.999, "10.0"),
        (12345, "12300"),
        (99999, "1.00 · 10⁵"),
        (-123456, "−1.23 · 10⁵"),
        (1e12, "1.00 · 10¹²"),
    ],
)
def test_three_digits_count_whatever_a_numbers_size(value: float, text: str, modules: Relief) -> None:
    assert module(modules, "words.mjs", "return m.significant(argument);", value) == text


@pytest.mark.parametrize(
    ("maps", "text"),
    [
        ([0.42, -1.3, 0.1], "z = 0.42 x − 1.30 y + 0.10"),
        ([1.2, 0, 0.3], "z = 1.20 x + 0.30"),
        ([0, -2, 0], "z = −2.00 y"),
        ([0, 0, -0.5], "z = −0.50"),
        ([0, 0, 0], "z = 0"),
        ([0.0051, -1.66e-6, 123456], "z = 0.00510 x − 1.66 · 10⁻⁶ y + 1.23 · 10⁵"),
    ],
)
def test_a_formula_has_no_terms_that_are_0_and_digits_that_count(maps: list[float], text: str, modules: Relief) -> None:
    assert module(modules, "words.mjs", "return m.formulaText('z', argument);", maps) == text


@pytest.mark.parametrize("unit", [1e6, 1, 1e-5])
def test_numbers_are_read_in_the_datas_units_whatever_their_size(unit: float, modules: Relief) -> None:
    """a = x / unit − 0.5 above 0: of the slope and the gradient three digits are shown."""
    model = replace(
        network(Layer(1, ("relu",)), Layer(1, ("identity",)), data="saddle"),
        parameters=np.array([0.5, 0, 0, 2.0, 1.0]),
        domain=((0.0, unit), (-unit, unit)),
        inputs=Inputs((0.5 * unit, 0.0), (0.5 * unit, unit)),
    )
    lines = module(
        modules,
        "reading.mjs",
        OPENED
        + """const look = { ...opened, layer: 1, neuron: 0 };
             return m.readRegion(look, m.regionAt(look, [0.75, 0.5])).lines;""",
        look(model),
    )
    slope = {1e6: "1.00 · 10⁻⁶", 1: "1.00", 1e-5: "1.00 · 10⁵"}[unit]
    assert lines[1:] == [
        f"50.0 % of the area, ‖∇a‖ = {slope}",
        f"z = {slope} x − 0.50",
        f"a = {slope} x − 0.50",
    ]
    found = painted(modules, "gradient", model, layer=1)
    assert found["ramp"]["ends"] == ["0", slope]


def test_counts_stand_beside_the_most_there_could_be(modules: Relief) -> None:
    rows = module(
        modules,
        "tables.mjs",
        OPENED
        + """const table = document.createElement('table');
             m.showCounts(table, opened.answer, 2);
             const text = ({ textContent }) => textContent;
             return [...table.rows].map((row) => [...[...row.cells].map(text), row.ariaCurrent]);""",
        look(RELU),
    )
    found = answer(RELU)["layers"]
    assert found[0]["most"] == 16
    assert found[1]["most"] == 16 * 11
    assert [row[:3] for row in rows[1:]] == [
        [title, str(layer["regions"]), str(layer["most"])]
        for title, layer in zip(("hidden 1", "hidden 2", "classes"), found, strict=True)
    ]
    assert [row[4] for row in rows] == [None, None, "true", None]
