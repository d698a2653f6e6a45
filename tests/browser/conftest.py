"""What every browser test has: a real server, a real Chromium, and a page that may not complain."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.install import FLAGS, find_chromium
from tests.browser.relief import SMALL, Relief
from tests.browser.server import Server


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = find_chromium()
    assert path, "these tests need a Chromium: run `make browser`"
    return {"executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": SMALL, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server().start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def modules(browser: Browser, server: Server) -> Iterator[Relief]:
    """A bare page of the server's origin, for tests of single modules of assets/lib."""
    page = browser.new_page()
    page.goto(f"{server.url}/healthz")
    yield Relief(page, server.url)
    page.close()


@pytest.fixture(scope="session")
def shared(
    browser: Browser, browser_context_args: dict[str, Any], server: Server
) -> Iterator[tuple[Relief, list[str]]]:
    """One page for all tests that need nothing but a fresh document: software graphics start slowly."""
    page = browser.new_page(**browser_context_args)
    opened = Relief(page, server.url)
    opened.open()
    # what comes last, and moves what is below and beside it when it comes
    opened.until("() => document.querySelector('#map-plot .js-plotly-plot')?._fullLayout")
    opened.settle()
    yield opened
    page.close()


@pytest.fixture
def relief(shared: Relief) -> Iterator[Relief]:
    """The page with the document it starts with; a test that leaves an error on the console fails."""
    shared.complaints.clear()
    shared.restart()
    yield shared
    assert shared.complaints == []


@pytest.fixture(scope="session")
def visitor(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    """A browser's memory that no other page writes to; code that it has loaded once it has at hand."""
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture
def fresh(visitor: BrowserContext, server: Server) -> Iterator[Relief]:
    """A page that nobody has used, with empty storage, not opened yet."""
    page = visitor.new_page()
    page.goto(f"{server.url}/healthz")
    page.evaluate("() => localStorage.clear()")
    unopened = Relief(page, server.url)
    yield unopened
    page.close()
    assert unopened.complaints == []
