"""The lens of regions: its numbers are those of nets, its map is whole, and what cannot be shown is said."""

import base64
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Route

from app.palette import LIGHT
from app.regions import answer
from nets import ACTIVATIONS, Model, create, dataset, serialise
from nets.exact_levels import class_regions
from nets.inputs import Domain, Inputs
from nets.network import Layer, forward, n_parameters
from nets.polygons import Polygons
from nets.regions import regions, to_units
from tests.browser.relief import PHONE, PROJECTOR, Relief
from tests.browser.test_accessibility import violations

LENS = "../lenses/regions/"
LINEAR = [name for name, row in ACTIVATIONS.items() if row.pieces]
DOMAIN = ((-2.0, 6.0), (10.0, 11.0))
SVG = "{http://www.w3.org/2000/svg}"


def module(modules: Relief, name: str, body: str, argument: Any = None) -> Any:
    return modules.evaluate_module(f"{LENS}{name}", body, argument)


def network(*layers: Layer, data: str = "spiral", seed: int = 1, size: float = 1.0, **changes: Any) -> Model:
    """A network with random parameters."""
    parameters = size * np.random.default_rng(seed).standard_normal(n_parameters(layers))
    return replace(create(dataset(data)), layers=layers, parameters=parameters, **changes)


STRETCHED = {"domain": DOMAIN, "inputs": Inputs((2.0, 10.5), (3.0, 0.4))}
OUTPUTS = Layer(3, ("identity",) * 3)
MIXED = network(
    Layer(6, tuple(LINEAR)),
    Layer(5, ("relu", "abs", "hard_tanh", "step", "relu"), pre="leaky_relu", skip=True, off=(4,)),
    replace(OUTPUTS, skip=True),
    **STRETCHED,
)
RELU = network(Layer(5, ("relu",) * 5), Layer(4, ("relu",) * 4), OUTPUTS, seed=4)


def look(model: Model) -> dict[str, Any]:
    return {"document": serialise(model), "body": answer(model)}


OPENED = """
  const { readAnswer } = await import('/assets/lib/regions.mjs');
  const { open } = await import('/assets/lenses/regions/reading.mjs');
  const opened = open({ document: argument.document, ...readAnswer(argument.body) });
"""


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


# Polygons.


def test_the_polygon_under_a_point_is_the_one_that_has_it(modules: Relief) -> None:
    """Which neurons of nets are above 0 at a point tells its region, without any geometry."""
    model = network(Layer(7, ("relu",) * 7), OUTPUTS, seed=8)
    partition = regions(model).partitions[0]
    points = np.random.default_rng(5).uniform(0, 1, (60, 2))
    found = module(
        modules,
        "reading.mjs",
        OPENED + "return argument.points.map((place) => m.regionAt({ ...opened, layer: 1 }, place));",
        {**look(model), "points": points.tolist()},
    )
    seen = model.inputs.standardise(to_units(points, model.domain).T)
    patterns = forward(model.layers, model.parameters, seen)[0].preactivation.T > 0
    np.testing.assert_array_equal(partition.pieces[found], patterns)
    assert len(set(found)) > 10


def test_areas_of_regions_are_shares_of_the_domain(modules: Relief) -> None:
    shares = module(
        modules,
        "polygons.mjs",
        OPENED
        + """const [, own] = opened.answer.partitions;
             return Array.from({ length: own.count }, (_, i) => m.areaOf(own, i));""",
        look(RELU),
    )
    polygons = regions(RELU).partitions[1].polygons
    np.testing.assert_allclose(shares, polygons.areas(), atol=1e-7)
    assert sum(shares) == pytest.approx(1, abs=1e-5)


# Colours.


