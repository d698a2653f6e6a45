"""Whatever is opened in the page, from a link or a file: the network it holds, or a reason and everything as it was."""

import base64
import json
import math
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nets import DocumentError, parse, serialise
from tests.browser.relief import Relief
from tests.fuzz.damage import damaged, damaged_bytes
from tests.fuzz.documents import documents

IS_QUICK = settings.get_current_profile_name() == "quick"
FEW = settings(max_examples=15 if IS_QUICK else 250)  # each is opened by the page itself
LARGEST = 512 * 1024  # bytes
# What the browser says where the gradient that the page asks for is not finite, and where it has asked too often.
EXPECTED = ("status of 422", "status of 503")
LONGEST_MESSAGE = 1200  # characters

OTHERS = st.sampled_from(
    [
        b"",
        b"null",
        b"[]",
        b"1",
        b'""',
        b"{}",
        b"\x00\xff\xfe",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        b'{"version": 1, "__proto__": {"polluted": true}}',
        b'{"version": 1, "constructor": {"prototype": {"polluted": true}}}',
        b"[" * 50_000 + b"]" * 50_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"layers": [' + b'{"width": 1},' * 9_000 + b"{}]}",
        b" " * (LARGEST + 1),
        b'{"version": 1e999, "layers": null, "parameters": [], "data": true}',
    ]
)
WHOLE = documents().map(lambda document: json.dumps(document).encode())
DAMAGED = damaged(documents()).map(lambda document: json.dumps(document).encode())
CONTENTS = st.one_of(WHOLE, DAMAGED, DAMAGED, damaged_bytes(WHOLE), OTHERS)


def link_of(text: bytes) -> str:
    squeeze = zlib.compressobj(9, wbits=-15)
    return "#model=" + base64.urlsafe_b64encode(squeeze.compress(text) + squeeze.flush()).decode().rstrip("=")


@st.composite
def damaged_links(draw: st.DrawFn) -> str:
    """Draw the link of something, with some of its letters missing, changed, or others among them."""
    link = draw(CONTENTS.map(link_of))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(7, max(7, len(link) - 1)))
        after = at + draw(st.sampled_from([0, 1, 40]))
        link = link[:at] + draw(st.sampled_from(["", "A", "_", "=", "%", "é", "%00", "#"])) + link[after:]
    return link


def as_in_javascript(text: str) -> float | int | None:
    """Read a number and write it down again as the page does."""
    number = float(text)
    if math.isinf(number):
        return None
    return int(number) if number == int(number) and abs(number) < 1e21 else number


def refuse(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def oracle(content: bytes) -> Any:
    """Return the document that the page has to have after it was given some bytes; None where they are refused."""
    if len(content) > LARGEST:
        return None
    try:
        text = content.decode("utf-8", errors="replace").removeprefix("\ufeff")
        value = json.loads(text, parse_float=as_in_javascript, parse_int=as_in_javascript, parse_constant=refuse)
        return as_sent(serialise(parse(value)))
    except (ValueError, RecursionError, DocumentError):
        return None


def as_sent(document: Any) -> Any:
    return json.loads(json.dumps(document), parse_float=as_in_javascript, parse_int=as_in_javascript)


@pytest.fixture
def page(relief: Relief) -> Iterator[Relief]:
    yield relief
    relief.complaints[:] = [text for text in relief.complaints if not any(said in text for said in EXPECTED)]


OPEN = """async ([content, link]) => {
  const notice = document.querySelector("#notice");
  notice.textContent = "";
  if (link !== null) {
    location.hash = link;
    return;
  }
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], "dropped.json"));
  window.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
}"""


def assert_is_opened_or_refused(relief: Relief, content: bytes, link: str | None) -> None:
    before, expected = relief.document, oracle(content)
    relief.page.evaluate(OPEN, [base64.b64encode(content).decode(), link])
    if expected is None:
        said = relief.until("() => document.querySelector('#notice').textContent")
        assert "could not be opened: " in said
        assert said.endswith("Everything is as it was.")
        assert len(said) < LONGEST_MESSAGE
        assert relief.document == before
    else:
        relief.until("(text) => JSON.stringify(relief.model()) === text", in_page(relief, expected))
        assert as_sent(relief.document) == expected
        assert relief.text("#notice") == ""
    assert relief.page.evaluate("() => [({}).polluted, [].polluted, location.hash]") == [None, None, ""]
    assert [text for text in relief.complaints if not any(said in text for said in EXPECTED)] == []


def in_page(relief: Relief, document: Any) -> str:
    """Return a document as the page writes it, its fields in the order of the server's."""
    text: str = relief.page.evaluate("(text) => JSON.stringify(JSON.parse(text))", json.dumps(document))
    return text


@FEW
@given(CONTENTS)
@example(b"null")
def test_a_file_is_opened_or_refused(page: Relief, content: bytes) -> None:
    assert_is_opened_or_refused(page, content, None)


@FEW
@given(CONTENTS.filter(lambda content: len(content) < 50_000))
@example(b"null")
def test_a_link_is_opened_or_refused(page: Relief, content: bytes) -> None:
    assert_is_opened_or_refused(page, content, link_of(content))


DECODE = """
const start = performance.now();
let found;
try {
  found = { document: JSON.stringify(await m.decodeModel(argument)) };
} catch (error) {
  found = { error: error instanceof Error && error.message };
}
return { ...found, ms: performance.now() - start };
"""


@given(damaged_links() | CONTENTS.map(link_of) | st.text(max_size=40).map(lambda text: f"#model={text}"))
def test_a_link_that_is_damaged_is_read_or_refused_in_a_sentence(modules: Relief, link: str) -> None:
    found = modules.evaluate_module("permalink.mjs", DECODE, link)
    assert ("document" in found) != bool(found.get("error"))
    assert found["ms"] < 5000


@pytest.mark.parametrize("megabytes", [1, 300])
def test_a_link_that_inflates_without_end_is_given_up_early(modules: Relief, megabytes: int) -> None:
    found = modules.evaluate_module("permalink.mjs", DECODE, link_of(bytes(megabytes * 2**20)))
    assert "more than the 524288 bytes" in found["error"]
    assert found["ms"] < 5000
