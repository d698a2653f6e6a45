"""Questions about where the page's regions are (see regions.js)."""

from pathlib import Path
from typing import Any

from tests.browser.relief import Relief

QUESTIONS = Path(__file__).with_suffix(".js").read_text()


def ask(relief: Relief, question: str, argument: Any = None) -> list[str]:
    """Return what is wrong: nothing, if all is well."""
    return list(relief.page.evaluate(QUESTIONS, [question, argument]))