def painted(modules: Relief, name: str, model: Model, layer: int = 2, neuron: int | None = 0) -> dict[str, Any]:
    return dict(
        module(
            modules,
            "colouring.mjs",
            OPENED
            + """const look = { ...opened, layer: argument.layer, neuron: argument.neuron };
                 const { missing, paint } = m.COLOURINGS.find(({ name }) => name === argument.name);
                 const why = missing(look);
                 if (why) return { why };
                 const { groups, swatches, ramp, boundary } = paint(look, argument.colours);
                 return { groups: groups.map(({ colour, members }) => [colour, [...members]]), swatches, ramp,
                          boundary: boundary && [...boundary],
                          sizes: look.neuron === null ? null : [...m.gradientSizes(look)] };""",
            {**look(model), "layer": layer, "neuron": neuron, "name": name, "colours": LIGHT},
        )
    )


def test_by_layer_every_region_has_the_tint_of_its_birth_and_the_legend_counts_them(modules: Relief) -> None:
    found = painted(modules, "birth", RELU)
    born = regions(RELU).partitions[1].born
    for layer, (colour, members) in enumerate(found["groups"]):
        assert members == np.flatnonzero(born == layer).tolist()
        assert (colour == LIGHT["panel"]) == (layer == 0)
    counts = np.bincount(born, minlength=3)
    assert [swatch["text"] for swatch in found["swatches"]] == [f"hidden {k}: {counts[k]}" for k in (1, 2)]
    assert len({colour for colour, _ in found["groups"]}) == 3


def test_by_gradient_every_region_has_the_gradients_size_of_nets_and_flat_ones_have_no_colour(modules: Relief) -> None:
    model = network(Layer(5, ("relu",) * 5), Layer(4, ("relu",) * 4), OUTPUTS, seed=4, **STRETCHED)
    found = painted(modules, "gradient", model, neuron=1)
    partition = regions(model).partitions[1]
    sizes = np.hypot(*np.moveaxis(partition.in_units(partition.activation)[:, 1, :2], -1, 0))
    np.testing.assert_allclose(found["sizes"], sizes, rtol=1e-9, atol=1e-12)
    colours = {member: colour for colour, members in found["groups"] for member in members}
    assert [colours[i] is None for i in range(len(sizes))] == (sizes == 0).tolist()
    assert 0 < (sizes == 0).sum() < len(sizes)
    assert found["swatches"] == [{"colour": None, "text": f"flat: {(sizes == 0).sum()}"}]
    assert float(found["ramp"]["ends"][1]) == pytest.approx(sizes.max(), rel=0.01)
    shades = found["ramp"]["colours"]
    order = [shades.index(colours[i]) for i in np.argsort(sizes) if sizes[i] > 0]
    assert order == sorted(order)  # steeper is never paler
    assert order[-1] == len(shades) - 1


def test_by_class_every_class_has_its_polygons_and_the_boundary_is_exact(modules: Relief) -> None:
    found = painted(modules, "class", RELU)
    classes = np.frombuffer(base64.b64decode(look(RELU)["body"]["classes"]["classes"]), "u1")
    assert [members for _, members in found["groups"]] == [np.flatnonzero(classes == k).tolist() for k in range(3)]
    assert [swatch["text"] for swatch in found["swatches"]] == ["class 1", "class 2", "class 3"]
    ends = to_units(np.reshape(found["boundary"], (-1, 2, 2)), RELU.domain)
    middles = RELU.inputs.standardise(ends.mean(axis=1).T)
    scores = np.sort(forward(RELU.layers, RELU.parameters, middles)[-1].activation, axis=0)
    np.testing.assert_allclose(scores[-1], scores[-2], atol=1e-5)


@pytest.mark.parametrize(
    ("name", "model", "neuron", "why"),
    [
        ("class", network(Layer(3, ("relu",) * 3), Layer(1, ("identity",)), data="saddle"), 0, "no classes"),
        ("class", network(Layer(3, ("relu",) * 3), Layer(3, ("tanh",) * 3)), 0, "layer 2 has tanh"),
        ("gradient", RELU, None, "too many"),
    ],
)
def test_why_a_colouring_cannot_be_had_is_said(
    name: str, model: Model, neuron: int | None, why: str, modules: Relief
) -> None:
    assert why in painted(modules, name, model, layer=1, neuron=neuron)["why"]


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


# The printed map.


