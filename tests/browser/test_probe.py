"""One point of the plane on every landscape; the classes as scores and as probabilities."""

import numpy as np
import pytest

from app.callbacks import propose
from nets import create, dataset, evaluate, serialise, train_slice
from nets.losses import softmax
from nets.network import forward
from nets.training import Budget
from tests.browser.relief import Relief

READINGS = """() => Object.fromEntries([...document.querySelectorAll(".tile")].map((tile) =>
  [`${tile.dataset.layer}.${tile.dataset.neuron}`, tile.querySelector(".reading")?.textContent]))"""


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def hover(relief: Relief, layer: int, neuron: int, dx: float = 0.0) -> None:
    box = relief.page.locator(f'.tile[data-layer="{layer}"][data-neuron="{neuron}"]').bounding_box()
    assert box is not None
    relief.page.mouse.move(box["x"] + (0.5 + dx) * box["width"], box["y"] + box["height"] / 2)
    relief.settle()


def test_hovering_a_landscape_writes_every_neurons_value_at_the_same_point(relief: Relief) -> None:
    hover(relief, 3, 0, 0.25)
    texts = relief.page.evaluate(READINGS)
    point = np.array([[number(texts["0.0"])], [number(texts["0.1"])]])
    model = relief.model
    for layer, response in enumerate(forward(model.layers, model.parameters, point), 1):
        for neuron, value in enumerate(response.activation[:, 0]):
            assert number(texts[f"{layer}.{neuron}"]) == pytest.approx(value, abs=0.003)
    outputs = forward(model.layers, model.parameters, point)[-1].activation[:, 0]
    assert texts["4.0"] == f"class {int(np.argmax(outputs)) + 1}"
    relief.page.mouse.move(2, 2)
    relief.until("() => !document.querySelector('.overlay').classList.contains('has-readings')")


def test_a_click_pins_the_probe_and_escape_takes_it_away(relief: Relief) -> None:
    hover(relief, 0, 0, 0.1)
    pinned = relief.page.evaluate(READINGS)
    relief.page.mouse.down()
    relief.page.mouse.up()
    hover(relief, 3, 1, -0.1)
    assert relief.page.evaluate(READINGS) != pinned
    relief.page.mouse.move(2, 2)
    relief.settle()
    assert relief.page.evaluate(READINGS) == pinned
    relief.call("relief.setParameter(0, 2.5)")
    relief.settle()
    assert relief.page.evaluate(READINGS)["1.0"] != pinned["1.0"]
    relief.page.locator("body").press("Escape")
    relief.until("() => !document.querySelector('.overlay').classList.contains('has-readings')")


def test_the_classes_can_be_looked_at_as_probabilities(relief: Relief) -> None:
    relief.page.locator("#outputs-row").get_by_text("probabilities").click()
    hover(relief, 0, 0)
    texts = relief.page.evaluate(READINGS)
    shares = [number(texts[f"3.{k}"]) for k in range(3)]
    assert sum(shares) == pytest.approx(1, abs=0.002)
    point = np.array([[number(texts["0.0"])], [number(texts["0.1"])]])
    model = relief.model
    scores = forward(model.layers, model.parameters, point)[-1].activation
    np.testing.assert_allclose(shares, softmax(scores)[:, 0], atol=0.003)
    assert "±1" in relief.page.locator(".head").nth(3).inner_text()
    relief.page.locator("#outputs-row").get_by_text("scores").click()


def test_softmax_in_the_page_is_softmax_in_nets(modules: Relief) -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(0, 5, (4, 50))
    scores[:, 0] = [1e4, -1e4, 0, 1e4]
    found = modules.evaluate_module(
        "engine.mjs", "return Array.from(m.softmax(Float64Array.from(argument), 4))", scores.ravel().tolist()
    )
    np.testing.assert_allclose(np.reshape(found, (4, 50)), softmax(scores), rtol=1e-12, atol=1e-300)


def test_the_points_marked_as_wrong_are_those_that_are(modules: Relief) -> None:
    model = train_slice(create(dataset("circles", 3), hidden=[5]), Budget(epochs=5)).model
    document = serialise(model)
    wrong = modules.page.evaluate(
        """async ([document, points]) => {
             const { Metrics } = await import("/assets/lib/metrics.mjs");
             const { layoutLayers, decodeFloat64 } = await import("/assets/lib/document.mjs");
             const metrics = new Metrics(document, layoutLayers(document), points);
             metrics.update(decodeFloat64(document.parameters));
             const found = [];
             metrics.judge((p, isWrong) => isWrong && !points.is_test[p] && found.push(p));
             return [found.length, points.is_test.filter((isTest) => !isTest).length];
           }""",
        [document, propose(model)["points"]],
    )
    assert 1 - wrong[0] / wrong[1] == pytest.approx(evaluate(model).train_accuracy)
    assert 0 < wrong[0] < wrong[1]
