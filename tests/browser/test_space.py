"""Transformed space: the input plane carried into the plane of two neurons."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nets import Model, create, dataset, serialise
from nets.datasets import DataSpec, load
from nets.network import Layer, forward, n_parameters
from tests.browser.relief import PROJECTOR, Relief
from tests.browser.test_accessibility import violations
from tests.browser.test_engine import MIXED, OUTPUT, PRE, SKIP, STRETCHED

N_LINES = 21
N_CELLS = 400
INPUTS = [{"layer": 0, "neuron": 0}, {"layer": 0, "neuron": 1}]


def module(modules: Relief, name: str, body: str, argument: Any = None) -> Any:
    return modules.evaluate_module(f"../lenses/space/{name}", body, argument)


def linear(matrix: list[list[float]], shift: tuple[float, float] = (0.0, 0.0)) -> Model:
    """A network whose two outputs are an affine map of the plane."""
    model = create(dataset("saddle"))
    parameters = np.concatenate([np.ravel(matrix), shift])
    return replace(model, layers=(Layer(2, ("identity",) * 2),), parameters=parameters)


def neuron(layer: int, index: int) -> dict[str, int]:
    return {"layer": layer, "neuron": index}


def mapped(
    modules: Relief, model: Model, layer: int, axes: list[dict[str, int]], kind: str = "activation"
) -> dict[str, Any]:
    """What the page makes of the plane: samples, images, orientation, shares and counts."""
    data = load(model.data)
    points = {"x": data.points[0].tolist(), "y": data.points[1].tolist()}
    return dict(
        module(
            modules,
            "mapping.mjs",
            """const { layoutLayers, decodeFloat64 } = await import('/assets/lib/document.mjs');
               const { document, points, layer, axes, kind } = argument;
               const mapping = new m.Mapping(document, layoutLayers(document), points, layer);
               mapping.update(decodeFloat64(document.parameters));
               mapping.look(axes, kind);
               const list = (values) => Array.from(values, (value) => (Number.isFinite(value) ? value : String(value)));
               return { inputs: mapping.inputs.map(list), images: mapping.images.map(list), nGrid: mapping.nGrid,
                        orientation: list(mapping.orientation), ranges: mapping.ranges,
                        lost: mapping.countLost(), shares: mapping.shares() };""",
            {"document": serialise(model), "points": points, "layer": layer, "axes": axes, "kind": kind},
        )
    )


def reference(model: Model, layer: int, inputs: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    return np.asarray(getattr(forward(model.layers, model.parameters, inputs)[layer - 1], kind))


# The map.


@pytest.mark.parametrize("kind", ["activation", "preactivation"])
@pytest.mark.parametrize("model", [MIXED, SKIP, PRE, STRETCHED], ids=["mixed", "skip", "pre", "stretched"])
def test_grid_and_points_go_where_the_network_takes_them(model: Model, kind: str, modules: Relief) -> None:
    for layer in (1, 2):
        axes = [neuron(layer, 2), neuron(layer, 0)]
        found = mapped(modules, model, layer, axes, kind)
        expected = reference(model, layer, np.array(found["inputs"]), kind)[[2, 0]]
        largest = np.abs(expected[np.isfinite(expected)]).max()
        np.testing.assert_allclose(np.array(found["images"], dtype=float), expected, rtol=1e-6, atol=1e-12 * largest)


def test_the_grid_is_made_of_straight_lines_over_the_domain_and_then_come_the_points(modules: Relief) -> None:
    found = mapped(modules, STRETCHED, 0, INPUTS)
    x, y = np.array(found["inputs"])
    lines_x, lines_y = (line.reshape(2, N_LINES, -1) for line in (x[: found["nGrid"]], y[: found["nGrid"]]))
    (x0, x1), (y0, y1) = STRETCHED.domain
    np.testing.assert_allclose(lines_y[0], np.linspace(y0, y1, N_LINES)[:, None].repeat(lines_y.shape[2], axis=1))
    np.testing.assert_allclose(lines_x[1], np.linspace(x0, x1, N_LINES)[:, None].repeat(lines_x.shape[2], axis=1))
    np.testing.assert_allclose(lines_x[0][3], np.linspace(x0, x1, lines_x.shape[2]))
    np.testing.assert_allclose([x[found["nGrid"] :], y[found["nGrid"] :]], load(STRETCHED.data).points)
    assert found["images"] == found["inputs"]  # layer 0 is where they are


@pytest.mark.parametrize(
    ("matrix", "sign"),
    [
        ([[1, 0], [0, 1]], 1),
        ([[0.6, -0.8], [0.8, 0.6]], 1),
        ([[1, 0], [0, -1]], -1),
        ([[0, 3], [0.01, 0]], -1),
        ([[1, 2], [0.5, 1]], 0),
        ([[0, 0], [0, 0]], 0),
    ],
)
def test_every_cell_has_the_sign_of_a_linear_maps_determinant(
    matrix: list[list[float]], sign: int, modules: Relief
) -> None:
    found = mapped(modules, linear(matrix, (5.0, -7.0)), 1, [neuron(1, 0), neuron(1, 1)])
    assert found["orientation"] == [sign] * N_CELLS
    assert found["shares"] == {"turned": float(sign < 0), "flat": float(sign == 0), "lost": 0}


def test_exchanging_the_axes_turns_every_cell_over(modules: Relief) -> None:
    ahead, behind = (
        np.array(mapped(modules, SKIP, 2, axes)["orientation"])
        for axes in ([neuron(2, 0), neuron(2, 1)], [neuron(2, 1), neuron(2, 0)])
    )
    assert {-1, 1} <= set(ahead)
    np.testing.assert_array_equal(ahead, -behind)


def test_a_fold_turns_over_the_cells_beyond_its_crease(modules: Relief) -> None:
    """(x, y) goes to (|x|, y): the crease is x = 0, where two cells meet."""
    model = replace(linear([[1, 0], [0, 1]]), layers=(Layer(2, ("abs", "identity")),))
    found = np.array(mapped(modules, model, 1, [neuron(1, 0), neuron(1, 1)])["orientation"])
    np.testing.assert_array_equal(found.reshape(20, 20), [[-1] * 10 + [1] * 10] * 20)


def test_areas_of_cells_add_up_to_the_area_within_the_image_of_the_rim(modules: Relief) -> None:
    """Green's theorem, for a quadratic map: (x, y) to (x + y, (x − y)²), of known determinant."""
    areas = np.array(
        module(
            modules,
            "grid.mjs",
            """const { x, y } = m.gridLines([[0, 1], [-1, 0]]);
               const [u, v] = [x.map((_, i) => x[i] + y[i]), x.map((_, i) => (x[i] - y[i]) ** 2)];
               return m.cellBoundaries().map((cell) => m.signedArea(cell, u, v));""",
        )
    ).reshape(20, 20)
    corners = np.linspace(0, 1, 21)
    middle = (corners[1:] + corners[:-1]) / 2
    # the determinant is −4 (x − y): linear, so that its mean over a cell is its value in the middle
    expected = -4 * (middle[None, :] - (middle[:, None] - 1)) / 400
    np.testing.assert_allclose(areas, expected, rtol=1e-2)
    assert areas.sum() == pytest.approx(-4, rel=1e-3)