def printed(modules: Relief, name: str, model: Model = RELU, layer: int = 2) -> ET.Element:
    text = module(
        modules,
        "print.mjs",
        OPENED
        + """const { COLOURINGS } = await import('/assets/lenses/regions/colouring.mjs');
             const { creasesUpTo, dataOf } = await import('/assets/lenses/regions/scene.mjs');
             const look = { ...opened, layer: argument.layer, neuron: 0 };
             const painting = COLOURINGS.find(({ name }) => name === argument.name).paint(look, argument.colours);
             const points = { x: [-0.5, 0.5], y: [0.25, -0.25], targets: [0, 1], is_test: [false, true] };
             const { document } = look;
             const scene = { domain: document.domain, painting, image: null, legend: painting,
                             creases: creasesUpTo(look.answer.creases, look.layer),
                             data: dataOf(document.domain, { document, points }) };
             return m.printMap(scene, ["a < b & \\"c\\"", "network"], argument.colours);""",
        {**look(model), "layer": layer, "name": name, "colours": LIGHT},
    )
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    return ET.fromstring(text)


def numbers(text: str) -> NDArray[np.float64]:
    return np.array(text.replace("M", " ").replace("L", " ").split(), float)


def test_a_printed_map_has_every_region_as_a_polygon_and_every_crease_in_millimetres(modules: Relief) -> None:
    svg = printed(modules, "birth")
    partition = regions(RELU).partitions[1]
    assert svg.get("width") == "180mm"
    assert svg.findtext(f"{SVG}title") == 'a < b & "c"'
    corners = [numbers(node.get("points", "")).reshape(-1, 2) for node in svg.iter(f"{SVG}polygon")]
    assert len(corners) == len(partition)
    frame = svg.find(f"{SVG}defs/{SVG}clipPath/{SVG}rect")
    assert frame is not None
    left, top, side = (float(frame.get(name, "")) for name in ("x", "y", "width"))
    order = [i for layer in range(3) for i in np.flatnonzero(partition.born == layer)]
    starts = np.concatenate([[0], np.cumsum(partition.polygons.counts)])
    for i, ours in zip(order, corners, strict=True):
        expected = partition.polygons.corners[starts[i] : starts[i + 1]]
        np.testing.assert_allclose((ours - [left, top]) / side, expected * [1, -1] + [0, 1], atol=1e-4)
    lines = {node.findtext(f"{SVG}title"): node for node in svg.iter(f"{SVG}path") if node.findtext(f"{SVG}title")}
    widths = [float(lines[f"creases of layer {layer}"].get("stroke-width", "")) for layer in (1, 2)]
    assert widths[0] > widths[1] > 0.1
    for layer in (1, 2):
        ends = numbers(lines[f"creases of layer {layer}"].get("d", "")).reshape(-1, 4)
        assert len(ends) == (partition.creases.layers == layer).sum()
    assert len(list(svg.iter(f"{SVG}circle"))) == 2


@pytest.mark.parametrize(("name", "text"), [("gradient", "flat: "), ("class", "class 3")])
def test_a_printed_map_has_a_legend_and_class_boundaries(name: str, text: str, modules: Relief) -> None:
    svg = printed(modules, name)
    texts = [node.text or "" for node in svg.iter(f"{SVG}text")]
    assert any(text in words for words in texts)
    titles = [node.text for node in svg.iter(f"{SVG}title")]
    assert ("boundary between the classes" in titles) == (name == "class")
    assert len(list(svg.iter(f"{SVG}polygon"))) >= len(regions(RELU).partitions[1])


# Curvature.


