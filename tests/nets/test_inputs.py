"""Inputs: data in any unit is standardised before the network sees it, and only there."""

from dataclasses import replace

import numpy as np
import pytest

from nets.batches import batches_of_data
from nets.datasets import DataSpec
from nets.inputs import Inputs, frame
from nets.model import Model, create, dataset
from nets.surfaces import surfaces
from nets.training import Budget, evaluate, train_slice
from tests.nets import plain_python
from tests.nets.models import MIXED, bits, model_of, spiral_model, through_json

ELSEWHERE = Inputs((100.0, -0.002), (40.0, 0.0005))
BOX = ((60.0, 140.0), (-0.0025, -0.0015))


def model_elsewhere() -> Model:
    """A mixed network whose domain is about x = 100 and y = −0.002."""
    return replace(model_of(MIXED, dataset("xor")), inputs=ELSEWHERE, domain=BOX)


def test_nothing_changes_by_default_not_even_a_bit() -> None:
    points = np.array([[0.1, -0.0, 1e-300], [1 / 3, -1e6, 5e-324]])
    assert Inputs().standardise(points).tobytes() == points.tobytes()


def test_surfaces_are_the_network_of_the_standardised_point() -> None:
    """Row 2, column 1 of a 5 × 5 grid is (80, −0.002): the network is given (−0.5, 0)."""
    model = model_elsewhere()
    layers = surfaces(model, 5)
    assert layers[0].activation[:, 2, 1] == pytest.approx([-0.5, 0], abs=1e-12)
    plain = plain_python.forward(model.layers, model.parameters.tolist(), -0.5, 0.0)
    for surface, (_, a) in zip(layers[1:], plain, strict=True):
        np.testing.assert_allclose(surface.activation[:, 2, 1], a, rtol=1e-9, atol=1e-12)


def test_the_points_of_data_are_standardised_for_training_and_for_metrics() -> None:
    points = ((60.0, -0.0025), (100.0, -0.002), (140.0, -0.0015))
    data = DataSpec(None, 3, 0.0, 2, 1, 0.0, points, (0.0, 1.0, 1.0))
    model = replace(create(data, hidden=[3]), inputs=ELSEWHERE, domain=BOX)
    seen = batches_of_data(model)[0].points
    np.testing.assert_allclose(seen, [[-1, 0, 1], [-1, 0, 1]], atol=1e-12)
    unit = replace(data, points=tuple((x, y) for x, y in seen.T.tolist()))
    assert evaluate(model) == evaluate(create(unit, hidden=[3]))


def test_odd_units_train_as_well_as_the_square_does() -> None:
    """Moons 200 wide and a thousandth high: left as they are, one coordinate drowns the other."""
    moons = batches_of_data(create(dataset("moons", n=200, test=0.0)))[0]
    points = np.array([[100.0], [5e-4]]) * (moons.points + 1)
    data = DataSpec(None, 200, 0.0, 2, 1, 0.25, tuple(map(tuple, points.T.tolist())), tuple(moons.targets[1].tolist()))
    domain, inputs = frame(points)
    budget = Budget(epochs=300)
    framed = train_slice(replace(create(data, [8]), domain=domain, inputs=inputs), budget).model
    raw = train_slice(replace(create(data, [8]), domain=domain), budget).model
    accuracies = [evaluate(model).test_accuracy or 0 for model in (framed, raw)]
    assert accuracies[0] > 0.95 > accuracies[1]


@pytest.mark.parametrize(
    ("low", "high", "domain"),
    [
        ((-1, -1), (1, 1), ((-1, 1), (-1, 1))),
        ((0.2, 0.3), (0.4, 0.3), ((-1, 1), (-1, 1))),
        ((0, 0), (200, 0.001), ((-10, 210), (-0.0001, 0.0011))),
        ((4.3, 1.0), (7.9, 6.9), ((4.1, 8.1), (0.7, 7.2))),
        ((5, 2), (5, 2), ((4.7, 5.3), (1.9, 2.1))),
        ((-1e6, 0), (1e6, 1), ((-1e6, 1e6), (-0.1, 1.1))),
    ],
)
def test_a_frame_is_the_datas_box_with_a_margin_rounded_outwards(
    low: tuple[float, float], high: tuple[float, float], domain: tuple[tuple[float, float], tuple[float, float]]
) -> None:
    found, inputs = frame(np.array([low, high], dtype=float).T)
    np.testing.assert_allclose(found, domain, rtol=1e-12, atol=1e-12)
    corners = inputs.standardise(np.array(found))
    np.testing.assert_allclose(corners, [[-1, 1], [-1, 1]], rtol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_a_frame_holds_every_point_and_little_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scale = 10.0 ** rng.uniform(-3, 4, (2, 1))
    points = scale * (rng.uniform(-1, 1, (2, 1)) + rng.uniform(0, 1, (2, 30)))
    domain, inputs = frame(points)
    if np.abs(points).max() > 1:
        assert np.abs(inputs.standardise(points)).max() < 1
        for (low, high), row in zip(domain, points, strict=True):
            assert 1.1 <= (high - low) / np.ptp(row) <= 1.35
            assert low < row.min()
            assert high > row.max()
            assert len(f"{low!r}") <= 9


def test_inputs_travel_with_the_document() -> None:
    model = train_slice(replace(spiral_model(), inputs=ELSEWHERE, domain=BOX), Budget(steps=3)).model
    assert bits(through_json(model)) == bits(model)