def test_what_has_no_image_is_left_out_and_counted(modules: Relief) -> None:
    """Squares of 1e200 are beyond every number; so is everything but the points and lines where x = 0."""
    own = DataSpec(None, 3, 0.0, 2, 1, 0.0, ((0.0, 0.5), (0.2, -0.3), (-1.0, 0.9)), (0.0, 1.0, 1.0))
    model = replace(
        create(own),
        layers=(Layer(2, ("square", "identity")), OUTPUT),
        parameters=np.array([1e200, 0, 0, 1, 0, 0, 1.0, 1.0, 0]),
    )
    found = mapped(modules, model, 1, [neuron(1, 0), neuron(1, 1)])
    assert found["lost"] == 2
    assert found["shares"] == {"turned": 0, "flat": 0, "lost": 1}
    assert found["ranges"][0]["low"] < 0 < found["ranges"][0]["high"] < 1


# Its picture.


def fitted(modules: Relief, values: list[float], least: float = 0.02) -> dict[str, Any]:
    return dict(
        module(
            modules,
            "ranges.mjs",
            """const range = m.fitRange(argument.values.map(Number), argument.least);
               return { ...range, ticks: m.ticks(range) };""",
            {"values": [str(value).replace("inf", "Infinity") for value in values], "least": least},
        )
    )


