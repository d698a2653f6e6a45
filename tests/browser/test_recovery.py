"""What may go wrong around the page, and how it goes on."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from nets import create, dataset, parse, serialise
from tests.browser.relief import PROJECTOR, SMALL, Relief

NEW = serialise(create(dataset("spiral", classes=3), hidden=[8, 8]))
SHORT = {name: part for name, part in NEW.items() if name in ("version", "layers", "parameters", "data")}


def remember(page: Relief, saved: str, key: str = "relief.document") -> None:
    page.page.evaluate("([key, saved]) => localStorage.setItem(key, saved)", [key, saved])


def remembered(page: Relief, key: str = "relief.document") -> str | None:
    found: str | None = page.page.evaluate("(key) => localStorage.getItem(key)", key)
    return found


def test_what_cannot_be_read_is_set_aside_with_a_sentence_and_never_lost(fresh: Relief) -> None:
    """Not even where something was set aside before."""
    saved = json.dumps({**NEW, "version": 2})
    remember(fresh, saved)
    remember(fresh, "older", "relief.document.unread")
    fresh.open()
    assert "unknown version 2; this program reads version 1" in fresh.text("#notice")
    assert len(fresh.document["layers"]) == 3
    fresh.call("relief.step(1)")
    assert fresh.document["progress"]["epoch"] == 1
    assert remembered(fresh, "relief.document.unread") == "older"
    assert remembered(fresh, "relief.document.unread.2") == saved


def test_documents_that_are_no_longer_or_not_yet_known_are_refused_by_their_version(relief: Relief) -> None:
    before = relief.document
    for version in (0, 2, 1.5, "1", None, True):
        answer = relief.page.evaluate(
            "(document) => relief.load(document).catch(({ message, where }) => [message, where])",
            {**NEW, "version": version},
        )
        assert "unknown version" in answer[0]
        assert answer[1] == "version"
    assert relief.document == before


# What the browser remembers, by the module.

SESSION = """
const stored = new Map(Object.entries(argument.stored));
let room = argument.room ?? Infinity;
const storage = {
  getItem: (key) => stored.get(key) ?? null,
  setItem(key, text) {
    if (text.length > room) throw new DOMException("full", "QuotaExceededError");
    stored.set(key, text);
  },
};
const session = new m.Session(storage, "key");
const events = [];
session.addEventListener("full", () => events.push("full"));
"""


def with_session(modules: Relief, body: str, stored: dict[str, str], room: int | None = None) -> Any:
    argument = {"stored": stored, "room": room}
    return modules.evaluate_module("session.mjs", SESSION + body, argument)


def test_what_is_set_aside_takes_the_place_of_nothing_that_was_before(modules: Relief) -> None:
    body = (
        "for (const text of ['a', 'b', 'b', 'c']) { stored.set('key', text); session.setAside(); } return [...stored];"
    )
    assert dict(with_session(modules, body, {"key.unread": "z"})) == {
        "key": "c",
        "key.unread": "z",
        "key.unread.2": "a",
        "key.unread.3": "b",
        "key.unread.4": "c",
    }


def test_where_there_is_no_room_to_set_something_aside_it_stays_where_it_is(modules: Relief) -> None:
    body = "session.setAside(); session.document = {}; return [session.save(), [...stored], events];"
    saved = "x" * 100
    assert with_session(modules, body, {"key": saved}, room=50) == [False, [["key", saved]], []]


def test_that_there_is_no_room_is_told_once(modules: Relief) -> None:
    body = """
      session.document = {};
      const results = [session.save()];
      room = 1;
      results.push(session.save(), session.save());
      room = Infinity;
      return [[...results, session.save()], events];
    """
    assert with_session(modules, body, {}) == [[True, False, False, True], ["full"]]


@pytest.mark.parametrize(
    ("text", "found", "is_illegible"),
    [("not JSON", None, True), ('"text"', "text", False), (None, None, False), ("", None, True)],
)
def test_what_is_not_json_is_told_apart_from_nothing(
    modules: Relief, text: str | None, found: Any, is_illegible: bool
) -> None:
    body = "return [session.saved(), session.isIllegible];"
    assert with_session(modules, body, {} if text is None else {"key": text}) == [found, is_illegible]


def test_a_server_that_does_not_answer_leaves_the_page_as_it_was(relief: Relief) -> None:
    before = relief.document
    relief.page.route("**/_dash-update-component**", lambda route: None)
    relief.choose("optimiser", "sgd")
    relief.until("() => document.querySelector('#notice').textContent.includes('did not answer')")
    assert relief.document == before
    expect(relief.page.locator("input[aria-label='optimiser']")).to_have_value("adam")
    relief.page.unroute_all(behavior="ignoreErrors")
    relief.call("relief.step(1)")
    assert relief.document["progress"]["epoch"] == 1


def test_storage_that_fills_up_is_told_once_and_of_two_pages_the_last_one_counts(fresh: Relief) -> None:
    fresh.open()
    fresh.call("relief.step(1)")
    other = Relief(fresh.page.context.new_page(), fresh.url)
    try:
        other.open()
        assert other.document == fresh.document
        other.call("relief.step(1)")
        fresh.call("relief.setParameter(0, 0.125)")
        fresh.call("relief.setParameter(1, 0.25)")
        last = fresh.document
        # one page learns from the browser, a moment later, what the other one has saved
        other.until("(last) => localStorage.getItem('relief.document') === JSON.stringify(last)", last)
        assert other.document["progress"]["epoch"] == 2  # nothing was taken out of the other one's hands
        other.page.evaluate(
            """() => {
                 Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
               }"""
        )
        other.call("relief.setParameter(0, 0.5)")
        other.until("() => document.querySelector('#notice').textContent.includes('no room to remember the network')")
        other.call("relief.step(2)")
        assert other.document["progress"]["epoch"] == 4
        assert other.text("#notice") == ""  # it has been told
        assert other.complaints == []
        assert json.loads(remembered(fresh) or "") == last
    finally:
        other.page.close()


def test_a_server_that_does_not_answer_at_first_costs_nobody_a_network_however_old_its_document_is(
    fresh: Relief,
) -> None:
    """The document is of a release that had no inputs, frozen neurons, schedules, or first weights to be had again."""
    earlier = {**SHORT, "training": {"optimizer": "momentum", "l2": 0.01}, "progress": {"epoch": 12}}
    layers = [{name: layer[name] for name in ("width", "activation")} for layer in NEW["layers"]]
    saved = json.dumps({**earlier, "layers": layers, "data": {"name": "spiral", "classes": 3}})
    remember(fresh, saved)
    fresh.page.clock.install()
    fresh.page.route("**/_dash-update-component**", lambda route: None)
    fresh.page.goto(fresh.url)
    fresh.until_here(lambda: fresh.page.clock.fast_forward(3000) or fresh.page.evaluate("() => window.relief"))
    assert "load the page again" in fresh.text("#notice")
    fresh.call("relief.setParameter(0, 0.5)")
    assert remembered(fresh) == saved
    fresh.page.unroute_all(behavior="ignoreErrors")
    fresh.open()
    assert fresh.text("#notice") == ""
    assert fresh.document == json.loads(json.dumps(serialise(parse(json.loads(saved)))))
    assert fresh.document["training"]["schedule"] == "constant"
    fresh.call("relief.step(1)")
    assert fresh.document["progress"]["epoch"] == 13


@pytest.mark.parametrize("missing", ["webgl2", "webgl|experimental"])
def test_without_webgl_the_landscapes_are_flat_maps_and_the_page_says_so(fresh: Relief, missing: str) -> None:
    """The inspector's surface needs the first WebGL only, and where there is none at all it says that instead."""
    has_surface = missing == "webgl2"
    fresh.page.set_viewport_size(SMALL if has_surface else PROJECTOR)
    fresh.page.add_init_script(
        """const original = HTMLCanvasElement.prototype.getContext;
           HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
             return /MISSING/.test(kind) ? null : original.call(this, kind, ...rest);
           };""".replace("MISSING", missing)
    )
    fresh.page.goto(fresh.url)
    fresh.wait_until_ready()
    assert "cannot draw landscapes" in fresh.text("#flat-note")
    assert "no WebGL2" in (fresh.page.locator("#flat-note").get_attribute("title") or "")
    fresh.settle()
    for layer in (2, 4):  # a landscape, and the decision map
        assert n_colours(fresh, f".tile[data-layer='{layer}'][data-neuron='0']") > 40
    fresh.call("relief.step(2)")
    assert fresh.document["progress"]["epoch"] == 2
    fresh.until("() => document.querySelector('#map-plot .js-plotly-plot')?._fullLayout")
    expect(fresh.page.locator(".no-surface")).to_have_count(0 if has_surface else 1)
    if not has_surface:
        assert "no WebGL" in fresh.text(".no-surface")
        expect(fresh.page.locator("#surface-plot")).to_be_hidden()


