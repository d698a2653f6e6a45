"""The trainer by itself: a stream that goes on for long while nobody looks, or says nothing any more."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.relief import Relief
from tests.browser.server import Server

# A trainer of a network with two numbers, and a server that answers as `answer(write)` wants.
TRAINER = """
const { History } = await import("/assets/lib/history.mjs");
const text = (numbers, Kind) => btoa(String.fromCharCode(...new Uint8Array(Kind.from(numbers).buffer)));
const shown = [];
const session = {
  document: {}, parameters: new Float64Array(2), progress: { epoch: 0, batch: 0, state: "" }, metrics: null,
  model: (moment) => ({ progress: moment.progress }), remember() {}, show(...moment) { shown.push(moment); },
};
const history = new History();
const trainer = new m.Trainer(session, history);
const line = (fields) => new TextEncoder().encode(JSON.stringify(fields) + "\\n");
const snapshot = (epoch) => ({ epoch, parameters: text([epoch, 0], Float32Array), train_loss: 1 });
const checkpoint = (epoch) => ({
  epoch, parameters: text([epoch, 0], Float64Array), train_loss: 1, progress: { epoch, batch: 0, state: "" },
});
const requests = [];
window.fetch = async (path, { body, signal }) => {
  requests.push(JSON.parse(body).model.progress.epoch);
  let controller;
  const stream = new ReadableStream({ start: (made) => (controller = made) });
  signal.addEventListener("abort", () => controller.error(new DOMException("aborted", "AbortError")));
  answer((fields) => controller.enqueue(typeof fields === "string" ? new TextEncoder().encode(fields) : line(fields)));
  return new Response(stream);
};
const settled = () => new Promise((resolve) => queueMicrotask(() => setTimeout(resolve)));
"""


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Relief]:
    """A bare page of its own, in which a test may replace what it likes."""
    page = browser.new_page()
    page.goto(f"{server.url}/healthz")
    yield Relief(page, server.url)
    page.close()


def run(page: Relief, answer: str, body: str, argument: Any = None) -> Any:
    return page.evaluate_module("trainer.mjs", f"const answer = {answer}; {TRAINER} {body}", argument)


def test_ten_minutes_without_a_frame_fill_no_memory_and_are_there_at_once_afterwards(page: Relief) -> None:
    """60 moments a second is the most that a server sends, so ten minutes are 36,000."""
    waiting, kept, requests, epoch, ends = run(
        page,
        """async (write) => {
             for (let e = 1; e <= 36_000; e += 1) {
               if (e === 35_990) {
                 while (trainer.checkpoint.epoch < 35_980) await settled();
                 await new Promise((resolve) => setTimeout(resolve, 30)); // what comes last is a burst of its own
               }
               write(e % 20 ? snapshot(e) : checkpoint(e));
             }
           }""",
        """Object.defineProperty(document, "hidden", { value: true });
           trainer.play();
           while (trainer.checkpoint.epoch < 36_000) await settled();
           const waiting = trainer.playback.waiting.length;
           trainer.frame();
           const [last] = shown.at(-1);
           const ends = [history.moments[0].epoch, trainer.playback.waiting.at(-1).epoch];
           return [waiting, history.length, requests, last[0], ends];""",
    )
    assert waiting <= 240
    assert kept <= 1024
    assert requests == [0]
    assert epoch >= 36_000 - 12
    assert ends == [1, 36_000]


def test_silence_is_the_end_of_a_connection_and_signs_of_life_are_not(page: Relief) -> None:
    page.page.clock.install()
    page.page.clock.pause_at("2100-01-01")
    page.page.evaluate("() => { window.seen = []; }")
    run(
        page,
        "(write) => { window.write = write; write(checkpoint(7)); }",
        """window.requests = requests; window.trainer = trainer;
           trainer.addEventListener("state", () => window.seen.push(trainer.state));
           trainer.play();""",
    )
    state = "() => [trainer.state, requests]"
    page.until("() => trainer.checkpoint.epoch === 7")
    for _ in range(5):
        page.page.clock.run_for(9000)
        page.page.evaluate("() => write('\\n')")
        page.page.evaluate("() => new Promise((resolve) => queueMicrotask(resolve))")
    assert page.page.evaluate(state) == ["running", [0]]
    page.page.clock.run_for(11_000)
    page.until("() => seen.includes('reconnecting')")
    page.page.clock.run_for(1000)
    page.until("() => requests.length === 2")
    assert page.page.evaluate(state)[1] == [0, 7]  # from where it was
    page.until("() => trainer.state === 'running'")
    page.page.evaluate("() => trainer.pause()")
    page.page.clock.run_for(60_000)
    assert page.page.evaluate(state) == ["paused", [0, 7]]