@pytest.mark.parametrize(
    "values",
    [[-1, 1], [0, 0], [3, 3.0001], [-1e-7, 1e-7], [1e35, -1e36], [0.3, 17.2], [12345.6, 12345.7], [-5, math.nan, 2]],
)
def test_a_range_has_every_value_and_not_much_more(values: list[float], modules: Relief) -> None:
    found = fitted(modules, values)
    low, high, least, most = found["low"], found["high"], np.nanmin(values), np.nanmax(values)
    span = high - low
    assert low - 1e-6 * span <= least <= most <= high + 1e-6 * span
    assert span <= 1.45 * max(most - least, 0.02)
    assert 3 <= len(found["ticks"]) <= 11
    assert all(low - 1e-6 * span <= tick <= high + 1e-6 * span for tick in found["ticks"])


def test_values_that_cannot_be_drawn_do_not_count_for_a_range(modules: Relief) -> None:
    assert fitted(modules, [math.inf, -math.inf, math.nan, 1e200, 0, 1]) == fitted(modules, [0, 1])
    assert fitted(modules, [math.nan]) == fitted(modules, [0])


def test_the_way_is_straight_and_both_ends_are_exact(modules: Relief) -> None:
    body = """const into = new Float64Array(3);
              const [from, to] = [m.ruler({ low: -1, high: 1 }, 0, 100), m.ruler({ low: 0, high: 10 }, 200, 0)];
              return argument.map((t) => {
                m.carry([-1, 0, 1], [0, 5, NaN], from, to, t, into);
                return Array.from(into, String);
              });"""
    assert module(modules, "ranges.mjs", body, [0, 0.25, 1]) == [
        ["0", "50", "100"],
        ["50", "62.5", "NaN"],
        ["200", "100", "NaN"],
    ]


def boundary(modules: Relief, model: Model, plane: dict[str, Any], selection: dict[str, int]) -> dict[str, Any]:
    return dict(
        module(
            modules,
            "boundaries.mjs",
            """const { layoutLayers, decodeFloat64 } = await import('/assets/lib/document.mjs');
               const { document, plane, selection } = argument;
               const parameters = decodeFloat64(document.parameters);
               return m.boundaries(plane, { document, layers: layoutLayers(document), parameters }, selection);""",
            {"document": serialise(model), "plane": plane, "selection": selection},
        )
    )


def plane(layer: int, first: int, second: int, kind: str = "activation") -> dict[str, Any]:
    return {"layer": layer, "axes": [neuron(layer, first), neuron(layer, second)], "kind": kind}


def narrow(data: str, outputs: int, **settings: Any) -> Model:
    """A network with a last hidden layer of two neurons."""
    classes = {"classes": outputs} if outputs > 1 else {}
    model = create(dataset(data, **classes), hidden=[4, 2])
    layers = (*model.layers[:-1], replace(model.layers[-1], **settings))
    parameters = 1.5 * np.random.default_rng(5).standard_normal(n_parameters(layers))
    return replace(model, layers=layers, parameters=parameters)


