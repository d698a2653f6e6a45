"""window.relief, the console API: what the README promises."""

import base64

import numpy as np
import pytest
from playwright.sync_api import Error

from nets import surfaces
from tests.browser.relief import Relief

NAMES = ["load", "model", "pause", "play", "seek", "select", "setParameter", "stats", "step", "surface"]


def test_the_api_has_the_documented_functions(relief: Relief) -> None:
    assert relief.page.evaluate("() => Object.keys(relief).sort()") == NAMES


def test_model_is_a_document_that_load_takes_back(relief: Relief) -> None:
    relief.call("relief.step(2)")
    document = relief.document
    relief.call("relief.setParameter(3, 1.25)")
    relief.load(document)
    assert relief.document == document


def test_load_refuses_what_is_wrong_and_loses_nothing(relief: Relief) -> None:
    before = relief.document
    for change, message in (
        ({"version": 2}, "unknown version 2"),
        ({"layers": []}, "0 layers"),
        ({"parameters": "AAAA"}, "base64"),
        ({"data": {"name": "donut"}}, "unknown data set 'donut'"),
    ):
        with pytest.raises(Error, match=message):
            relief.load({**before, **change})
        assert relief.document == before
        assert message.split(maxsplit=1)[0] in relief.text("#notice").lower()


def test_set_parameter_changes_that_one_number(relief: Relief) -> None:
    before = np.frombuffer(base64.b64decode(relief.document["parameters"]))
    relief.call("relief.setParameter(7, -0.5)")
    after = np.frombuffer(base64.b64decode(relief.document["parameters"]))
    assert after[7] == -0.5
    np.testing.assert_array_equal(np.delete(before, 7), np.delete(after, 7))


REFUSED = (
    "relief.setParameter(123, 1)",
    "relief.setParameter(-1, 1)",
    "relief.setParameter(0, NaN)",
    "relief.setParameter(0, 1e300)",
    "relief.select(9, 0)",
    "relief.select(1, 8)",
    "relief.surface(1, 8)",
    "relief.surface(0, 0, 'heights')",
    "relief.surface(0, 0, 'activation', 1)",
    "relief.surface(0, 0, 'activation', 100000)",
    "relief.seek(10)",
    "relief.seek(-3)",
)


def test_what_does_not_exist_is_refused_with_a_range_error(relief: Relief) -> None:
    before = relief.document
    for call in REFUSED:
        with pytest.raises(Error, match="RangeError"):
            relief.call(call)
    assert relief.document == before


def test_surface_takes_any_grid(relief: Relief) -> None:
    surface = relief.call("relief.surface(2, 3, 'preactivation', 7)")
    reference = surfaces(relief.model, 7)[2].preactivation[3]
    np.testing.assert_allclose(np.reshape(surface["values"], (7, 7)), reference, rtol=1e-9, atol=1e-12)
    assert surface["x"] == surface["y"] == pytest.approx(np.linspace(-1, 1, 7))


def test_step_resolves_when_its_epochs_are_done(relief: Relief) -> None:
    relief.call("relief.step(3)")
    assert relief.document["progress"]["epoch"] == 3


def test_seek_counts_from_the_end_where_negative(relief: Relief) -> None:
    relief.call("relief.step(3)")
    relief.call("relief.seek(0)")
    assert relief.document["progress"]["epoch"] == 0
    relief.call("relief.seek(-1)")
    assert relief.document["progress"]["epoch"] == 3


def test_stats_count_frames_requests_and_snapshots(relief: Relief) -> None:
    before = relief.call("relief.stats()")
    assert before.keys() == {"frames", "evaluateMs", "drawMs", "requests", "snapshots"}
    requests = relief.requests()
    relief.call("relief.step(2)")
    after = relief.call("relief.stats()")
    assert f"{relief.url}/api/train" in [request.url for request in requests]
    assert after["requests"] == before["requests"] + len(requests)
    assert after["snapshots"] >= before["snapshots"] + 1
