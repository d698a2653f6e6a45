"""A headless Chromium that draws WebGL in software, as the browser tests have it."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, sleep
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.install import FLAGS, install

PROJECTOR: ViewportSize = {"width": 1366, "height": 768}  # CSS pixels
PATIENCE = 60.0  # s
LOOK_EVERY = 0.1  # s


@contextmanager
def browse() -> Iterator[Browser]:
    """Run a browser; it ends with the block."""
    path = install()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def wait_for(page: Page, expression: str) -> Any:
    """Return the value of a JavaScript expression as soon as it is truthy.

    Playwright's own ``wait_for_function`` would need ``eval``, which the page's policy forbids.

    Raises:
        TimeoutError: when it never is.
    """
    end = perf_counter() + PATIENCE
    while perf_counter() < end:
        value = page.evaluate(f"() => {expression}")
        if value:
            return value
        sleep(LOOK_EVERY)
    raise TimeoutError(f"{expression} was not true within {PATIENCE:g} s")
