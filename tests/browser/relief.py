"""The page as a test uses it: conditions to wait for, the console API, pixels, gestures."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, Request

from nets import Model, parse

SMALL = {"width": 1000, "height": 700}  # the inspector is out of sight: software graphics are slow
PROJECTOR = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
RESTART = """async () => {
  window.scrollTo(0, 0);
  document.querySelector("#lens-landscapes").click();
  document.querySelectorAll(".rail details").forEach((more) => (more.open = false));
  const tilt = document.querySelector("input[aria-label='tilt from landscape to map']");
  tilt.focus();
  tilt.value = 0;
  tilt.dispatchEvent(new Event("input", { bubbles: true }));
  await relief.load(JSON.parse(document.querySelector("#relief-initial").textContent).document);
  relief.select(1, 0);
}"""
LIMIT = 45  # s; software graphics are slow, and a condition that is never met should still be told apart


class Relief:
    """A page of Relief in a browser.

    Attributes:
        complaints: errors of the console and of the page, as they come.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def expect_broken_connections(self) -> None:
        """Accept what the browser itself says of failed requests, and nothing else."""
        assert all(text.startswith("Failed to load resource") for text in self.complaints)
        self.complaints.clear()

    def open(self, path: str = "/") -> None:
        """Load the page and wait for its landscapes."""
        self.page.goto(self.url + path)
        self.wait_until_ready()

    def restart(self) -> None:
        """Bring an open page back to the document it was delivered with."""
        self.page.set_viewport_size(SMALL)
        self.page.mouse.move(0, 0)
        self.page.keyboard.press("Escape")
        self.page.evaluate(
            RESTART
        )  # in one go: every picture of software graphics between two steps would cost its time
        self.settle()

    def wait_until_ready(self) -> None:
        self.until("() => window.relief?.stats().frames > 0")

    def until(self, condition: str, argument: Any = None) -> Any:
        """Wait until a function in the page returns something true, and return it."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            value = self.page.evaluate(condition, argument)
            if value:
                return value
            self.page.wait_for_timeout(20)
        raise TimeoutError(f"never true: {condition}")

    def until_here(self, condition: Callable[[], object]) -> None:
        """Wait until something is true on the test's side, letting the page go on meanwhile."""
        end = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("never true on the test's side")
            self.page.wait_for_timeout(20)

    def call(self, expression: str) -> Any:
        """Evaluate an expression, for example ``relief.stats()``, and wait for it if it is a promise."""
        return self.page.evaluate(f"async () => {expression}")

    @property
    def document(self) -> dict[str, Any]:
        return dict(self.call("relief.model()"))

    @property
    def model(self) -> Model:
        return parse(self.document)

    def load(self, document: dict[str, Any]) -> None:
        """Take up a document; training is paused by it."""
        self.page.evaluate("(document) => relief.load(document)", document)

    def use_theme(self, theme: str) -> None:
        """Have the page light or dark; it begins light."""
        if self.page.evaluate("() => document.documentElement.dataset.theme") != theme:
            self.page.keyboard.press("t")

    def settle(self) -> None:
        """Wait for another frame to have been drawn."""
        frames = self.call("relief.stats().frames")
        self.page.evaluate("() => document.querySelector('#wall').dispatchEvent(new Event('scroll'))")
        self.until("(frames) => relief.stats().frames > frames", frames)

    def surfaces(self, kind: str, n: int = 49) -> list[NDArray[np.float64]]:
        """Return every layer's surfaces as the page computes them, (width, n, n) each."""
        layers = self.page.evaluate(
            """([kind, n]) => [2, ...relief.model().layers.map((layer) => layer.width)].map((width, layer) =>
                 Array.from({ length: width }, (_, neuron) => {
                   const { values } = relief.surface(layer, neuron, kind, n);
                   return btoa(String.fromCharCode(...new Uint8Array(new Float64Array(values).buffer)));
                 }))""",
            [kind, n],
        )
        return [
            np.stack([np.frombuffer(base64.b64decode(text)).reshape(n, n) for text in neurons]) for neurons in layers
        ]

    def pixels(self, selector: str) -> NDArray[np.uint8]:
        """Return what the screen shows of an element, (height, width, 4), decoded by the browser itself."""
        picture = base64.b64encode(self.page.locator(selector).first.screenshot()).decode()
        width, text = self.page.evaluate(
            """async (picture) => {
                 const image = new Image();
                 image.src = `data:image/png;base64,${picture}`;
                 await image.decode();
                 const canvas = new OffscreenCanvas(image.width, image.height);
                 const pen = canvas.getContext("2d", { willReadFrequently: true });
                 pen.drawImage(image, 0, 0);
                 const { data } = pen.getImageData(0, 0, image.width, image.height);
                 let text = "";
                 for (let i = 0; i < data.length; i += 4096) text += String.fromCharCode(...data.subarray(i, i + 4096));
                 return [image.width, btoa(text)];
               }""",
            picture,
        )
        return np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(-1, width, 4)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a menu, with the mouse."""
        self.page.get_by_role("combobox", name=label, exact=True).or_(
            self.page.get_by_role("textbox", name=label, exact=True)
        ).first.click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def open_layer(self, title: str) -> None:
        """Open what stands behind a layer's "…", if it is not open."""
        summary = self.page.get_by_title(f"more about {title}", exact=True)
        if not summary.locator("..").evaluate("(details) => details.open"):
            summary.click()

    def slider(self, name: str) -> Locator:
        return self.page.get_by_role("slider", name=name, exact=True)

    def drag(self, target: Locator, dx: float, dy: float, steps: int = 8) -> None:
        """Drag from the middle of an element."""
        with self.holding(target, dx, dy, steps):
            pass

    @contextmanager
    def holding(self, target: Locator, dx: float, dy: float, steps: int = 8) -> Iterator[list[Request]]:
        """Drag from the middle of an element and let go at the end; yields the requests since it was taken hold of."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx / steps, y + dy / steps)
        requests = self.requests()
        for step in range(2, steps + 1):
            self.page.mouse.move(x + dx * step / steps, y + dy * step / steps)
        yield requests
        self.page.mouse.up()

    def requests(self) -> list[Request]:
        """Return a list that grows with every request from now on."""
        seen: list[Request] = []
        self.page.on("request", lambda request: seen.append(request))  # noqa: PLW0108  Playwright marks the function
        return seen

    def wait_for_epoch(self, epoch: int) -> None:
        self.until("(epoch) => Number(document.querySelector('#epoch').textContent.replace(',', '')) >= epoch", epoch)

    def evaluate_module(self, module: str, body: str, argument: Any = None) -> Any:
        """Run ``body`` with a module of assets/lib as ``m`` and the argument as ``argument``."""
        return self.page.evaluate(
            f"async (argument) => {{ const m = await import('/assets/lib/{module}'); {body} }}", argument
        )


def with_changes(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a copy of a document with other top-level fields."""
    return {**json.loads(json.dumps(document)), **changes}