@pytest.mark.parametrize("axes", [(0, 1), (1, 0)])
def test_in_the_plane_of_the_last_two_neurons_the_regions_are_those_of_the_highest_class(
    axes: tuple[int, int], modules: Relief
) -> None:
    model = narrow("spiral", 3)
    found = boundary(modules, model, plane(2, *axes), neuron(2, 0))
    assert "exact border" in found["caption"]
    (contest,) = found["contests"]
    places = np.array(list(product(np.linspace(-1, 1, 9), repeat=2)))
    images = np.array([[f["p"] * u + f["q"] * v + f["r"] for f in contest["competitors"]] for u, v in places])
    weights, biases = model.parameters[-9:-3].reshape(3, 2), model.parameters[-3:]
    np.testing.assert_allclose(images, places @ weights[:, axes].T + biases, rtol=1e-12)
    assert [f["colour"] for f in contest["competitors"]] == ["class-0", "class-1", "class-2"]
    assert set(images.argmax(axis=1)) == {0, 1, 2}
    square = [[-1, -1], [1, -1], [1, 1], [-1, 1]]
    regions = module(
        modules,
        "boundaries.mjs",
        "return argument[0].map((_, k) => m.winnerRegion(argument[0], k, argument[1]));",
        [contest["competitors"], square],
    )
    assert sum(area(region) for region in regions) == pytest.approx(4)  # they tile the square
    for place, winner in zip(places, images.argmax(axis=1), strict=True):
        assert is_within(place, regions[winner])


def area(polygon: list[list[float]]) -> float:
    x, y = np.array(polygon).T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def is_within(place: NDArray[np.float64], polygon: list[list[float]]) -> bool:
    corners = np.array(polygon)
    sides, ways = np.roll(corners, -1, axis=0) - corners, place - corners
    return bool((sides[:, 0] * ways[:, 1] - sides[:, 1] * ways[:, 0] >= -1e-9).all())


def test_in_the_plane_of_two_outputs_the_border_is_the_diagonal(modules: Relief) -> None:
    (contest,) = boundary(modules, narrow("spiral", 3), plane(3, 2, 0), neuron(3, 0))["contests"]
    assert contest["competitors"] == [
        {"p": 1, "q": 0, "r": 0, "colour": "class-2"},
        {"p": 0, "q": 1, "r": 0, "colour": "class-0"},
    ]


def test_zero_lines_of_the_next_layer_are_drawn_where_it_reads_two_neurons(modules: Relief) -> None:
    model = narrow("saddle", 1)
    found = boundary(modules, model, plane(2, 0, 1), neuron(3, 0))
    (contest,) = found["contests"]
    above, zero = contest["competitors"]
    assert [above["p"], above["q"], above["r"]] == model.parameters[-3:].tolist()
    assert (zero["p"], zero["q"], zero["r"]) == (0, 0, 0)
    assert contest["isStrong"]


NOTHING: dict[str, Any] = {"contests": [], "caption": ""}


@pytest.mark.parametrize(
    ("model", "where"),
    [
        (narrow("spiral", 3), plane(2, 0, 0)),
        (narrow("spiral", 3), plane(2, 0, 1, "preactivation")),
        (narrow("spiral", 3), plane(1, 0, 1)),
        (narrow("spiral", 3), {"layer": 2, "axes": [INPUTS[0], neuron(2, 1)], "kind": "activation"}),
        (narrow("spiral", 3, pre="tanh"), plane(2, 0, 1)),
        (narrow("spiral", 3, skip=True), plane(2, 0, 1)),
    ],
)
def test_no_line_is_drawn_where_none_would_be_straight(model: Model, where: dict[str, Any], modules: Relief) -> None:
    assert boundary(modules, model, where, neuron(1, 0)) == NOTHING


# Its axes.


def axes_after(modules: Relief, call: str, widths: list[int], **argument: Any) -> Any:
    layers = [{"width": width} for width in widths]
    return module(modules, "axes.mjs", f"return m.{call};", {"layers": layers, **argument})


def test_the_first_axes_are_the_selected_neuron_and_its_neighbour(modules: Relief) -> None:
    call = "neighbours(argument.neuron, argument.layers)"
    assert axes_after(modules, call, [8, 3], neuron=neuron(1, 5)) == [neuron(1, 5), neuron(1, 6)]
    assert axes_after(modules, call, [8, 3], neuron=neuron(2, 2)) == [neuron(2, 1), neuron(2, 2)]
    assert axes_after(modules, call, [8, 3], neuron=neuron(0, 1)) == INPUTS