def test_a_curvature_map_is_neutral_at_0_has_its_ends_at_its_scale_and_holes_where_it_is_undefined(
    modules: Relief,
) -> None:
    pixels, places = module(
        modules,
        "curvature.mjs",
        """const map = { points: 2, values: Float32Array.of(-4, 0, 4, NaN), scale: 4 };
           const image = m.curvatureImage(map, argument);
           const { data } = image.getContext("2d").getImageData(0, 0, 2, 2);
           return [[...data], [[0.1, 0.4], [0.9, 0.1], [0.4, 0.9], [1, 1]].map((place) => {
             const found = m.curvatureAt(map, place);
             return [found.place, m.curvatureText(found.value)];
           })];""",
        LIGHT,
    )
    colours = [f"#{r:02x}{g:02x}{b:02x}" if a else None for r, g, b, a in np.reshape(pixels, (-1, 4)).tolist()]
    assert colours == [LIGHT["height-4"], None, LIGHT["height-0"], LIGHT["height-2"]]  # the upper row first
    assert [place for place, _ in places] == [[0, 0], [1, 0], [0, 1], [1, 1]]
    assert [words.split(",")[0] for _, words in places] == ["−4.00", "0", "4.00", "undefined here"]
    assert ["ridge" in places[0][1], "valley" in places[2][1]] == [True, True]


# The page.


COUNTED = """(counts) => {
  const rows = [...document.querySelectorAll('#regions-counts tbody tr')];
  return JSON.stringify(rows.map((row) => Number(row.cells[1].textContent))) === JSON.stringify(counts)
    && !document.querySelector('#pane-regions').classList.contains('is-stale');
}"""


def count(model: Model) -> list[int]:
    return [len(partition) for partition in regions(model).partitions]


class RegionsPage:
    """The lens as a test uses it."""

    def __init__(self, relief: Relief, model: Model) -> None:
        self.relief = relief
        self.page = relief.page
        self.relief.load(serialise(model))
        self.page.get_by_role("link", name="Regions", exact=True).click()
        self.relief.until(COUNTED, count(model))
        self.map = self.page.locator("#regions-map canvas").last

    def choose(self, label: str, option: str) -> None:
        self.page.locator("#regions-side").get_by_label(label, exact=True).select_option(label=option)

    def counts(self) -> list[list[str]]:
        rows: list[list[str]] = self.page.locator("#regions-counts tbody tr").evaluate_all(
            "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
        )
        return rows

    def reading(self) -> str:
        return str(self.page.locator("#regions-reading").text_content())

    def leave(self) -> None:
        self.page.get_by_role("link", name="Landscapes", exact=True).click()


@pytest.fixture
def lens(relief: Relief) -> Iterator[RegionsPage]:
    """The page looking through the lens at a network of rectifiers; left as it was found."""
    opened = RegionsPage(relief, RELU)
    yield opened
    opened.leave()


def test_a_user_reads_a_region_with_the_mouse_and_with_the_keyboard(lens: RegionsPage) -> None:
    relief = lens.relief
    lens.choose("layer", "hidden 2")
    lens.choose("neuron", "neuron 3")
    lens.map.focus()
    lens.page.keyboard.press("ArrowRight")
    relief.until("() => document.querySelector('#regions-reading').textContent.startsWith('region ')")
    found = regions(RELU).partitions[1]
    assert lens.counts()[1][:2] == ["hidden 2", str(len(found))]
    place = np.array([[0.52, 0.5]])
    seen = RELU.inputs.standardise(to_units(place, RELU.domain).T)
    responses = forward(RELU.layers, RELU.parameters, seen)
    value = responses[1].preactivation[2, 0]
    lines = lens.reading().splitlines()
    slopes = [
        float(number)
        for number in lines[2].replace("−", "-").replace("- ", "-").replace("+ ", "+").split()
        if number[-1].isdigit()
    ]
    (x, y) = to_units(place, RELU.domain)[0]
    assert slopes[0] * x + slopes[1] * y + slopes[2] == pytest.approx(value, abs=0.02)
    current = lens.page.locator("#regions-maps tr[aria-current]")
    assert current.locator("th").inner_text() == "neuron 3"
    lens.page.keyboard.press("Enter")  # pinned, so that it stays when the mouse has gone
    before = lens.reading()
    box = lens.map.bounding_box()
    assert box is not None
    lens.page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.2 * box["height"])
    relief.until("(before) => document.querySelector('#regions-reading').textContent !== before", before)
    lens.page.mouse.move(0, 0)
    relief.until("(before) => document.querySelector('#regions-reading').textContent === before", before)
    lens.page.keyboard.press("Escape")
    relief.until("() => document.querySelector('#regions-reading').textContent.startsWith('Point at')")


