"""Links that hold a network, and the level-set map as SVG: pure text, each module by itself."""

import base64
import json
import zlib
from typing import Any
from xml.etree import ElementTree

import pytest

from app.palette import LIGHT
from nets import Budget, create, dataset, serialise, train_slice
from nets.limits import LIMITS
from tests.browser.relief import Relief

MODEL = train_slice(create(dataset("spiral"), hidden=[32, 32]), Budget(steps=3)).model
DOCUMENT = serialise(MODEL)
SVG = "{http://www.w3.org/2000/svg}"


def link_of(text: bytes) -> str:
    """Make a link with the standard library, not with ours."""
    squeeze = zlib.compressobj(9, wbits=-15)
    return "#model=" + base64.urlsafe_b64encode(squeeze.compress(text) + squeeze.flush()).decode().rstrip("=")


def decoded(modules: Relief, link: str) -> Any:
    body = "try { return await m.decodeModel(argument); } catch (error) { return error.message; }"
    return modules.evaluate_module("permalink.mjs", body, link)


@pytest.mark.parametrize("document", [DOCUMENT, {"name": "Zürich · ∑ 𝕎", "empty": ""}, []])
def test_a_link_brings_a_document_back_and_is_plain_deflate(modules: Relief, document: Any) -> None:
    link = modules.evaluate_module("permalink.mjs", "return m.encodeModel(argument)", document)
    text = link.removeprefix("#model=")
    assert text.replace("-", "").replace("_", "").isalnum()
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert json.loads(zlib.decompress(raw, wbits=-15)) == document
    assert decoded(modules, link) == decoded(modules, link_of(json.dumps(document).encode())) == document


@pytest.mark.parametrize(
    ("link", "complaint"),
    [
        ("#model=", "characters"),
        ("#model=%%%", "characters"),
        ("#model=a", "damaged"),
        ("#model=AAAA", "damaged"),
        (link_of(json.dumps(DOCUMENT).encode())[:-40], "damaged"),
        (link_of(b"no JSON"), "not JSON"),
        (link_of(b"\xff\xfe"), "not JSON"),
        (link_of(b" " * (LIMITS["bytes a request"] + 1)), "more than the 524288 bytes"),
        (link_of(bytes(200_000_000)), "more than the 524288 bytes"),
    ],
)
def test_a_link_that_holds_no_document_says_why(modules: Relief, link: str, complaint: str) -> None:
    assert complaint in decoded(modules, link)


def test_a_link_without_memory_leaves_out_the_optimisers_state_and_nothing_else(modules: Relief) -> None:
    short = modules.evaluate_module("permalink.mjs", "return m.withoutMemory(argument)", DOCUMENT)
    assert DOCUMENT["progress"]["state"] != ""
    assert short == {**DOCUMENT, "progress": {**DOCUMENT["progress"], "state": ""}}
    lengths = modules.evaluate_module(
        "permalink.mjs",
        "return Promise.all([argument, m.withoutMemory(argument)].map(async (d) => (await m.encodeModel(d)).length))",
        DOCUMENT,
    )
    assert lengths[1] < 0.45 * lengths[0]


def test_a_link_may_hold_as_much_as_the_server_takes(modules: Relief) -> None:
    assert modules.evaluate_module("permalink.mjs", "return m.MOST_BYTES") == LIMITS["bytes a request"]


# The level-set map.


def level_map(modules: Relief, **changes: Any) -> ElementTree.Element:
    """Draw a map whose every level set is the square with the corners (0, 0) and (level, level)."""
    picture = {
        "x": [-1, 0, 1],
        "y": [-1, 0, 1],
        "values": [0] * 9,
        "scale": 0.8,
        "points": {"x": [0.5, 3], "y": [-0.5, 0], "colours": ["#111111", "#222222"]},
        "title": "hidden 1 · neuron 2",
        "colours": LIGHT,
    }
    text = modules.evaluate_module(
        "../sheets/share/levelmap.mjs",
        """const axis = { points: [[-1, 0], [1, 0]], isClosed: false };
           const square = (h) => ({ points: [[0, 0], [h, 0], [h, h], [0, h]], isClosed: true });
           return m.levelMap(argument, (x, y, values, h) => [square(h), axis]);""",
        {**picture, **changes},
    )
    return ElementTree.fromstring(text)


def test_level_lines_stand_where_the_axes_say(modules: Relief) -> None:
    svg = level_map(modules)
    paths = [path for path in svg.iter(f"{SVG}path") if path.get("d").count("M") == 2]
    lines = {path.findtext(f"{SVG}title"): path for path in paths}
    assert list(lines) == ["−0.6", "−0.4", "−0.2", "0", "0.2", "0.4", "0.6"]
    # 520 units for 2 of the plane, from (58, 44) at (−1, 1)
    assert lines["0.6"].get("d") == "M318 304L474 304L474 148L318 148ZM58 304L578 304"
    strokes = [lines[level].get("stroke") for level in ("−0.2", "0", "0.2")]
    assert strokes == [LIGHT["negative"], LIGHT["level"], LIGHT["positive"]]
    widths = [float(path.get("stroke-width")) for path in lines.values()]
    assert widths[3] == max(widths) == 2 * widths[0]
    [dot] = svg.iter(f"{SVG}circle")
    assert (dot.get("cx"), dot.get("cy"), dot.get("fill")) == ("448", "434", "#111111")


def test_a_map_has_its_title_its_ticks_and_its_interval_in_words(modules: Relief) -> None:
    texts = [text.text for text in level_map(modules, title='<a> & "b"').iter(f"{SVG}text")]
    assert texts[0] == '<a> & "b"'
    assert texts[1:-3] == 2 * ["−1", "−0.5", "0", "0.5", "1"]
    assert texts[-3:] == ["x", "y", "level sets every 0.2, bold = 0, from −0.8 to +0.8"]


def test_a_map_has_the_level_sets_of_the_page(modules: Relief) -> None:
    svg = level_map(modules, step=0.3)
    assert [path.findtext(f"{SVG}title") for path in svg.iter(f"{SVG}path")][:5] == ["−0.6", "−0.3", "0", "0.3", "0.6"]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([-1, 1], [-1, -0.5, 0, 0.5, 1]),
        ([10, 14], [10, 11, 12, 13, 14]),
        ([-0.3, 305], [0, 100, 200, 300]),
        ([999_990, 1_000_000], [999_990, 999_992, 999_994, 999_996, 999_998, 1_000_000]),
        ([-0.00011, 0.00009], [-0.0001, -0.00005, 0, 0.00005]),
    ],
)
def test_ticks_are_round_and_within_the_axis(modules: Relief, ends: list[float], expected: list[float]) -> None:
    found = modules.evaluate_module("../sheets/share/levelmap.mjs", "return m.ticks(argument)", ends)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_both_axes_of_a_map_have_one_unit_unless_it_were_a_strip(modules: Relief) -> None:
    wide = level_map(modules, x=[-1, 1], y=[-0.5, 0.5])
    strip = level_map(modules, x=[0, 1000], y=[0, 1])
    frames = [svg.findall(f".//{SVG}g/{SVG}rect")[0] for svg in (wide, strip)]
    assert [(frame.get("width"), frame.get("height")) for frame in frames] == [("520", "260"), ("520", "208")]
