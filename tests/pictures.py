"""Take pictures of the real page.

``python -m tests.pictures`` takes the README's; ``python -m tests.pictures --sizes FOLDER`` the workbench's at the
sizes it is used at, plain and in presentation, light and dark, to be looked at.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from nets import create, dataset, serialise
from tests.browser.install import FLAGS, find_chromium
from tests.browser.relief import Relief
from tests.browser.server import ROOT, Server

FOLDER = ROOT / "docs"
EPOCHS = 400
PROJECTOR = (1366, 768)
SIZES = (PROJECTOR, (1920, 1080), (390, 844))


def take(page: Relief, path: Path) -> None:
    """Take one picture, once the inspector has its fine grid."""
    page.until("() => document.querySelector('#surface-plot .js-plotly-plot').data[0].z.length === 121")
    page.settle()
    page.page.wait_for_timeout(1500)  # Plotly has no event for a surface that is drawn to the end
    page.page.screenshot(path=path)
    print(path)


@contextmanager
def opened(size: tuple[int, int]) -> Iterator[Relief]:
    """Yield a page of its own server."""
    server = Server().start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            viewport = {"width": size[0], "height": size[1]}
            page = Relief(browser.new_page(viewport=viewport, color_scheme="light"), server.url)  # type: ignore[arg-type]
            page.open()
            yield page
            browser.close()
    finally:
        server.stop()


def train(page: Relief) -> None:
    """Train the page's network, slowly enough for the loss to be a curve, and look at a hidden neuron."""
    page.call("relief.select(2, 5)")
    page.call(f"relief.step({EPOCHS})")


def take_readme() -> None:
    """Photograph the trained network as landscapes, as maps, in the dark, and another one's regions."""
    FOLDER.mkdir(exist_ok=True)
    with opened(PROJECTOR) as page:
        train(page)
        take(page, FOLDER / "light.png")
        tilt = page.slider("tilt from landscape to map")
        tilt.focus()
        tilt.press("End")
        take(page, FOLDER / "map.png")
        tilt.press("Home")
        page.page.get_by_role("button", name="Light or dark").click()
        take(page, FOLDER / "dark.png")
        page.page.get_by_role("button", name="Light or dark").click()
        take_regions(page)


def take_regions(page: Relief) -> None:
    """Photograph the regions of a relu network, with the pointer on one of them."""
    page.load(serialise(create(dataset("spiral", 3), hidden=[8, 8], activation="relu")))
    train(page)
    page.page.get_by_role("link", name="Regions", exact=True).click()
    page.page.get_by_role("button", name="class", exact=True).click()
    page.until("() => !document.querySelector('.is-stale')")
    box = page.page.locator("#regions-map").bounding_box()
    assert box
    page.page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.35 * box["height"])
    take(page, FOLDER / "regions.png")


def take_sizes(folder: Path) -> None:
    """Photograph the workbench at every size, then in presentation."""
    folder.mkdir(parents=True, exist_ok=True)
    with opened(PROJECTOR) as page:
        train(page)
        for theme in ("light", "dark"):
            for width, height in SIZES:
                page.page.set_viewport_size({"width": width, "height": height})
                page.page.evaluate("() => document.querySelector('#inspector').scrollIntoView({ block: 'nearest' })")
                page.settle()
                page.page.wait_for_timeout(2500)  # as in take()
                page.page.evaluate("() => scrollTo(0, 0)")
                page.page.screenshot(path=folder / f"{theme}-{width}x{height}.png", full_page=True)
                if width > height:
                    page.page.locator("body").press("p")
                    take(page, folder / f"{theme}-{width}x{height}-presentation.png")
                    page.page.locator("body").press("Escape")
            page.page.locator("body").press("t")


def main() -> None:
    """Take the README's pictures, or those of every size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=Path, metavar="FOLDER", help="where the pictures of every size go")
    folder = parser.parse_args().sizes
    if folder:
        take_sizes(folder)
    else:
        take_readme()


if __name__ == "__main__":
    main()
