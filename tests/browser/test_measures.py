"""The measures beside the wall: what they show is what nets measures, and when the server is asked for it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.presets import model_of
from nets import Model, create, dataset, measure, serialise
from nets.health import findings
from nets.measures import measures_document
from nets.network import Layer
from nets.saturation import FLAT, MOSTLY
from tests.browser.relief import PHONE, PROJECTOR, SMALL, Relief
from tests.browser.test_accessibility import violations

TABLES = "../sheets/measures/tables.mjs"
ASKING = "asking.mjs"


def answer(model: Model) -> dict[str, Any]:
    return {"document": serialise(model), "measures": measures_document(measure(model))}


def rows(modules: Relief, expression: str, argument: Any) -> list[list[str]]:
    """The text of every cell of the table that an expression of the module of tables makes."""
    body = f"return [...({expression}).rows].map((row) => [...row.cells].map((cell) => cell.textContent));"
    found: list[list[str]] = modules.evaluate_module(TABLES, body, argument)
    return found


def test_a_confusion_matrix_has_a_row_and_a_column_for_every_class_and_counts_that_nets_has_counted(
    modules: Relief,
) -> None:
    model = model_of("peaks")
    fit = measure(model).test
    assert fit is not None
    assert fit.confusion is not None
    _, numbers, *found = rows(modules, "m.confusionTable(argument, 'test')", answer(model))
    assert numbers == ["1", "2", "3", "4"]
    for k, row in enumerate(found):
        counts = fit.confusion[k]
        assert row == [f"class {k + 1}", *map(str, counts[:4]), f"{100 * counts[k] // sum(counts)} %"]


def test_points_without_an_answer_have_a_column_of_their_own(modules: Relief) -> None:
    model = create(dataset("xor", n=40, test=0), hidden=[])
    model = replace(model, layers=(Layer(2, ("identity", "log")),), parameters=np.array([0, 0, 1.0, 0, 1, 0]))
    _, heads, *found = rows(modules, "m.confusionTable(argument, 'train')", answer(model))
    assert heads == ["1", "2", "none"]
    fit = measure(model).train
    assert fit.confusion is not None
    assert [row[1:4] for row in found] == [[str(count) for count in counts] for counts in fit.confusion]


def test_a_layer_has_a_row_with_its_norm_and_the_neurons_that_let_nothing_through(modules: Relief) -> None:
    model = model_of("dead-relus")
    _, hidden, outputs, _ = rows(modules, "m.layersTable(argument)", answer(model))
    norms = [f"{float(f'{layer.gradient_norm:.2g}'):g}" for layer in measure(model).layers]
    assert hidden == ["hidden 1", norms[0], "", "5 of 81, 3–4, 6–7", "0"]
    assert outputs == ["classes", norms[1], "", "0", "0"]


def test_the_head_says_what_saturated_means_as_nets_has_it(modules: Relief) -> None:
    title = modules.evaluate_module(
        TABLES, "return m.layersTable(argument).tHead.rows[0].cells[3].title;", answer(model_of("plane"))
    )
    assert f"{100 * FLAT:g} % of the steepest at {100 * MOSTLY:g} %" in title


@pytest.mark.parametrize(
    ("norm", "text", "share"),
    [(1e-3, "0.001", 50), (3.14e-9, "3.1e-9", 0), (0.0, "0", 0), (None, "not finite", 0), (250.0, "250", 100)],
)
def test_a_bar_is_as_long_as_the_norm_has_powers_of_ten(
    norm: float | None, text: str, share: float, modules: Relief
) -> None:
    changed = answer(model_of("plane"))
    changed["measures"]["layers"][0]["gradient_norm"] = norm
    shown, width, is_beyond = modules.evaluate_module(
        TABLES,
        """const [row] = m.layersTable(argument).tBodies[0].rows;
           const bar = row.querySelector('.bar');
           return [row.cells[1].textContent, bar.firstChild.style.width, bar.classList.contains('is-beyond')];""",
        changed,
    )
    assert shown.replace("−", "-") == text
    assert float(width.removesuffix("%")) == pytest.approx(share)
    assert is_beyond == (share == 100)


WATCHING = """
  const session = Object.assign(new EventTarget(), { document: {}, progress: { epoch: 3 }, model: () => ({}) });
  const trainer = Object.assign(new EventTarget(), { isRunning: argument.isRunning });
  const editing = { isUnderWay: false };
  const asking = new m.Asking({ session, trainer, editing }, { path: '/', spacing: 500, read: (body) => body });
  const times = [];
  let atOnce = 0, most = 0;
  window.fetch = async () => {
    times.push(performance.now());
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 40));
    atOnce -= 1;
    return new Response("{}");
  };
  const changes = async (ms) => {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      session.dispatchEvent(new Event("parameters"));
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  };
  const until = async (condition) => { while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10)); };
