"""Make sure that there is a Chromium to test in: python -m tests.browser.install."""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

# Graphics in software, and no calls home from a closed network.
FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return a Chromium on the PATH, else the one Playwright has downloaded, else None."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    return _downloaded()


def _downloaded() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def _try(*command: str) -> bool:
    print("+", " ".join(command), flush=True)
    return subprocess.run(command, check=False).returncode == 0


def install() -> str:
    """Return a Chromium, installing one with the system's packages or with Playwright if there is none.

    Raises:
        SystemExit: when neither way works.
    """
    if shutil.which("apt-get") and os.geteuid() == 0 and not find_chromium():
        _ = _try("apt-get", "update", "-qq") and _try("apt-get", "install", "-y", "-qq", "chromium")
    if not find_chromium():
        _try(sys.executable, "-m", "playwright", "install", "--with-deps", "chromium")
    path = find_chromium()
    if path is None:
        sys.exit("The tests need a Chromium: install one (for example apt-get install chromium) and try again.")
    return path


if __name__ == "__main__":
    print(f"browser: {install()}")
