"""The wall: every neuron's landscape, drawn."""

from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from app.palette import LIGHT
from nets import create, dataset, serialise
from nets.datasets import DataSpec
from nets.network import Layer
from tests.browser.relief import Relief

BLANK = np.array([int(LIGHT["paper"][i : i + 2], 16) for i in (1, 3, 5)])


def picture_of(relief: Relief, layer: int, neuron: int) -> NDArray[np.uint8]:
    relief.settle()
    return relief.pixels(f".tile[data-layer='{layer}'][data-neuron='{neuron}']")


def blueness(pixels: NDArray[np.uint8]) -> NDArray[np.int_]:
    """Blue minus red in the middle 60 × 60 pixels."""
    row, column = pixels.shape[0] // 2, pixels.shape[1] // 2
    middle = pixels[row - 30 : row + 30, column - 30 : column + 30].astype(int)
    return middle[:, :, 2] - middle[:, :, 0]


def slope(values: NDArray[np.float64]) -> float:
    return float(np.polyfit(np.arange(values.size), values, 1)[0])


def as_maps(relief: Relief) -> None:
    tilt = relief.slider("tilt from landscape to map")
    tilt.focus()
    tilt.press("End")


def n_colours(pixels: NDArray[np.uint8]) -> int:
    return len(np.unique(pixels.reshape(-1, 4), axis=0))


def largest_network() -> dict[str, object]:
    return serialise(create(dataset("bumps"), hidden=[32] * 7, activation="sin"))


def test_every_neuron_has_a_landscape(relief: Relief) -> None:
    tiles = relief.page.locator(".tile")
    assert tiles.count() == 2 + 8 + 8 + 3 + 1  # the last is the decision map
    for layer, neuron in ((0, 0), (1, 7), (2, 3), (3, 2)):
        assert n_colours(picture_of(relief, layer, neuron)) > 40


def test_dragging_the_wall_turns_every_landscape(relief: Relief) -> None:
    before = [picture_of(relief, layer, 1) for layer in (0, 1, 3)]
    relief.drag(relief.page.locator("#wall"), 120, 0)
    after = [picture_of(relief, layer, 1) for layer in (0, 1, 3)]
    for old, new in zip(before, after, strict=True):
        assert np.any(old != new)
    relief.drag(relief.page.locator("#wall"), -120, 0)


def test_a_drag_that_starts_on_a_landscape_does_not_select_it(relief: Relief) -> None:
    relief.drag(relief.page.locator(".tile[data-layer='2'][data-neuron='5']"), 60, 0)
    assert relief.text("#neuron-title") == "Hidden 1 · neuron 1"
    relief.drag(relief.page.locator(".tile[data-layer='2'][data-neuron='5']"), -60, 0)


def test_tilting_all_the_way_turns_landscapes_into_maps_with_x_to_the_right_and_y_up(relief: Relief) -> None:
    """The two inputs as maps: from orange to blue along their own axis, even along the other."""
    as_maps(relief)
    x_map, y_map = (blueness(picture_of(relief, 0, neuron)) for neuron in (0, 1))
    for growing, even in ((x_map.mean(axis=0), x_map.mean(axis=1)), (y_map.mean(axis=1)[::-1], y_map.mean(axis=0))):
        assert slope(growing) > 1
        assert abs(slope(even)) < 0.2