def test_a_surface_whose_context_is_lost_says_so_and_comes_back(relief: Relief) -> None:
    relief.page.set_viewport_size(PROJECTOR)
    relief.until("() => document.querySelector('#surface-plot canvas')?.width > 1")
    relief.page.evaluate(
        """() => {
             const gl = document.querySelector("#surface-plot canvas").getContext("webgl");
             window.loser = gl.getExtension("WEBGL_lose_context");
             window.loser.loseContext();
           }"""
    )
    expect(relief.page.locator(".no-surface")).to_contain_text("taken the surface’s graphics away")
    expect(relief.page.locator("#surface-plot")).to_be_hidden()
    relief.call("relief.select(2, 3)")
    relief.page.evaluate("() => window.loser.restoreContext()")
    expect(relief.page.locator(".no-surface")).to_have_count(0)
    expect(relief.page.locator("#surface-plot")).to_be_visible()
    relief.until_here(lambda: n_colours(relief, "#surface-plot") > 200)


def n_colours(page: Relief, selector: str) -> int:
    return len({tuple(colour) for colour in page.pixels(selector).reshape(-1, 4).tolist()})


def test_a_busy_server_makes_the_page_wait_and_say_so(relief: Relief) -> None:
    answers = iter([503, 503])

    def busy(route) -> None:  # type: ignore[no-untyped-def]
        status = next(answers, None)
        if status is None:
            route.continue_()
        else:
            route.fulfill(status=status, headers={"Retry-After": "0"}, body="{}")

    relief.page.route("**/api/train", busy)
    relief.call("relief.step(2)")
    assert relief.document["progress"]["epoch"] == 2
    relief.page.unroute("**/api/train")
    relief.expect_broken_connections()