def test_menus_show_the_selected_neuron(lens: RegionsPage) -> None:
    lens.relief.call("relief.select(1, 4)")
    lens.relief.until("() => document.querySelector('#regions-neuron').selectedOptions[0].textContent === 'neuron 5'")
    lens.choose("layer", "hidden 2")
    lens.relief.until("() => document.querySelector('#regions-neuron').options.length === 4")


def test_the_map_is_pale_while_it_is_not_of_the_present_network_and_follows_an_edit_at_rest(lens: RegionsPage) -> None:
    relief = lens.relief
    relief.page.evaluate(
        """() => {
             const pane = document.querySelector("#pane-regions");
             const note = () => (window.wasPale ||= pane.classList.contains("is-stale"));
             window.wasPale = false;
             new MutationObserver(note).observe(pane, { attributes: true });
           }"""
    )
    relief.call("relief.setParameter(0, 7)")
    assert count(relief.model) != count(RELU)
    relief.until(COUNTED, count(relief.model))
    assert relief.call("window.wasPale")


def test_the_map_is_pale_while_it_trains_if_the_server_refuses(lens: RegionsPage) -> None:
    lens.page.route("**/api/regions", lambda route: route.fulfill(status=422, json={"error": "no", "where": "layers"}))
    lens.page.get_by_role("button", name="Play (space)").click()
    lens.relief.until("() => document.querySelector('#regions-note').textContent === 'no'")
    lens.relief.until("() => document.querySelector('#pane-regions').classList.contains('is-stale')")
    assert lens.page.get_by_role("button", name="Pause (space)").is_visible()
    lens.page.unroute("**/api/regions")
    lens.relief.until("() => !document.querySelector('#pane-regions').classList.contains('is-stale')")
    lens.page.get_by_role("button", name="Pause (space)").click()
    lens.relief.expect_broken_connections()


def test_while_it_trains_the_map_moves(lens: RegionsPage) -> None:
    picture = "document.querySelector('#regions-map canvas').toDataURL()"
    lens.page.get_by_role("button", name="Play (space)").click()
    for _ in range(3):
        lens.relief.until(f"(seen) => {picture} !== seen", lens.relief.call(picture))
    lens.page.get_by_role("button", name="Pause (space)").click()


def test_a_smooth_layer_shows_its_curvature_and_the_layer_before_its_regions(relief: Relief) -> None:
    model = network(Layer(4, ("relu",) * 4), Layer(3, ("tanh",) * 3), OUTPUTS)
    lens = RegionsPage(relief, model)
    relief.call("relief.select(2, 1)")
    relief.until("() => document.querySelector('#regions-legend').textContent.includes('valley')")
    assert lens.page.locator("#regions-title").inner_text().lower() == "curvature"
    assert not lens.page.locator("#regions-colours").is_visible()
    box = lens.map.bounding_box()
    assert box is not None
    lens.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    relief.until("() => /curvature .*(ridge|valley)/.test(document.querySelector('#regions-reading').textContent)")
    lens.choose("layer", "hidden 1")
    relief.until("() => document.querySelector('#regions-legend').textContent.includes('hidden 1: ')")
    assert lens.page.locator("#regions-colours").is_visible()
    lens.leave()


