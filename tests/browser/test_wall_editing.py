"""Weights and biases on the wall itself: with the pointer and with the keyboard."""

import numpy as np
import pytest

from nets import create, dataset, serialise
from nets.network import split
from tests.browser.relief import Relief


def line_point(relief: Relief, layer: int, neuron: int, source: int | None, share: float = 0.5) -> tuple[float, float]:
    """Return where on the screen a weight's curve is (a bias's bar, for no source), from the tiles' places."""
    return tuple(
        relief.page.evaluate(
            """([layer, neuron, source, share]) => {
                 const box = (l, k) => document.querySelector(`.tile[data-layer="${l}"][data-neuron="${k}"]`)
                   .getBoundingClientRect();
                 const to = box(layer, neuron);
                 const middle = to.y + to.height / 2;
                 if (source === null) return [to.x + 0.06 * to.width + 4, middle];
                 const from = box(layer - 1, source);
                 const [x0, y0] = [from.x + 0.94 * from.width, from.y + from.height / 2];
                 const x1 = to.x + 0.06 * to.width;
                 const t = share;
                 const across = 1.5 * t * (1 - t) + t ** 3;
                 return [x0 + across * (x1 - x0), y0 + t * t * (3 - 2 * t) * (middle - y0)];
               }""",
            [layer, neuron, source, share],
        )
    )


def held(relief: Relief) -> str:
    return relief.page.evaluate(
        "() => { const h = document.querySelector('.weight-handle'); return h.hidden ? '' : h.ariaLabel; }"
    )


def value_at(relief: Relief, layer: int, neuron: int, source: int | None) -> float:
    weights, biases = split(relief.model.layers, relief.model.parameters)[layer - 1]
    return float(biases[neuron] if source is None else weights[neuron, source])


@pytest.fixture
def sparse(relief: Relief) -> Relief:
    """The page with lines far enough from each other to be told apart by name."""
    relief.load(serialise(create(dataset("spiral"), hidden=[3])))
    relief.settle()
    return relief


def test_a_line_under_the_pointer_tells_its_number_and_is_dragged_and_zeroed(sparse: Relief) -> None:
    for layer, neuron, source in ((1, 0, 0), (2, 2, 1), (1, 1, None), (2, 0, None)):
        x, y = line_point(sparse, layer, neuron, source, 0.4)
        sparse.page.mouse.move(x, y)
        assert held(sparse).startswith("bias of" if source is None else "weight of")
        before = value_at(sparse, layer, neuron, source)
        shown = sparse.page.locator(".weight-handle").inner_text()
        assert float(shown.split("= ")[1].replace("−", "-")) == pytest.approx(before, abs=0.005)
        sparse.page.mouse.down()
        sparse.page.mouse.move(x, y - 5)
        requests = sparse.requests()
        for step in range(2, 9):
            sparse.page.mouse.move(x, y - 5 * step)
        sparse.settle()
        assert [request.url for request in requests] == []
        sparse.page.mouse.up()
        assert value_at(sparse, layer, neuron, source) > before + 0.5
        sparse.page.mouse.dblclick(x, y)
        assert value_at(sparse, layer, neuron, source) == 0


def test_the_keyboard_walks_over_a_neurons_weights_to_its_bias_and_changes_them(relief: Relief) -> None:
    relief.call("relief.select(3, 1)")
    relief.page.locator("body").press("w")
    names = []
    for _ in range(9):
        names.append(held(relief))
        relief.page.keyboard.press("ArrowRight")
    assert names == [f"weight of hidden 2 · neuron {i + 1} in class 2" for i in range(8)] + ["bias of class 2"]
    relief.page.keyboard.press("ArrowUp")
    assert value_at(relief, 3, 1, None) == pytest.approx(0.04)
    relief.page.keyboard.press("0")
    assert value_at(relief, 3, 1, None) == 0
    relief.page.keyboard.press("Escape")
    assert relief.page.evaluate("() => document.activeElement.dataset.layer") == "3"


def test_a_drag_beside_the_lines_still_turns_the_landscapes(sparse: Relief) -> None:
    before = sparse.document["parameters"]
    azimuth = float(sparse.slider("turn the landscapes").input_value())
    box = sparse.page.locator("#wall").bounding_box()
    assert box is not None
    x, y = box["x"] + 6, box["y"] + box["height"] - 6
    sparse.page.mouse.move(x, y)
    sparse.page.mouse.down()
    sparse.page.mouse.move(x + 30, y, steps=4)
    sparse.page.mouse.up()
    assert float(sparse.slider("turn the landscapes").input_value()) > azimuth
    assert sparse.document["parameters"] == before


def test_the_nearest_strong_line_is_the_one_that_is_held(modules: Relief) -> None:
    """Two parallel lines and a bar, by hand."""
    found = modules.evaluate_module(
        "edges.mjs",
        """const ends = new Float32Array([0, 10, 100, 10, 0, 20, 100, 20, 120, 15, 120, 5]);
           const weights = new Float32Array([1, 1, 0.5, 0.2, 1, 1]);
           return [[50, 12], [50, 19], [50, 15.5], [50, 40], [121, 8], [101, 10], [121, 19]].map(
             ([x, y]) => m.edgeAt(ends, weights, x, y)).concat(m.edgeAt(ends, weights, 50, 12, true));""",
    )
    assert found == [0, 1, 0, -1, 2, -1, 2, -1]


def test_a_curve_is_found_all_along_its_way(modules: Relief) -> None:
    """The points are of the Bézier curve itself, by de Casteljau's construction."""
    t = np.linspace(0.02, 0.98, 25)[:, None]
    a, b, c, d = (np.array(p, dtype=float) for p in [(10, 20), (70, 20), (70, 150), (130, 150)])
    ab, bc, cd = a + t * (b - a), b + t * (c - b), c + t * (d - c)
    abc, bcd = ab + t * (bc - ab), bc + t * (cd - bc)
    points = abc + t * (bcd - abc)
    found = modules.evaluate_module(
        "edges.mjs",
        """const ends = new Float32Array([10, 20, 130, 150]);
           const weights = new Float32Array([1, 1]);
           const at = (x, y) => m.edgeAt(ends, weights, x, y);
           return argument.flatMap(([x, y]) => [at(x, y), at(x + 20, y - 20)]);""",
        points.tolist(),
    )
    assert found[::2] == [0] * 25
    assert set(found[1::2]) == {-1}


def test_a_frozen_neuron_is_left_alone_by_training_and_one_that_is_switched_off_is_flat(relief: Relief) -> None:
    relief.call("relief.select(1, 2)")
    relief.page.get_by_role("button", name="freeze", exact=True).click()
    relief.until("() => relief.model().layers[0].frozen.includes(2)")
    assert "frozen" in (relief.page.locator('.tile[data-layer="1"][data-neuron="2"]').get_attribute("title") or "")
    before, _ = split(relief.model.layers, relief.model.parameters)[0]
    relief.call("relief.step(3)")
    after, _ = split(relief.model.layers, relief.model.parameters)[0]
    assert after[2].tobytes() == before[2].tobytes()
    assert np.all(np.delete(after, 2, axis=0) != np.delete(before, 2, axis=0))
    relief.page.locator("body").press("o")
    relief.until("() => relief.model().layers[0].off.includes(2)")
    assert not relief.surfaces("activation")[1][2].any()
    assert relief.surfaces("activation")[1][1].any()
    relief.page.locator("body").press("o")
    relief.until("() => relief.model().layers[0].off.length === 0")
    relief.page.locator("body").press("Shift+F")
    relief.until("() => relief.model().layers[0].frozen.length === 8")
