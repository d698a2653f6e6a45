"""The composition strip: adding the terms up, checking a sum by hand, seeing what training would do."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from nets import gradient, surfaces
from nets.network import forward, split
from tests.browser.relief import PROJECTOR, Relief

NEURON = 5  # of the second hidden layer


@pytest.fixture
def strip(relief: Relief) -> Relief:
    relief.call(f"relief.select(2, {NEURON})")
    relief.settle()
    return relief


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def term(strip: Relief, i: int) -> Locator:
    return strip.page.locator("#terms .term").nth(i)


def point_at(strip: Relief, i: int) -> None:
    """Hover the middle of a term's landscape."""
    term(strip, i).locator(".picture").hover()
    strip.until("() => document.querySelector('#strip-point').textContent !== ''")


def test_pointing_at_a_term_shows_numbers_that_can_be_checked_by_hand(strip: Relief) -> None:
    point_at(strip, 2)
    x, y = map(number, re.findall(r"[−\d.]+", strip.text("#strip-point")))
    response = forward(strip.model.layers, strip.model.parameters, np.array([[x], [y]]))[1]
    weights, _ = split(strip.model.layers, strip.model.parameters)[1]
    total = 0.0
    for i in range(8):
        shown_input = number(term(strip, i).locator(".symbol").inner_text().removesuffix(" ×"))
        product = number(term(strip, i).locator(".product").inner_text())
        assert shown_input == pytest.approx(response.inputs[i, 0], abs=3e-3)  # of a point that was rounded
        assert product == pytest.approx(weights[NEURON, i] * shown_input, abs=2e-3)
        total += product
    total += number(term(strip, 8).locator(".product").inner_text())
    z, a = (number(term(strip, i).locator(".product").inner_text()) for i in (9, 11))
    assert z == pytest.approx(total, abs=6e-3)
    assert a == pytest.approx(response.activation[NEURON, 0], abs=3e-3)
    assert term(strip, 10).locator("circle").is_visible()
    strip.page.mouse.move(0, 0)
    strip.until("() => document.querySelector('#strip-point').textContent === ''")
    assert term(strip, 2).locator(".symbol").inner_text() == "w₃·S₃"


def test_terms_are_added_one_after_another_at_one_scale(strip: Relief) -> None:
    count = strip.slider("terms added up")
    caption, scale = (term(strip, 9).locator(f".{name}") for name in ("symbol", "value"))
    assert caption.inner_text() == "z"
    whole = scale.inner_text()
    seen = set()
    count.focus()
    for k in range(8, -1, -1):
        count.press("ArrowLeft")
        expect(caption).to_have_text(f"sum of {k} of 9")
        seen.add(scale.inner_text())
        assert strip.page.locator("#terms .term:has(input).is-waiting").count() == 9 - k
    assert seen == {whole}
    point_at(strip, 0)
    assert number(term(strip, 9).locator(".product").inner_text()) == 0  # nothing has been added yet
    count.press("ArrowRight")
    count.press("ArrowRight")
    expect(caption).to_have_text("sum of 2 of 9")
    parts = [number(term(strip, i).locator(".product").inner_text()) for i in range(2)]
    assert number(term(strip, 9).locator(".product").inner_text()) == pytest.approx(sum(parts), abs=2e-3)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_while_terms_are_added_and_numbers_and_marks_are_shown(theme: str, strip: Relief) -> None:
    if strip.page.evaluate("() => document.documentElement.dataset.mantineColorScheme") != theme:
        strip.page.locator("#theme").click()
    strip.slider("terms added up").focus()
    strip.page.keyboard.press("ArrowLeft")
    strip.until("() => document.querySelectorAll('#terms .pull:not([hidden])').length > 0")
    point_at(strip, 1)
    assert Axe().run(strip.page, context="#strip").response["violations"] == []
    if theme == "dark":
        strip.page.locator("#theme").click()


def test_the_terms_add_themselves_up_once_where_motion_is_welcome(strip: Relief) -> None:
    button = strip.page.get_by_role("button", name="add up")
    assert not button.is_visible()  # these pages prefer reduced motion
    strip.page.emulate_media(reduced_motion="no-preference")
    button.click()
    caption = term(strip, 9).locator(".symbol")
    expect(caption).to_contain_text("of 9")
    expect(caption).to_have_text("z", timeout=30_000)
    assert strip.slider("terms added up").input_value() == "9"
    strip.page.emulate_media(reduced_motion="reduce")


def test_double_clicking_a_landscape_or_a_number_sets_its_weight_to_zero(strip: Relief) -> None:
    for i, place in ((3, ".picture"), (4, "input[type=number]")):
        before, _ = split(strip.model.layers, strip.model.parameters)[1]
        term(strip, i).locator(place).dblclick()
        after, _ = split(strip.model.layers, strip.model.parameters)[1]
        assert before[NEURON, i] != 0
        assert after[NEURON, i] == 0
        assert (before != after).sum() == 1
        expect(term(strip, i).locator("input[type=number]")).to_have_value("0.00")