def test_beside_curvature_regions_are_counted_anew_though_their_answer_comes_last(relief: Relief) -> None:
    model = network(Layer(4, ("relu",) * 4), Layer(3, ("relu",) * 3), Layer(3, ("tanh",) * 3), OUTPUTS)
    lens = RegionsPage(relief, model)
    relief.call("relief.select(3, 1)")
    legend = "document.querySelector('#regions-legend').textContent"
    relief.until(f"() => {legend}.includes('valley')")
    before = relief.call(legend)
    held: list[Route] = []
    lens.page.route("**/api/regions", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks the function
    relief.call("relief.setParameter(0, 7)")
    relief.until(f"(before) => {legend} !== before", before)  # the curvature of the network as it is now
    relief.until_here(lambda: held)
    assert [int(row[1]) for row in lens.counts()] == count(model) != count(relief.model)
    for route in held:
        route.continue_()
    lens.page.unroute("**/api/regions")
    relief.until(COUNTED, count(relief.model))
    lens.leave()


HEADS = """(said) => {
  const label = document.querySelectorAll('#regions-map canvas')[1].ariaLabel;
  const heads = ['title', 'here'].map((id) => document.querySelector(`#regions-${id}`).textContent);
  return [...heads, label].every((text, i) => text.includes(said[i]));
}"""


@pytest.mark.parametrize(
    ("activation", "said", "plain"),
    [
        (
            "relu",
            ["Regions", "Scores here", "gradient's size of the score of class 2."],
            ["Regions", "Here", "size of class 2."],
        ),
        (
            "tanh",
            ["Curvature of the score", "Scores here", "curvature of the score of class 2."],
            ["Curvature", "Here", "curvature of class 2."],
        ),
    ],
)
def test_where_the_page_draws_probabilities_the_lens_says_that_it_is_about_scores(
    activation: str, said: list[str], plain: list[str], relief: Relief
) -> None:
    model = network(Layer(4, (activation,) * 4), OUTPUTS)
    outputs = relief.page.locator("#outputs-row")
    outputs.get_by_text("probabilities").click()
    lens = RegionsPage(relief, model)
    relief.call("relief.select(2, 1)")
    relief.until("() => document.querySelector('#regions-note').textContent !== 'computing…'")
    if activation == "relu":
        lens.page.get_by_role("button", name="gradient", exact=True).click()
    relief.until(HEADS, said)
    lens.leave()
    outputs.get_by_text("scores").click()
    lens.page.get_by_role("link", name="Regions", exact=True).click()
    relief.until(HEADS, plain)
    if activation == "relu":
        lens.page.get_by_role("button", name="by layer", exact=True).click()
    lens.leave()


def test_what_the_server_says_is_shown_and_the_map_stays(lens: RegionsPage) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=422, json={"error": "no regions today", "where": "layers"})

    lens.page.route("**/api/regions", refuse)
    lens.relief.call("relief.setParameter(0, 5)")
    lens.relief.until("() => document.querySelector('#regions-note').textContent === 'no regions today'")
    assert lens.counts()
    lens.page.unroute("**/api/regions")
    lens.relief.expect_broken_connections()


def test_the_map_is_saved_in_light_colours(lens: RegionsPage, tmp_path: Path) -> None:
    lens.page.get_by_role("button", name="Light or dark").click()
    with lens.page.expect_download() as waiting:
        lens.page.get_by_role("button", name="save as SVG").click()
    lens.page.get_by_role("button", name="Light or dark").click()
    saved = tmp_path / "map.svg"
    waiting.value.save_as(saved)
    assert waiting.value.suggested_filename == "relief-2-5-4-3-regions-hidden-1-birth.svg"
    svg = ET.parse(saved).getroot()
    assert len(list(svg.iter(f"{SVG}polygon"))) == len(regions(RELU).partitions[0])
    assert LIGHT["panel"] in saved.read_text()


FITS = """(isWide) => ["html", "#regions-side"].map((part) => document.querySelector(part))
  .every((node) => node.scrollWidth <= node.clientWidth && (isWide || node.scrollHeight <= node.clientHeight))"""


def test_the_lens_fits_its_pane_and_axe_finds_nothing(lens: RegionsPage) -> None:
    lens.page.set_viewport_size(PROJECTOR)
    lens.map.focus()
    lens.page.keyboard.press("ArrowUp")
    lens.relief.until(FITS, False)
    for _ in ("light", "dark"):
        assert violations(lens.relief) == []
        lens.page.get_by_role("button", name="Light or dark").click()
    lens.page.set_viewport_size(PHONE)
    lens.relief.until(FITS, True)
