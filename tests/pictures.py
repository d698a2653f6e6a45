"""Take the README's pictures from the real page: python -m tests.pictures."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.install import FLAGS, find_chromium
from tests.browser.relief import Relief
from tests.browser.server import ROOT, Server

FOLDER = ROOT / "docs"
EPOCHS = 400
VIEWPORT = {"width": 1366, "height": 768}


def take(page: Relief, path: Path) -> None:
    """Take one picture, once the inspector has its fine grid."""
    page.until("() => document.querySelector('#surface-plot .js-plotly-plot').data[0].z.length === 121")
    page.settle()
    page.page.wait_for_timeout(1500)  # Plotly has no event for a surface that is drawn to the end
    page.page.screenshot(path=path)
    print(path.relative_to(ROOT))


def main() -> None:
    """Train the page's first network and photograph it as landscapes, as maps and in the dark."""
    FOLDER.mkdir(exist_ok=True)
    server = Server().start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            page = Relief(browser.new_page(viewport=VIEWPORT, color_scheme="light"), server.url)
            page.open()
            page.call("relief.select(2, 5)")
            page.page.get_by_label("training speed").first.click()
            page.page.get_by_role("option", name="full speed").click()
            page.call(f"relief.step({EPOCHS})")
            take(page, FOLDER / "light.png")
            tilt = page.slider("tilt from landscape to map")
            tilt.focus()
            tilt.press("End")
            take(page, FOLDER / "map.png")
            tilt.press("Home")
            page.page.get_by_role("button", name="Light or dark").click()
            take(page, FOLDER / "dark.png")
            browser.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
