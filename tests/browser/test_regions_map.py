"""The map of regions: the polygon under a point, colours, the printed map, and curvature instead."""

import base64
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from app.palette import LIGHT
from nets import Model
from nets.network import Layer, forward
from nets.regions import regions, to_units
from tests.browser.region_maps import (
    OPENED,
    OUTPUTS,
    RELU,
    STRETCHED,
    SVG,
    look,
    module,
    network,
    painted,
)
from tests.browser.relief import Relief

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
        "../../lib/polygons.mjs",
        OPENED
        + """const [, own] = opened.answer.partitions;
             return Array.from({ length: own.count }, (_, i) => m.areaOf(own, i));""",
        look(RELU),
    )
    polygons = regions(RELU).partitions[1].polygons
    np.testing.assert_allclose(shares, polygons.areas(), atol=1e-7)
    assert sum(shares) == pytest.approx(1, abs=1e-5)


# Colours.


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
        ("class", network(Layer(3, ("relu",) * 3), Layer(3, ("tanh",) * 3)), 0, "the layer of classes has tanh"),
        ("gradient", RELU, None, "too many"),
    ],
)
def test_why_a_colouring_cannot_be_had_is_said(
    name: str, model: Model, neuron: int | None, why: str, modules: Relief
) -> None:
    assert why in painted(modules, name, model, layer=1, neuron=neuron)["why"]


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