def test_at_rest_every_slider_shows_what_training_would_do(strip: Relief) -> None:
    strip.call("relief.setParameter(3, 0.25)")
    strip.settle()  # what was known before is gone
    strip.until("() => document.querySelectorAll('#terms .pull:not([hidden])').length === 9")
    slopes, biases = split(strip.model.layers, gradient(strip.model)[1])[1]
    descents = [*(-slopes[NEURON]), -biases[NEURON]]
    for i, descent in enumerate(descents):
        mark = term(strip, i).locator(".pull")
        assert number(mark.get_attribute("title").split(" = ")[1]) == pytest.approx(descent, rel=0.06, abs=6e-4)
        verb = "increase" if descent > 0 else "decrease"
        assert re.search(
            f": training would {verb} it: −∂loss/∂{'w' if i < 8 else 'b'}", mark.get_attribute("aria-label")
        )
    widths = [term(strip, i).locator(".pull").bounding_box()["width"] for i in range(9)]
    assert widths.index(max(widths)) == max(range(9), key=lambda i: abs(descents[i]))


def test_what_training_would_do_is_asked_once_and_only_at_rest(strip: Relief) -> None:
    strip.call("relief.setParameter(3, 0.5)")
    strip.settle()
    strip.until("() => document.querySelectorAll('#terms .pull:not([hidden])').length > 0")
    requests, counted = strip.requests(), strip.call("relief.stats().requests")
    slider = strip.slider("bias")
    box = slider.bounding_box()
    strip.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    strip.page.mouse.down()
    strip.page.mouse.move(box["x"] + box["width"] / 2 + 9, box["y"] + box["height"] / 2)
    strip.until("() => document.querySelectorAll('#terms .pull:not([hidden])').length === 0")
    strip.page.wait_for_timeout(1500)  # longer than a page has to be at rest: a held slider is not
    assert requests == []
    strip.page.mouse.up()
    strip.until("() => document.querySelectorAll('#terms .pull:not([hidden])').length > 0")
    strip.call("relief.select(2, 1)")  # the same answer has another neuron's numbers too
    strip.until("() => document.querySelectorAll('#terms .pull:not([hidden])').length > 0")
    assert [request.url for request in requests] == [f"{strip.url}/api/gradient"]
    assert strip.call("relief.stats().requests") == counted + 1


def test_the_marks_can_be_turned_off_for_good(strip: Relief) -> None:
    box = strip.page.get_by_role("checkbox", name="what training would do")
    strip.until("() => document.querySelectorAll('#terms .pull:not([hidden])').length > 0")
    box.uncheck()
    strip.until("() => document.querySelectorAll('#terms .pull:not([hidden])').length === 0")
    assert strip.page.evaluate("() => localStorage.getItem('relief.pull')") == "off"
    box.check()
    strip.until("() => document.querySelectorAll('#terms .pull:not([hidden])').length > 0")
    assert strip.page.evaluate("() => localStorage.getItem('relief.pull')") == "on"


def test_the_graph_tells_over_which_range_the_nonlinearity_is_used(strip: Relief) -> None:
    z = surfaces(strip.model)[2].preactivation[NEURON]
    low, high = map(number, term(strip, 10).locator(".value").inner_text().split(" to "))
    assert (low, high) == (pytest.approx(z.min(), abs=0.06), pytest.approx(z.max(), abs=0.06))
    shaded = term(strip, 10).locator(".graph-used")
    share = float(shaded.get_attribute("width")) / 60
    assert share == pytest.approx(1 / 1.4, abs=0.01)


def test_a_wide_layers_strip_scrolls_within_itself(strip: Relief) -> None:
    strip.page.set_viewport_size(PROJECTOR)
    strip.page.get_by_role("textbox", name="neurons in hidden 1").fill("32")
    strip.page.keyboard.press("Enter")
    strip.until("() => relief.model().layers[0].width === 32")
    strip.call("relief.select(2, 0)")
    strip.until("() => document.querySelectorAll('#terms .picture').length === 35")
    assert strip.page.evaluate(
        "() => { const t = document.querySelector('#terms'); return t.scrollWidth > 1.5 * t.clientWidth; }"
    )
    assert strip.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    term(strip, 33).scroll_into_view_if_needed()
    point_at(strip, 30)  # where a landscape is drawn it is found
    assert term(strip, 30).locator(".product").inner_text() != ""


def test_an_arrow_does_not_stand_in_the_way_of_its_slider(strip: Relief) -> None:
    strip.until("() => document.querySelectorAll('#terms .pull:not([hidden])').length > 0")
    hit = strip.page.evaluate(
        """() => [...document.querySelectorAll("#terms .pull:not([hidden])")].map((mark) => {
             const { x, y, width, height } = mark.getBoundingClientRect();
             return document.elementFromPoint(x + width / 2, y + height / 2)?.type;
           })"""
    )
    assert set(hit) == {"range"}


@pytest.mark.parametrize("z", [0, 1, -3, 1e16, -1e30, 1e36])
def test_the_graph_of_a_neuron_that_is_the_same_everywhere_is_drawn_however_large_it_is(
    modules: Relief, z: float
) -> None:
    drawn = modules.evaluate_module(
        "graph.mjs",
        """const graph = new m.Graph();
           graph.show("tanh", Float64Array.of(argument, argument));
           graph.mark(argument);
           return graph.svg.outerHTML;""",
        z,
    )
    assert "NaN" not in drawn
    assert 'class="graph-curve" d="M' in drawn