def test_a_neuron_alone_in_its_layer_goes_up_over_x(modules: Relief) -> None:
    call = "neighbours(argument.neuron, argument.layers)"
    assert axes_after(modules, call, [4, 1], neuron=neuron(2, 0)) == [INPUTS[0], neuron(2, 0)]


def test_axes_that_no_longer_exist_give_way_to_some_that_do(modules: Relief) -> None:
    call = "fit(argument.plane, argument.layers)"

    def fit(widths: list[int], where: dict[str, Any]) -> dict[str, Any]:
        return dict(axes_after(modules, call, widths, plane=where))

    assert fit([8, 3], plane(1, 2, 7)) == plane(1, 2, 7)
    assert fit([5, 3], plane(1, 2, 7)) == plane(1, 2, 3)
    assert fit([5, 3], plane(1, 6, 7)) == plane(1, 3, 4)
    assert fit([8], plane(2, 1, 2)) == plane(1, 1, 2)
    assert fit([1, 3], plane(1, 0, 1))["axes"] == [INPUTS[0], neuron(1, 0)]
    assert fit([1, 3], {**plane(1, 0, 1), "axes": INPUTS})["axes"] == INPUTS


def test_the_neuron_of_the_other_axis_changes_places(modules: Relief) -> None:
    call = "choose(argument.axes, argument.at, argument.chosen)"
    axes = [neuron(1, 0), neuron(1, 3)]
    assert axes_after(modules, call, [8], axes=axes, at=0, chosen=neuron(1, 3)) == [neuron(1, 3), neuron(1, 0)]
    assert axes_after(modules, call, [8], axes=axes, at=1, chosen=neuron(1, 5)) == [neuron(1, 0), neuron(1, 5)]
    assert axes_after(modules, call, [8], axes=axes, at=1, chosen=INPUTS[0]) == [neuron(1, 0), INPUTS[0]]


def test_the_journey_takes_its_time_and_can_be_stopped(modules: Relief) -> None:
    body = """const journey = new m.Journey(() => argument);
              const seen = [];
              journey.toggle(0);
              for (const now of [0, 375, 750, 1125, 1500]) { journey.advance(now); seen.push(journey.t); }
              journey.toggle(2000); journey.advance(2750); journey.toggle(2750);
              return [...seen, journey.t, journey.isMoving];"""
    *there, back, is_moving = module(modules, "journey.mjs", body, False)
    assert there == pytest.approx([1, 0.854, 0.5, 0.146, 0], abs=1e-3)
    assert (back, is_moving) == (pytest.approx(0.5), False)
    assert module(modules, "journey.mjs", body, True)[:5] == [0] * 5  # where motion is reduced it jumps


# The page.


class SpacePage:
    """The lens as a test uses it."""

    def __init__(self, relief: Relief) -> None:
        self.relief = relief
        self.page = relief.page
        self.page.get_by_role("link", name="Space", exact=True).click()
        self.relief.until("() => document.querySelector('#space-layer')?.options.length > 0")
        self.way = self.page.get_by_label("way from the input plane")

    def choose(self, label: str, option: str) -> None:
        self.page.locator("#pane-space").get_by_label(label, exact=True).select_option(label=option)

    def chosen(self, label: str) -> str:
        menu = self.page.locator("#pane-space").get_by_label(label, exact=True)
        return str(menu.evaluate("(menu) => menu.selectedOptions[0].textContent"))

    def pixels(self, inputs: NDArray[np.float64], images: NDArray[np.float64], t: float) -> NDArray[np.float64]:
        """Where the points should be on the screen, (2, n): the page's rulers laid along the frame it has."""
        rulers = self.page.evaluate(
            """async (ranges) => {
                 const { placeFrame, rulers } = await import('/assets/lenses/space/frame.mjs');
                 const { left, top, width, height } = document.querySelector('#space-plane').getBoundingClientRect();
                 const frame = placeFrame(width, height);
                 return ranges.map((pair) => rulers(pair, { ...frame, left: frame.left + left, top: frame.top + top }));
               }""",
            [[{"low": -1, "high": 1}] * 2] * 2,  # of the inputs' domain, and of two tanh that reach their ends
        )
        start, end = (
            np.array([ruler["offset"] + ruler["scale"] * values for ruler, values in zip(pair, plane, strict=True)])
            for pair, plane in zip(rulers, (inputs, images), strict=True)
        )
        return np.asarray((1 - t) * start + t * end)

    def tip_at(self, place: NDArray[np.float64]) -> str:
        self.page.mouse.move(*place)
        return str(self.relief.until("() => document.querySelector('#space-tip').textContent"))