"""


def test_while_it_trains_the_server_is_asked_twice_a_second_and_never_twice_at_once(modules: Relief) -> None:
    body = WATCHING + "asking.want('me'); await changes(1700); asking.release('me'); return [times, most];"
    times, most = modules.evaluate_module(ASKING, body, {"isRunning": True})
    assert 2 <= len(times) <= 4
    assert min(np.diff(times)) > 495
    assert most == 1


def test_otherwise_it_is_asked_once_the_network_has_rested_and_not_during_a_gesture_nor_when_nobody_looks(
    modules: Relief,
) -> None:
    body = """
      await changes(50);
      const unseen = times.length;
      asking.want('me');
      await until(() => times.length === 1);
      editing.isUnderWay = true;
      await changes(400);
      await new Promise((resolve) => setTimeout(resolve, 400));
      const held = times.length;
      editing.isUnderWay = false;
      await changes(200);
      const ended = performance.now();
      await until(() => times.length > 1 && !asking.isStale);
      asking.release('me');
      return [unseen, held, times.length, times[1] - ended, asking.isStale];
    """
    unseen, held, total, wait, is_stale = modules.evaluate_module(ASKING, WATCHING + body, {"isRunning": False})
    assert (unseen, held, total) == (0, 1, 2)
    assert wait > 250
    assert not is_stale


def counts(relief: Relief) -> list[list[str]]:
    found: list[list[str]] = relief.page.locator(".confusion tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.querySelectorAll('.count')].map((cell) => cell.textContent))"
    )
    return found


def expected(relief: Relief) -> list[list[str]]:
    fit = measure(relief.model).train
    assert fit.confusion is not None
    return [[str(count) for count in row[:-1]] for row in fit.confusion]


def test_m_opens_them_beside_the_wall_they_follow_a_weight_and_m_closes_them(relief: Relief) -> None:
    relief.page.set_viewport_size(PROJECTOR)
    wall = relief.page.locator("#wall").bounding_box()
    relief.page.keyboard.press("m")
    relief.until_here(lambda: relief.page.locator(".confusion").count() and counts(relief) == expected(relief))
    button = relief.page.get_by_role("button", name="measures", exact=True)
    assert button.get_attribute("aria-pressed") == "true"
    assert relief.page.locator("#wall").bounding_box() == wall
    assert not relief.page.locator("#inspector").is_visible()
    before = counts(relief)

    with relief.holding(relief.page.locator(".terms input[type=range]").first, 40, 0) as requests:
        relief.settle()
        assert [request.url for request in requests if "/api/" in request.url] == []
    relief.call("relief.setParameter(0, -9)")
    relief.until_here(lambda: counts(relief) == expected(relief) != before)

    relief.page.keyboard.press("m")
    assert not relief.page.locator("#measures-sheet").is_visible()
    assert relief.page.locator("#inspector").is_visible()
    relief.until_here(lambda: button.get_attribute("aria-pressed") == "false")
    relief.page.set_viewport_size(SMALL)


def test_trouble_is_told_in_sentences_and_training_goes_on_with_the_space_bar(relief: Relief) -> None:
    model = model_of("vanishing")
    relief.load(serialise(model))
    relief.page.get_by_role("button", name="measures", exact=True).click()
    [(_, why)] = findings(model, measure(model))
    relief.until("(why) => document.querySelector('.findings').textContent.includes(why)", why[1:])
    relief.page.keyboard.press(" ")
    relief.wait_for_epoch(2)
    relief.until("() => !document.querySelector('#measures-state').textContent.startsWith('epoch 0 ')")
    relief.call("relief.pause()")
    relief.load(serialise(create(dataset("saddle", test=0), hidden=[3])))
    relief.until("() => document.querySelector('#measures-fit-title').textContent.startsWith('R²')")
    fit = measure(relief.model).train
    assert fit.r_squared is not None
    shown = relief.text("#measures-fit .stat b").replace("−", "-")
    assert float(shown) == pytest.approx(fit.r_squared, abs=6e-4)
    assert relief.page.locator("#measures-fit .stat").count() == 1  # no points are kept for testing
    relief.page.get_by_role("heading", name="Measures").press("Escape")
    assert not relief.page.locator("#measures-sheet").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_them(theme: str, relief: Relief) -> None:
    relief.page.set_viewport_size(PROJECTOR)
    relief.use_theme(theme)
    relief.load(serialise(model_of("dead-relus")))
    relief.page.keyboard.press("m")
    relief.until("() => document.querySelector('.layers-table small')?.textContent === '1, 3–4, 6–7'")
    relief.until("() => document.querySelector('#measures-state').textContent.includes('gradients over all')")
    assert violations(relief) == []
    relief.page.set_viewport_size(PHONE)
    assert relief.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    relief.page.get_by_role("button", name="close").click()
    relief.use_theme("light")
