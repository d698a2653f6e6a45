"""Every loss against numbers worked out by hand, and its slope against differences of its values."""

import math

import numpy as np
import pytest

from nets.losses import LOSSES, Loss, softmax
from tests.nets import plain_python
from tests.nets.gradient_check import assert_is_gradient

rows = pytest.mark.parametrize("row", LOSSES.values(), ids=LOSSES)

softmax_cross_entropy = LOSSES["softmax_cross_entropy"].value_and_slope

SCORES = np.array([[0.3, -1.2, 2.0, 0.1], [1.1, 0.4, -0.7, 0.2], [-0.5, 0.9, 0.6, 0.3]])
ONE_HOT = np.array([[1.0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 0, 0]])


def test_cross_entropy_of_two_points_by_hand() -> None:
    """Scores (0, log 3) are probabilities (¼, ¾); the first point is of class 1, the second of class 0."""
    scores = np.array([[0, 0], [math.log(3), math.log(3)]])
    value, slope = softmax_cross_entropy(scores, np.array([[0.0, 1], [1, 0]]))
    assert value == pytest.approx((math.log(4 / 3) + math.log(4)) / 2)
    np.testing.assert_allclose(slope, np.array([[1 / 4, 1 / 4 - 1], [3 / 4 - 1, 3 / 4]]) / 2)


def test_squared_error_of_two_points_by_hand() -> None:
    """Differences (1, −2) and (3, 0): squares sum to 5 and 9, their mean is 7 and there is no ½."""
    outputs = np.array([[1.0, 5], [0, 4]])
    value, slope = LOSSES["mean_squared_error"].value_and_slope(outputs, np.array([[0.0, 2], [2, 4]]))
    assert value == 7
    np.testing.assert_array_equal(slope, [[1, 3], [-2, 0]])


def test_absolute_error_of_two_points_by_hand() -> None:
    """Differences (1, −2) and (3, 0): 3 and 3; where there is no difference the slope is 0."""
    outputs = np.array([[1.0, 5], [0, 4]])
    value, slope = LOSSES["mean_absolute_error"].value_and_slope(outputs, np.array([[0.0, 2], [2, 4]]))
    assert value == 3
    np.testing.assert_array_equal(slope, [[0.5, 0.5], [-0.5, 0]])


def test_huber_of_two_points_by_hand() -> None:
    """Differences (½, −2) and (3, 1): ⅛ + 1.5 and 2.5 + ½, and slopes that stop at ±1."""
    outputs = np.array([[0.5, 5], [0, 5]])
    value, slope = LOSSES["huber"].value_and_slope(outputs, np.array([[0.0, 2], [2, 4]]))
    assert value == (0.125 + 1.5 + 2.5 + 0.5) / 2
    np.testing.assert_array_equal(slope, [[0.25, 0.5], [-0.5, 0.5]])


def test_hinge_of_two_points_by_hand() -> None:
    """Class 0 with scores (3, 2.5, 4): ½ + 2, two classes too near; class 2 with (0, 1, 2): 1 is at the margin."""
    scores = np.array([[3.0, 0], [2.5, 1], [4, 2]])
    value, slope = LOSSES["hinge"].value_and_slope(scores, np.array([[1.0, 0], [0, 0], [0, 1]]))
    assert value == 2.5 / 2
    np.testing.assert_array_equal(slope, [[-1, 0], [0.5, 0], [0.5, 0]])


@rows
def test_the_value_is_the_mean_over_the_points(row: Loss) -> None:
    plain = [plain_python.LOSSES[row.name](s, t) for s, t in zip(SCORES.T.tolist(), ONE_HOT.T.tolist(), strict=True)]
    assert row.value_and_slope(SCORES, ONE_HOT)[0] == pytest.approx(sum(plain) / 4, rel=1e-13)


@rows
def test_the_slope_is_that_of_the_value(row: Loss) -> None:
    _, slope = row.value_and_slope(SCORES, ONE_HOT)
    assert_is_gradient(slope, lambda outputs: row.value_and_slope(outputs, ONE_HOT)[0], SCORES)


@rows
def test_scores_of_ten_thousand_are_no_trouble(row: Loss) -> None:
    scores = np.array([[1e4, 1e4], [-1e4, -1e4]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value, slope = row.value_and_slope(scores, np.array([[1.0, 0], [0, 1]]))
    assert math.isfinite(value)
    assert np.isfinite(slope).all()


@pytest.mark.parametrize(("target", "value"), [([1, 0], 0), ([0, 1], 20_000)])
def test_cross_entropy_of_extreme_scores_by_hand(target: list[float], value: float) -> None:
    scores = np.array([[1e4], [-1e4]])
    assert softmax_cross_entropy(scores, np.array(target, dtype=float)[:, None])[0] == value


def test_cross_entropy_does_not_change_when_all_scores_rise_together() -> None:
    value, slope = softmax_cross_entropy(SCORES, ONE_HOT)
    raised_value, raised_slope = softmax_cross_entropy(SCORES + 1e3, ONE_HOT)
    assert raised_value == pytest.approx(value)
    np.testing.assert_allclose(raised_slope, slope, atol=1e-12)


def test_softmax_by_hand() -> None:
    scores = np.log(np.array([[1.0, 2], [1, 3], [2, 5]]))
    np.testing.assert_allclose(softmax(scores), [[0.25, 0.2], [0.25, 0.3], [0.5, 0.5]])


def test_softmax_of_extreme_scores_is_one_and_zero() -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_array_equal(softmax(np.array([[1e4], [-1e4]])), [[1], [0]])


@rows
@pytest.mark.parametrize(("outputs", "targets"), [((3, 4), (1, 4)), ((1, 4), (3, 4)), ((3, 4), (3, 1)), ((4,), (1, 4))])
def test_shapes_that_would_broadcast_are_refused(row: Loss, outputs: tuple[int, ...], targets: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"outputs have shape .* but targets have shape"):
        row.value_and_slope(np.zeros(outputs), np.zeros(targets))


@rows
def test_the_arguments_are_not_changed(row: Loss) -> None:
    scores, targets = SCORES.copy(), ONE_HOT.copy()
    row.value_and_slope(scores, targets)
    np.testing.assert_array_equal(scores, SCORES)
    np.testing.assert_array_equal(targets, ONE_HOT)


@pytest.mark.parametrize("name", LOSSES)
def test_every_row_says_its_name_its_formula_its_source_and_its_tasks(name: str) -> None:
    row = LOSSES[name]
    assert row.name == name
    assert row.formula
    assert row.source
    assert set(row.tasks) <= {"classification", "regression"}


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_every_task_has_a_loss(task: str) -> None:
    assert any(task in row.tasks for row in LOSSES.values())