def test_the_zero_set_of_a_map_is_drawn_where_the_function_is_zero(relief: Relief) -> None:
    """The landscape of x itself: its bold line is the middle column of the map."""
    as_maps(relief)
    pixels = picture_of(relief, 0, 0)
    rows = pixels[pixels.shape[0] // 2 - 20 : pixels.shape[0] // 2 + 20, :, :3].astype(int).sum(axis=2)
    darkest = rows.mean(axis=0)[20:-20].argmin() + 20
    assert abs(darkest - pixels.shape[1] / 2) <= 1.5


def test_the_largest_network_is_drawn_and_keeps_its_context(relief: Relief) -> None:
    relief.load(largest_network())
    assert relief.page.locator(".tile").count() == 2 + 7 * 32 + 1
    assert n_colours(picture_of(relief, 1, 0)) > 20
    last = relief.page.locator(".tile[data-layer='7'][data-neuron='31']")
    last.scroll_into_view_if_needed()
    assert n_colours(picture_of(relief, 7, 31)) > 20
    lost = relief.page.evaluate(
        """() => [...document.querySelectorAll('.wall-canvas, .term-canvas')]
             .some((canvas) => canvas.getContext('webgl2').isContextLost())"""
    )
    assert not lost


def test_a_lost_context_comes_back_with_all_its_landscapes(relief: Relief) -> None:
    before = [picture_of(relief, layer, 1) for layer in (0, 1)] + [relief.pixels(".picture")]
    relief.page.evaluate(
        """() => {
             const canvases = [...document.querySelectorAll('.wall-canvas, .term-canvas')];
             window.losers = canvases.map((canvas) => canvas.getContext('webgl2').getExtension('WEBGL_lose_context'));
             window.restored = 0;
             const count = () => { window.restored += 1; };
             canvases.forEach((canvas) => canvas.addEventListener('webglcontextrestored', count));
             window.losers.forEach((loser) => loser.loseContext());
           }"""
    )
    relief.until("() => document.querySelector('.wall-canvas').getContext('webgl2').isContextLost()")
    relief.until("() => document.querySelector('#flat-note').textContent.includes('graphics are gone')")
    relief.call("relief.step(1)")  # everything else goes on
    relief.call("relief.seek(0)")
    relief.page.evaluate("() => window.losers.forEach((loser) => loser.restoreContext())")
    relief.until("() => window.restored === 2")
    assert relief.text("#flat-note") == ""
    after = [picture_of(relief, layer, 1) for layer in (0, 1)] + [relief.pixels(".picture")]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_allclose(new.astype(int), old.astype(int), atol=2)


def test_where_a_landscape_is_not_finite_there_is_a_hole(relief: Relief) -> None:
    """Squaring 1000 x again and again overflows everywhere but near x = 0: what is left is a strip."""
    model = create(dataset("saddle"), hidden=[1] * 5)
    layers = tuple(Layer(1, ("square",)) for _ in model.layers)
    parameters = np.zeros(model.parameters.size)
    parameters[0] = 1e3
    parameters[3::2] = 1
    relief.load(serialise(replace(model, layers=layers, parameters=parameters)))
    as_maps(relief)
    # by hand: the fourth squaring gives (1000 x)^16, which is drawn up to 1e36, that is for |x| < 0.178
    pixels = picture_of(relief, 4, 0)[..., :3].astype(int)
    row = pixels[int(0.3 * pixels.shape[0])]
    is_paper = np.abs(row - row[0]).sum(axis=1) < 12
    strip = np.flatnonzero(~is_paper)
    assert abs(strip.mean() - row.shape[0] / 2) < 2
    assert 0.08 < strip.size / is_paper.size < 0.2


def test_the_log_of_a_negative_number_is_a_hole_and_nobody_wins_there(relief: Relief) -> None:
    """Class 1 scores log x, which ends at x = 0; class 2 scores 0 everywhere, and wins where there is a contest."""
    data = DataSpec(None, 2, 0.0, 2, 1, 0.0, ((0.9, 0.9), (0.9, -0.9)), (0.0, 1.0))
    model = replace(create(data, hidden=[]), layers=(Layer(2, ("log", "identity")),))
    relief.load(serialise(replace(model, parameters=np.array([1.0, 0, 0, 0, 0, 0]))))
    relief.call("relief.select(0, 0)")  # a selected tile has a frame
    as_maps(relief)
    pixels = picture_of(relief, 1, 0)[..., :3].astype(int)
    row = pixels[pixels.shape[0] // 4]  # above the curve of the weight
    is_drawn = np.flatnonzero(np.abs(row - row[0]).sum(axis=1) > 12)
    assert 0 <= is_drawn.min() - row.shape[0] / 2 < 0.02 * row.shape[0]
    x, y, width, height = relief.page.evaluate(
        """async () => {
             const { arrange } = await import('/assets/lib/arrange.mjs');
             const { clientWidth, clientHeight } = document.querySelector('#wall');
             const { x, y, width, height } = arrange([2, 2], true, clientWidth, clientHeight).tiles.at(-1);
             return [x, y, width, height];
           }"""
    )
    quarter = int(min(width, height) / 4)
    decision = relief.pixels("#wall")[int(y) - quarter : int(y) + quarter, :, :3].astype(int)
    colourfulness = np.ptp(decision, axis=2)
    assert colourfulness[:, int(x) - quarter : int(x) - 4].max() < 12
    assert colourfulness[:, int(x) + 8 : int(x) + quarter].min() > 20


def test_class_points_stand_on_their_own_class_only(relief: Relief) -> None:
    """Turned into maps, class k's tile shows class k's colour and no other's."""
    as_maps(relief)
    for neuron in range(3):
        pixels = picture_of(relief, 3, neuron)[..., :3].astype(int)
        counts = [int((np.abs(pixels - colour(k)).sum(axis=2) < 12).sum()) for k in range(3)]
        assert counts[neuron] > 20
        assert sum(counts) == counts[neuron]


def colour(k: int) -> NDArray[np.int_]:
    return np.array([int(LIGHT[f"class-{k}"][i : i + 2], 16) for i in (1, 3, 5)])


def test_the_scale_of_every_layer_is_printed_and_holds_every_height(relief: Relief) -> None:
    relief.settle()
    heads = relief.page.locator(".head span").all_inner_texts()
    for layer, values in enumerate(relief.surfaces("activation")):
        scale = float(heads[layer].split("±")[1])
        assert np.abs(values).max() <= scale * (1 + 1e-9)
        assert scale <= 2 * np.abs(values).max()


def test_arrow_keys_walk_from_neuron_to_neuron(relief: Relief) -> None:
    relief.page.locator(".tile[data-layer='1'][data-neuron='0']").click()
    for key, title in (
        ("ArrowDown", "Hidden 1 · neuron 2"),
        ("ArrowRight", "Hidden 2 · neuron 2"),
        ("ArrowRight", "Class 2"),
        ("ArrowDown", "Class 3"),
        ("ArrowDown", "Class 3"),
        ("ArrowLeft", "Hidden 2 · neuron 3"),
        ("ArrowUp", "Hidden 2 · neuron 2"),
    ):
        relief.page.keyboard.press(key)
        assert relief.text("#neuron-title") == title


def test_a_hasty_walk_over_neurons_of_other_nonlinearities_changes_none(relief: Relief) -> None:
    """The menu of the neuron's nonlinearity is told one after another, and does not always keep up."""
    model = create(dataset("spiral"), hidden=[8, 8], activation="relu")
    mixed = replace(model, layers=(replace(model.layers[0], activation=("tanh",) * 8), *model.layers[1:]))
    relief.load(serialise(mixed))
    relief.page.evaluate(
        """async () => {
             const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
             for (let i = 0; i < 60; i += 1) {
               relief.select(1 + (i % 2), i % 8);
               await later(10 * (i % 4));
             }
             for (let i = 0; i < 60; i += 1) await new Promise(requestAnimationFrame);
           }"""
    )
    assert relief.model.layers == mixed.layers


def test_no_tile_overlaps_another(relief: Relief) -> None:
    for width, height in ((1366, 768), (1920, 1080), (390, 844)):
        relief.page.set_viewport_size({"width": width, "height": height})
        relief.settle()
        boxes = relief.page.evaluate(
            """() => [...document.querySelectorAll('.tile')].map((tile) => {
                 const { left, top, right, bottom } = tile.getBoundingClientRect();
                 return [left, top, right, bottom];
               })"""
        )
        for (left, top, right, bottom), (x0, y0, x1, y1) in combinations(boxes, 2):
            assert right <= x0 + 0.5 or left >= x1 - 0.5 or bottom <= y0 + 0.5 or top >= y1 - 0.5
