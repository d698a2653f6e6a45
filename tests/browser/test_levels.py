"""Level sets: how far apart, exact lines, the plane that cuts, and two moments compared."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from contourpy import contour_generator
from numpy.typing import NDArray
from playwright.sync_api import expect

from app.inspector import LEVEL_RULES
from app.palette import LIGHT
from nets import ACTIVATIONS, Layer, create, dataset, regions, serialise
from nets.exact_levels import level_set
from nets.regions import to_units
from tests.browser.relief import PROJECTOR, SMALL, Relief

Array = NDArray[np.float64]

DOMAIN = [[-1.0, 2.0], [-0.5, 1.5]]
WEIGHTS, BIAS = [1.7, -2.3], 0.4

TRACE = """([plot, i]) => {
  const { x, y, z, visible } = document.querySelector(`#${plot} .js-plotly-plot`).data[i];
  const list = (values) => Array.from(values ?? [], (value) => (value?.length ? Array.from(value) : value));
  return { x: list(x), y: list(y), z: list(z), visible };
}"""


def straight_lines(modules: Relief, activation: str, height: float) -> list[dict[str, Any]]:
    body = "return m.straightLines(argument.plane, argument.height, argument.domain)"
    plane = {"weights": WEIGHTS, "bias": BIAS, "activation": activation}
    return list(modules.evaluate_module("straight.mjs", body, {"plane": plane, "height": height, "domain": DOMAIN}))


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "step"])
def test_the_exact_lines_of_a_first_layer_neuron_are_its_level_set(name: str, modules: Relief) -> None:
    """On the lines the neuron answers the height, and they are all that contourpy finds on a fine grid."""
    x, y = (np.linspace(low, high, 701) for low, high in DOMAIN)
    values = ACTIVATIONS[name].value(WEIGHTS[0] * x[None, :] + WEIGHTS[1] * y[:, None] + BIAS)
    finite = values[np.isfinite(values)]
    height = float(0.3 * finite.min() + 0.7 * finite.max())
    lines = straight_lines(modules, name, height)
    assert lines
    for line in lines:
        for px, py in line["points"]:
            z = WEIGHTS[0] * px + WEIGHTS[1] * py + BIAS
            assert z == pytest.approx(line["z"], abs=1e-12)
            assert ACTIVATIONS[name].value(np.array(z)) == pytest.approx(height, rel=1e-9, abs=1e-9)
            assert px in (pytest.approx(DOMAIN[0][0]), pytest.approx(DOMAIN[0][1])) or py in (
                pytest.approx(DOMAIN[1][0]),
                pytest.approx(DOMAIN[1][1]),
            )
    drawn = np.concatenate(contour_generator(x, y, np.ma.masked_invalid(values)).lines(height))
    sums = drawn @ WEIGHTS + BIAS
    distance = np.abs(sums[:, None] - [line["z"] for line in lines])
    assert distance.min(axis=1).max() < 0.02
    assert distance.min(axis=0).max() < 0.02


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "abs", "hard_tanh", "step"])
def test_the_lines_of_a_piecewise_linear_neuron_are_those_of_its_regions(name: str, modules: Relief) -> None:
    model = replace(
        create(dataset("saddle")),
        layers=(Layer(1, (name,)),),
        parameters=np.array([*WEIGHTS, BIAS]),
        domain=(tuple(DOMAIN[0]), tuple(DOMAIN[1])),
    )
    partition = regions(model).partitions[0]
    for height in (-0.4, 0.3, 0.7):
        exact = to_units(level_set(partition, 0, height), model.domain)
        drawn = [sorted(line["points"]) for line in straight_lines(modules, name, height)]
        np.testing.assert_allclose(sorted(drawn), sorted(map(sorted, exact.tolist())), atol=1e-9)


def test_a_line_that_misses_the_domain_is_not_drawn_and_a_plane_without_slope_has_none(modules: Relief) -> None:
    assert straight_lines(modules, "identity", 50.0) == []
    assert straight_lines(modules, "tanh", 1.0) == []
    body = "return [m.clip([0, 0], 1, 1, argument), m.clip([1, 0], 0, 0.5, argument), m.clip([0, 2], 0, 9, argument)]"
    none, upright, outside = modules.evaluate_module("straight.mjs", body, DOMAIN)
    assert (none, outside) == (None, None)
    assert sorted(upright) == [[0.5, -0.5], [0.5, 1.5]]


def test_only_the_first_layer_without_a_nonlinearity_before_it_is_planes(modules: Relief) -> None:
    """What comes once more by a skip is added to the weights."""
    body = """const pre = "identity";
              const layers = [{ width: 2, inputs: 4, weights: 0, biases: 8, pre, activation: ["tanh", "sin"] },
                              { width: 1, inputs: 2, weights: 10, biases: 12, pre, activation: ["relu"] }];
              const parameters = Float64Array.from({ length: 13 }, (_, i) => i);
              const plane = (layer, neuron, kind) => m.planeOf({ layer, neuron }, layers, parameters, kind);
              const bent = m.planeOf({ layer: 1, neuron: 0 }, [{ ...layers[0], pre: "sin" }], parameters, "activation");
              return [plane(0, 1, "activation"), plane(1, 1, "activation"), plane(1, 1, "preactivation"),
                      plane(2, 0, "preactivation"), bent];"""
    assert modules.evaluate_module("straight.mjs", body) == [
        {"weights": [0, 1], "bias": 0, "activation": "identity"},
        {"weights": [4 + 6, 5 + 7], "bias": 9, "activation": "sin"},
        {"weights": [4 + 6, 5 + 7], "bias": 9, "activation": "identity"},
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("rule", "scale", "step"),
    [
        ("count:4", 1, 0.25),
        ("count:10", 20, 2),
        ("count:500", 1, 0.05),
        ("every:0.25", 1, 0.25),
        ("every:0.25", 12, 1.25),
        ("every:0.1", 2, 0.1),
        ("every:0.05", 4000, 250),
        ("every:10", 1, 10),
    ],
)
def test_level_sets_are_as_far_apart_as_asked_for_but_never_more_than_twenty_to_the_scale(
    rule: str, scale: float, step: float, modules: Relief
) -> None:
    found = modules.evaluate_module("levels.mjs", "return m.levelStep(...argument)", [rule, scale])
    assert found == pytest.approx(step)


def test_every_choice_of_the_menu_is_a_rule_that_is_remembered(modules: Relief) -> None:
    body = """return argument.map((rule) => {
                const kept = new Map();
                const storage = { setItem: (key, value) => kept.set(key, value), getItem: (key) => kept.get(key) };
                new m.Levels(storage).set({ rule, height: -0.5, isCut: true, isLinked: true });
                const { height, isCut, isLinked, rule: again } = new m.Levels(storage);
                return [again, height, isCut, isLinked, m.levelStep(again, 1) > 0];
              });"""
    rules = [rule for rule, _ in LEVEL_RULES]
    assert modules.evaluate_module("levels.mjs", body, rules) == [[rule, -0.5, True, True, True] for rule in rules]


@pytest.mark.parametrize(
    "saved", ["not JSON", "null", '{"rule": "every:0"}', '{"rule": "constructor:1"}', '{"height": "high", "isCut": 1}']
)
def test_what_was_remembered_illegibly_is_forgotten(saved: str, modules: Relief) -> None:
    body = """const { height, isCut, isLinked, rule } = new m.Levels({ getItem: () => argument });
              return [height, isCut, isLinked, rule];"""
    assert modules.evaluate_module("levels.mjs", body, saved) == [0, False, False, "count:4"]


def test_the_height_of_the_cut_is_kept_but_drawn_at_most_at_the_scale(modules: Relief) -> None:
    body = "const levels = new m.Levels(); levels.set({ height: 3 }); return [1, 10, 2].map((s) => levels.heightOn(s))"
    assert modules.evaluate_module("levels.mjs", body) == [1, 3, 2]


def test_a_pinned_epoch_is_placed_between_the_moments_that_were_kept(modules: Relief) -> None:
    body = "return argument.map((epoch) => m.placeOf([0, 10, 30].map((epoch) => ({ epoch })), epoch))"
    assert modules.evaluate_module("timeline.mjs", body, [0, 10, 5, 25, 30, 31]) == [0, 1, 0.5, 1.75, 2, None]
    assert modules.evaluate_module("timeline.mjs", "return m.placeOf([], 3)") is None


def test_where_there_is_no_webgl_the_linked_level_set_is_drawn_on_the_flat_maps(modules: Relief) -> None:
    """{x = 0.5} on a map of y: an upright line at three quarters of its width."""
    body = """const wall = new m.FlatWall(document.createElement("canvas"), 49);
              const unit = Array.from({ length: 49 }, (_, i) => i / 24 - 1);
              wall.resize(100, 100, 1);
              wall.setColours(argument);
              const tile = { layer: 0, neuron: 0, x: 50, y: 50, width: 104, height: 104 };
              wall.setScene({ tiles: [tile], rows: 1, rowOf: () => 0, outputs: 0, edges: new Float32Array(0) });
              wall.setHeights(0, Float64Array.from(unit.flatMap((y) => unit.map(() => y))));
              wall.setGains([1]);
              wall.setLinked({ values: Float64Array.from(unit.flatMap(() => unit)), height: 0.5, gain: 1 });
              wall.draw();
              const row = (y) => Array.from(wall.pen.getImageData(0, y, 100, 1).data);
              return [row(20), row(80)];"""
    for row in modules.evaluate_module("flatwall.mjs", body, LIGHT):
        assert abs(nearest(np.array(row).reshape(1, 100, 4)) - 75) <= 1


def nearest(pixels: NDArray[Any]) -> float:
    """The mean column of the pixels that have the colour of the cut."""
    wanted = np.array([int(LIGHT["cut"][i : i + 2], 16) for i in (1, 3, 5)])
    _, columns = np.nonzero(np.abs(pixels[..., :3].astype(int) - wanted).sum(axis=2) < 60)
    assert columns.size, "nothing has the colour of the cut"
    return float(columns.mean())


@pytest.fixture
def inspector(relief: Relief) -> Iterator[Relief]:
    """The page with the inspector in sight; afterwards nothing is cut."""
    relief.page.set_viewport_size(PROJECTOR)
    relief.until("() => document.querySelector('#map-title').textContent.includes('every')")
    yield relief
    relief.page.get_by_role("checkbox", name="cut at height H").uncheck()
    relief.page.locator("#kind").get_by_text("activation", exact=True).click()
    relief.page.set_viewport_size(SMALL)


def cut_at(relief: Relief, height: float) -> None:
    relief.page.get_by_role("spinbutton", name="height H, value").fill(str(height))
    relief.page.keyboard.press("Enter")


def test_cutting_draws_the_plane_and_every_input_that_the_neuron_answers_with_its_height(inspector: Relief) -> None:
    inspector.call("relief.select(2, 3)")
    cut_at(inspector, 0.1)
    inspector.until("() => document.querySelector('#cut-text').textContent.includes('exactly 0.1')")
    inspector.until("() => document.querySelector('#surface-plot .js-plotly-plot').data[0].z.length === 121")
    plane, curve, on_map = (
        inspector.page.evaluate(TRACE, list(at)) for at in (("surface-plot", 2), ("surface-plot", 3), ("map-plot", 4))
    )
    assert plane["visible"]
    assert plane["z"] == [0.1] * 4
    assert curve["x"] == on_map["x"]
    x, y = (np.array([at for at in on_map[axis] if at is not None]) for axis in "xy")
    assert x.size > 20
    surface = inspector.call("relief.surface(2, 3, 'activation', 121)")
    values, axis = np.reshape(surface["values"], (121, 121)), np.array(surface["x"])
    column, row = (np.minimum(np.searchsorted(axis, at, "right") - 1, 119) for at in (x, y))
    u, v = (x - axis[column]) / (axis[1] - axis[0]), (y - axis[row]) / (axis[1] - axis[0])
    low, high = ((1 - u) * values[r, column] + u * values[r, column + 1] for r in (row, row + 1))
    np.testing.assert_allclose((1 - v) * low + v * high, 0.1, atol=1e-9)
    inspector.page.get_by_role("checkbox", name="cut at height H").uncheck()
    inspector.until("() => document.querySelector('#cut-text').textContent === ''")
    assert inspector.page.evaluate(TRACE, ["surface-plot", 2])["visible"] is False
    assert inspector.page.evaluate(TRACE, ["map-plot", 4])["x"] == []


def test_a_first_layer_neuron_is_cut_along_a_straight_line_whose_equation_is_written_out(inspector: Relief) -> None:
    inspector.page.locator("#kind").get_by_text("pre-activation", exact=True).click()
    slider = inspector.slider("height H")
    slider.focus()
    slider.press("ArrowRight")
    inspector.until("() => document.querySelector('#cut-equation').textContent.includes('·x')")
    trace = inspector.page.evaluate(TRACE, ["map-plot", 4])
    w1, w2 = inspector.model.parameters[:2]
    height = float(inspector.page.get_by_role("spinbutton", name="height H, value").input_value())
    ends = np.array([trace["x"][:2], trace["y"][:2]])
    np.testing.assert_allclose([w1, w2] @ ends + inspector.model.parameters[16], height, atol=1e-12)
    assert f"{abs(w1):.2f}·x" in inspector.text("#cut-equation")


def test_the_level_set_of_one_neuron_is_carried_onto_every_map(inspector: Relief) -> None:
    """{x = 0.5} on the maps of y, of a hidden neuron and of who is highest: an upright line at three quarters."""
    tilt = inspector.slider("tilt from landscape to map")
    tilt.focus()
    tilt.press("End")
    inspector.call("relief.select(0, 0)")
    inspector.page.get_by_role("checkbox", name="H on every map").check()
    cut_at(inspector, 0.5)
    inspector.until("() => document.querySelector('#cut-text').textContent.includes('exactly 0.5')")
    inspector.settle()
    for layer, neuron in ((0, 1), (1, 3)):
        pixels = inspector.pixels(f".tile[data-layer='{layer}'][data-neuron='{neuron}']")
        side = min(pixels.shape[:2])  # of the square map in the middle of the tile, but for a margin
        assert abs(nearest(pixels) - pixels.shape[1] / 2 - side / 4) < 0.06 * side
    wall = inspector.pixels("#wall")
    column = wall.shape[1] // 5
    across = nearest(wall[:, 4 * column :]) / column
    assert 0.5 < across < 0.9
    inspector.page.get_by_role("checkbox", name="cut at height H").uncheck()
    inspector.settle()
    with pytest.raises(AssertionError, match="nothing has the colour"):
        nearest(inspector.pixels("#wall"))


def test_the_distance_of_level_sets_is_chosen_for_every_landscape(inspector: Relief) -> None:
    inspector.choose("how far apart level sets are", "every 0.1")
    inspector.until("() => document.querySelector('#map-title').textContent.includes('every 0.1 ')")
    assert "every 0.1 " in inspector.text(".legend-text")
    size = "() => document.querySelector('#surface-plot .js-plotly-plot').data[0].contours.z.size"
    assert inspector.page.evaluate(size) == pytest.approx(0.1)
    inspector.choose("how far apart level sets are", "scale / 4")
    inspector.until("() => !document.querySelector('#map-title').textContent.includes('every 0.1 ')")


def test_a_pinned_moment_stays_as_a_ghost_until_it_is_let_go(inspector: Relief) -> None:
    before = inspector.surfaces("activation")
    inspector.page.locator("body").press("c")
    button = inspector.page.locator("#compare")
    expect(button).to_have_text("vs epoch 0")
    inspector.call("relief.step(5)")
    inspector.until("() => document.querySelector('#ghost-text').textContent.includes('epoch 0')")
    for layer, neuron in ((1, 0), (2, 4)):
        inspector.call(f"relief.select({layer}, {neuron})")
        inspector.until("(z) => document.querySelector('#surface-plot .js-plotly-plot').data[1].z[7][9] === z",
                        before[layer][neuron][7, 9])  # fmt: skip
        ghost = inspector.page.evaluate(TRACE, ["surface-plot", 1])
        assert ghost["visible"]
        np.testing.assert_array_equal(ghost["z"], before[layer][neuron])
    timeline = inspector.page.get_by_role("slider", name="moment of training")
    assert timeline.get_attribute("aria-valuetext").endswith("compared with epoch 0")
    button.click()
    expect(button).to_have_text("compare")
    inspector.until("() => document.querySelector('#surface-plot .js-plotly-plot').data[1].visible === false")


def test_another_shape_lets_the_pinned_moment_go(relief: Relief) -> None:
    relief.page.locator("body").press("c")
    button = relief.page.locator("#compare")
    expect(button).to_have_attribute("aria-pressed", "true")
    relief.load(serialise(create(dataset("moons"), hidden=[3])))
    expect(button).to_have_attribute("aria-pressed", "false")


def test_brackets_step_through_the_moments_of_the_run(relief: Relief) -> None:
    relief.call("relief.step(3)")
    for key, epoch in (("[", 2), ("[", 1), ("]", 2), ("]", 3), ("]", 3)):
        relief.page.locator("body").press(key)
        relief.until("(epoch) => relief.model().progress.epoch === epoch", epoch)
