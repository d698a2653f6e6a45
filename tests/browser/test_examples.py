"""The example's page, opened as a file in a browser that has no network."""

from pathlib import Path

import numpy as np
from playwright.sync_api import Browser

from tests.browser.relief import PROJECTOR, Relief
from tests.test_examples import run


def test_the_page_of_the_example_opens_from_a_file_and_draws_its_landscapes(browser: Browser, tmp_path: Path) -> None:
    run(tmp_path)
    context = browser.new_context(viewport=PROJECTOR, offline=True)
    opened = Relief(context.new_page(), (tmp_path / "spiral.html").as_uri())
    requested: list[str] = []
    opened.page.on("request", lambda request: requested.append(request.url))
    opened.page.goto(opened.url)
    opened.until("() => document.querySelector('.js-plotly-plot')?._fullLayout?.scene._scene?.glplot && true")
    opened.until_here(lambda: share_of_colours(opened) > 0.03)
    assert requested == [opened.url]
    assert opened.complaints == []
    context.close()


def share_of_colours(opened: Relief) -> float:
    """Return the share of the page that is neither paper nor ink: orange or blue, as heights are."""
    colours = opened.pixels("body")[..., :3].astype(int)
    return float(np.mean(np.ptp(colours, axis=-1) > 60))
