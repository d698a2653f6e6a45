"""``POST /api/regions``: the partitions of ``nets.regions`` as the page reads them."""

import base64
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray

from app import regions as wire
from nets import Model, create, dataset, regions
from nets.exact_levels import class_regions
from nets.network import uniform_layers
from nets.region_counts import most_regions
from tests.app.described import assert_is_described
from tests.app.questions import answer, ask
from tests.nets.test_regions import model_of

CLASSES = replace(
    model_of(uniform_layers([6, 5, 3], "relu"), seed=1),
    data=dataset("spiral", 3, n=60),
    training=create(dataset("spiral", 3)).training,
)
VALUES = create(dataset("saddle", n=40), hidden=[3], activation="abs")
SMOOTH = create(dataset("xor", n=40), hidden=[3, 4], activation="tanh")
HALF = replace(SMOOTH, layers=(uniform_layers([3, 4], "relu")[0], *SMOOTH.layers[1:]))  # relu, then tanh


def numbers(text: str, dtype: str, *shape: int) -> NDArray[Any]:
    return np.frombuffer(base64.b64decode(text), dtype).reshape(*(shape or (-1,)))


def assert_polygons(answer: Any, polygons: Any) -> None:
    np.testing.assert_array_equal(numbers(answer["corners"], "<f4", -1, 2), polygons.corners.astype("<f4"))
    np.testing.assert_array_equal(numbers(answer["counts"], "<u2"), polygons.counts)


@pytest.mark.parametrize("model", [CLASSES, VALUES, HALF], ids=["classes", "values", "half smooth"])
def test_the_answer_is_what_nets_finds(client: FlaskClient, model: Model) -> None:
    found = answer(client, "regions", model)
    expected = regions(model)
    depth = len(expected.partitions)
    assert [layer["regions"] for layer in found["layers"]] == [len(partition) for partition in expected.partitions]
    assert [layer["most"] for layer in found["layers"]] == most_regions(model.layers[:depth])
    for sent, before, partition in zip(
        found["partitions"], (None, *expected.partitions), expected.partitions, strict=False
    ):
        if sent is None:
            assert before is not None
            assert partition.polygons is before.polygons
            continue
        assert_polygons(sent, partition.polygons)
        np.testing.assert_array_equal(numbers(sent["born"], "<u1"), partition.born)
        np.testing.assert_array_equal(numbers(sent["edges"], "<i4"), partition.polygons.edges)
    creases = expected.partitions[-1].creases
    ends = numbers(found["creases"]["ends"], "<f4", -1, 2, 2)
    np.testing.assert_array_equal(ends, creases.ends.astype("<f4"))
    np.testing.assert_array_equal(numbers(found["creases"]["layers"], "<u1"), creases.layers)
    np.testing.assert_array_equal(numbers(found["creases"]["neurons"], "<i2"), creases.neurons)
    bends = numbers(found["creases"]["bends"], "<u4")[:, None] >> np.arange(creases.bends.shape[1]) & 1
    np.testing.assert_array_equal(bends, creases.bends)
    assert found["end"] == (expected.end and expected.end._asdict())


@pytest.mark.parametrize("model", [CLASSES, VALUES, HALF], ids=["classes", "values", "half smooth"])
def test_the_answer_is_as_described(client: FlaskClient, model: Model) -> None:
    assert_is_described(ask(client, "regions", model), "post", "/api/regions")


def test_a_layer_that_cuts_nothing_has_no_partition_of_its_own(client: FlaskClient) -> None:
    partitions = answer(client, "regions", CLASSES)["partitions"]
    assert [partition is None for partition in partitions] == [False, False, True]


def test_classes_and_their_boundary_are_sent_where_the_outputs_are_classes(client: FlaskClient) -> None:
    found = answer(client, "regions", CLASSES)["classes"]
    expected = class_regions(regions(CLASSES).partitions[-1])
    assert_polygons(found, expected.polygons)
    np.testing.assert_array_equal(numbers(found["classes"], "<u1"), expected.classes)
    np.testing.assert_array_equal(numbers(found["boundary"], "<f4", -1, 2, 2), expected.boundary.astype("<f4"))
    assert answer(client, "regions", VALUES)["classes"] is None
    assert answer(client, "regions", HALF)["classes"] is None


def test_a_smooth_network_has_none_and_the_answer_says_why(client: FlaskClient) -> None:
    nothing = {"ends": "", "layers": "", "neurons": "", "bends": ""}
    why = "layer 1 has tanh, which is smooth"
    end = {"kind": "smooth", "where": "layers[0].activation", "why": why}
    assert answer(client, "regions", SMOOTH) == {
        "layers": [],
        "end": end,
        "creases": nothing,
        "partitions": [],
        "classes": None,
    }
    assert answer(client, "regions", HALF)["end"] == {
        **end,
        "where": "layers[1].activation",
        "why": why.replace("1", "2"),
    }


def test_too_many_regions_are_not_sent(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_REGIONS", 25)
    found = answer(client, "regions", CLASSES)
    assert len(found["layers"]) == 1
    assert found["end"] == {"kind": "many", "where": "layers[1]", "why": "layer 2 makes too many regions"}


def test_a_maximum_beyond_what_json_can_hold_is_rounded() -> None:
    model = create(dataset("spiral", 3, n=40), hidden=[32] * 7, activation="relu")
    most = wire.answer(model)["layers"][-1]["most"]
    assert most == float((1 + 32 + 32 * 31 // 2) ** 7)