def loneliest(places: NDArray[np.float64]) -> int:
    """The point farthest from its nearest neighbour."""
    distances = np.hypot(*(places[:, :, None] - places[:, None, :]))
    np.fill_diagonal(distances, np.inf)
    return int(distances.min(axis=0).argmax())


def spoken(pair: NDArray[np.float64]) -> str:
    return "({}, {})".format(*(f"{value:.3f}".replace("-", "−") for value in pair))


@pytest.fixture
def space(relief: Relief) -> Iterator[SpacePage]:
    """The page looking through the lens; left as it was found."""
    yield SpacePage(relief)
    relief.page.get_by_role("link", name="Landscapes", exact=True).click()


def test_a_user_carries_the_data_into_the_plane_of_two_neurons(fresh: Relief) -> None:
    fresh.open()
    model = replace(fresh.model, parameters=4 * fresh.model.parameters)  # so that every tanh reaches its ends
    fresh.load(serialise(model))
    fresh.call("relief.select(2, 5)")
    space = SpacePage(fresh)
    assert [space.chosen(menu) for menu in ("layer", "across", "up")] == ["hidden 2", "neuron 6", "neuron 7"]
    space.choose("across", "neuron 4")
    space.choose("up", "neuron 2")
    inputs = load(model.data).points
    images = reference(model, 2, inputs, "activation")[[3, 1]]
    for key, t in (("End", 1.0), ("Home", 0.0)):
        space.way.press(key)
        places = space.pixels(inputs, images, t)
        point = loneliest(places)
        space.page.mouse.move(0, 0)
        fresh.until("() => document.querySelector('#space-tip').textContent === ''")
        assert space.tip_at(places[:, point]) == f"{spoken(inputs[:, point])}\n→ {spoken(images[:, point])}"
    space.page.get_by_role("button", name="Carry the plane into hidden 2").click()
    fresh.until("() => document.querySelector('#space-way input').value === '1'")
    described = "400 data points carried into the plane of hidden 2 · neuron 4 · activation from −1.00 to 1.00 across"
    fresh.until(f"() => document.querySelector('#space-canvas').ariaLabel.includes('{described}')")


def test_the_plane_follows_parameters_menus_and_shape(space: SpacePage) -> None:
    relief = space.relief
    space.choose("layer", "hidden 1")
    relief.settle()
    before = relief.pixels("#space-canvas")
    relief.call("relief.setParameter(0, 3)")
    relief.settle()
    assert (relief.pixels("#space-canvas") != before).any()
    space.choose("layer", "classes")
    space.choose("up", "class 3")
    relief.until("() => document.querySelector('#space-lines').textContent.includes('class 1 and class 3')")
    relief.load(serialise(narrow("saddle", 1)))
    relief.until("() => document.querySelector('#space-up').selectedOptions[0].textContent === 'output'")
    assert space.chosen("across") == "input x"
    assert not relief.page.locator("#space-lines").is_visible()


def test_the_lens_fits_its_pane_and_axe_finds_nothing(space: SpacePage) -> None:
    space.page.set_viewport_size(PROJECTOR)
    space.relief.until(
        """() => ["html", ".space-side"].map((part) => document.querySelector(part))
             .every((node) => node.scrollWidth <= node.clientWidth && node.scrollHeight <= node.clientHeight)"""
    )
    assert violations(space.relief) == []
