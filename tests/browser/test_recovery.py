"""What may go wrong around the page, and how it goes on."""

from playwright.sync_api import expect

from tests.browser.relief import Relief


def test_garbage_in_local_storage_gives_a_new_network_and_is_set_aside(fresh: Relief) -> None:
    saved = '{"version": 1, "layers": 3}'
    fresh.page.evaluate("(saved) => localStorage.setItem('relief.document', saved)", saved)
    fresh.open()
    assert len(fresh.document["layers"]) == 3
    fresh.call("relief.step(1)")
    assert fresh.document["progress"]["epoch"] == 1
    assert fresh.page.evaluate("() => localStorage.getItem('relief.document.unread')") == saved


def test_what_is_not_json_counts_as_nothing_saved(modules: Relief) -> None:
    found = modules.evaluate_module(
        "session.mjs",
        "return argument.map((text) => new m.Session({ getItem: () => text }).saved())",
        ["not json", '"text"', None],
    )
    assert found == [None, "text", None]


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


def test_without_local_storage_the_page_works_all_the_same(fresh: Relief) -> None:
    fresh.page.add_init_script(
        """Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };"""
    )
    fresh.open()
    fresh.call("relief.step(1)")
    assert fresh.document["progress"]["epoch"] == 1


def test_without_webgl_the_landscapes_are_flat_maps_and_the_page_says_so(fresh: Relief) -> None:
    fresh.page.add_init_script(
        """const original = HTMLCanvasElement.prototype.getContext;
           HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
             return kind === "webgl2" ? null : original.call(this, kind, ...rest);
           };"""
    )
    fresh.page.goto(fresh.url)
    fresh.until("() => window.relief?.stats().frames > 0")
    assert "cannot draw landscapes" in fresh.text("#flat-note")
    assert "no WebGL2" in (fresh.page.locator("#flat-note").get_attribute("title") or "")
    fresh.settle()
    for layer in (2, 4):  # a landscape, and the decision map
        pixels = fresh.pixels(f".tile[data-layer='{layer}'][data-neuron='0']")
        assert len({tuple(colour) for colour in pixels.reshape(-1, 4).tolist()}) > 40
    fresh.call("relief.step(2)")
    assert fresh.document["progress"]["epoch"] == 2


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
