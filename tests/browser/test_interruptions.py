"""A training run that is interrupted, by the network or by the end of the server: nothing is lost, to the bit."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from nets import Budget, Model, train_slice
from tests.browser.proxy import Proxy
from tests.browser.relief import Relief
from tests.browser.server import Server

BACKLOG = 30  # moments that may wait for their frame, half a second's: see assets/lib/playback.mjs
SAVED = "JSON.parse(localStorage.getItem('relief.document')).progress.epoch"
SAYS = "(text) => document.querySelector('#notice').textContent.includes(text)"


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that a test may kill, and has to start again."""
    server = Server().start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def proxy(own_server: Server) -> Iterator[Proxy]:
    proxy = Proxy(own_server.port)
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def opened(browser: Browser, browser_context_args: dict[str, Any], proxy: Proxy) -> Iterator[Relief]:
    page = browser.new_page(**browser_context_args)
    relief = Relief(page, proxy.url)
    relief.open()
    yield relief
    page.close()


@pytest.fixture
def behind(opened: Relief) -> Iterator[Relief]:
    """A page that reaches its server through the proxy; what the browser says of broken connections is expected."""
    opened.complaints.clear()
    opened.restart()
    yield opened
    opened.expect_broken_connections()


def n_steps(model: Model) -> int:
    """Return how many steps a run has taken."""
    n_train = model.data.n - model.data.n_test
    return model.progress.epoch * -(-n_train // model.training.batch_size) + model.progress.batch


def assert_is_undisturbed(relief: Relief, start: Model) -> None:
    """The page has the model of an undisturbed run of as many steps, to the bit, its optimiser's state too."""
    found = relief.model
    expected = train_slice(start, Budget(steps=n_steps(found))).model
    assert (found.progress.epoch, found.progress.batch) == (expected.progress.epoch, expected.progress.batch)
    assert found.parameters.tobytes() == expected.parameters.tobytes()
    assert found.progress.state.tobytes() == expected.progress.state.tobytes()


def test_streams_that_are_cut_in_mid_line_lose_nothing(behind: Relief, proxy: Proxy) -> None:
    """After the head of an answer, in a snapshot, in a checkpoint, at once: by an end and by a reset."""
    start, before = behind.model, proxy.n_streams
    proxy.cuts = [(3000, False), (9001, True), (40, False), (5003, True)]
    behind.call("relief.step(60)")
    assert proxy.n_cut == 4
    assert proxy.n_streams - before >= 5
    assert behind.model.progress.epoch == 60
    assert_is_undisturbed(behind, start)
    assert behind.text("#notice") == ""


@pytest.mark.parametrize("end", [Server.kill, Server.stop], ids=["SIGKILL", "SIGTERM"])
def test_a_server_that_ends_in_mid_run_is_found_again(
    behind: Relief, own_server: Server, end: Callable[[Server], None]
) -> None:
    """The run does not end by itself: it is under way when the server goes, however slow the machine is just now."""
    start = behind.model
    behind.call("relief.play()")
    behind.wait_for_epoch(5)
    end(own_server)
    behind.until(SAYS, "reconnecting")
    own_server.start()
    behind.until("() => document.querySelector('#notice').textContent === ''")
    reached = behind.model.progress.epoch
    behind.until(f"(epoch) => {SAVED} > epoch", reached)  # a pause goes back to the last checkpoint
    behind.call("relief.pause()")
    assert behind.model.progress.epoch > reached
    assert_is_undisturbed(behind, start)


def test_a_connection_that_hangs_is_given_up_after_a_while_and_another_one_made(behind: Relief, proxy: Proxy) -> None:
    """No browser notices that by itself; a server that is well says something every two seconds."""
    behind.page.clock.install()
    start, before = behind.model, proxy.n_streams
    behind.call("relief.play()")
    behind.wait_for_epoch(3)
    proxy.hang()
    behind.page.clock.fast_forward(4000)  # so long a network may stall
    assert behind.text("#notice") == ""
    assert proxy.n_streams - before == 1
    behind.page.clock.fast_forward(7000)
    behind.until(SAYS, "reconnecting")
    behind.page.clock.fast_forward(1000)
    behind.until_here(lambda: proxy.n_streams - before == 2)
    behind.until("() => document.querySelector('#notice').textContent === ''")
    behind.wait_for_epoch(behind.model.progress.epoch + 5)
    behind.call("relief.pause()")
    assert_is_undisturbed(behind, start)


HIDE = """() => {
  const { requestAnimationFrame } = window;
  const waiting = [];
  const show = (hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  window.requestAnimationFrame = (draw) => waiting.push(draw);
  window.comeBack = async () => {
    window.requestAnimationFrame = requestAnimationFrame;
    show(false);
    waiting.forEach((draw) => requestAnimationFrame(draw));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return Number(document.querySelector("#epoch").textContent.replace(",", ""));
  };
  show(true);
}"""


def test_a_hidden_page_goes_on_training_and_shows_where_it_is_when_it_is_seen_again(behind: Relief) -> None:
    """A page that nobody sees gets no frames."""
    start = behind.model
    behind.call("relief.play()")
    behind.wait_for_epoch(3)
    behind.page.evaluate(HIDE)
    hidden_at, frames = behind.model.progress.epoch, behind.call("relief.stats().frames")
    behind.until("(epoch) => relief.model().progress.epoch > epoch", hidden_at + 60)
    behind.until(f"(epoch) => {SAVED} > epoch", hidden_at)
    assert behind.call("relief.stats().frames") - frames <= 1  # one that was under way
    reached = behind.model.progress.epoch
    assert behind.call("window.comeBack()") >= reached - BACKLOG
    behind.call("relief.pause()")
    assert_is_undisturbed(behind, start)
