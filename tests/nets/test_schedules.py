"""Every schedule against values computed by hand, and in training."""

import numpy as np
import pytest

from nets.engine import ENGINES
from nets.gradient import gradient
from nets.schedules import SCHEDULES, Schedule
from nets.training import Budget, train_slice
from tests.nets.models import bits, spiral_model, through_json

# (name, T, {epoch: factor})
BY_HAND: dict[str, tuple[int, dict[int, float]]] = {
    "constant": (10, {0: 1, 10: 1, 10**9: 1}),
    "exponential": (10, {0: 1, 5: 0.5**0.5, 10: 0.5, 30: 0.125, 10**9: 0}),
    "step": (10, {0: 1, 9: 1, 10: 0.1, 19: 0.1, 20: 0.01, 10**9: 0}),
    "cosine": (12, {0: 1, 2: (1 + 0.75**0.5) / 2, 4: 0.75, 6: 0.5, 8: 0.25, 12: 1, 16: 0.75}),
    "one_cycle": (100, {0: 0.1, 15: 0.4, 45: 1, 60: 0.7, 90: 0.1, 95: 0.0505, 100: 0.001, 10**9: 0.001}),
    "inverse": (10, {0: 1, 10: 1 / 2, 20: 1 / 3, 90: 1 / 10}),
}

schedules = pytest.mark.parametrize("row", SCHEDULES.values(), ids=SCHEDULES)


@schedules
def test_factors_are_those_computed_by_hand(row: Schedule) -> None:
    period, factors = BY_HAND[row.name]
    for epoch, factor in factors.items():
        assert row.factor(epoch, period) == pytest.approx(factor, rel=1e-12, abs=1e-15)


@schedules
@pytest.mark.parametrize("period", [1, 7, 10**6])
def test_a_factor_is_from_0_to_1_and_the_first_is_1_but_for_the_one_cycle_which_warms_up(
    row: Schedule, period: int
) -> None:
    assert row.factor(0, period) == (0.1 if row.name == "one_cycle" else 1)
    assert all(0 <= row.factor(epoch, period) <= 1 for epoch in (1, 2, 3, 99, 10**6, 10**9))


@schedules
def test_a_row_says_its_name_its_formula_and_its_source(row: Schedule) -> None:
    assert SCHEDULES[row.name] is row
    assert row.formula
    assert row.source


@schedules
@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_can_be_cut_anywhere(row: Schedule, engine: str) -> None:
    """In mid-epoch and between epochs, with a journey as JSON between."""
    model = spiral_model(schedule=row.name, schedule_epochs=3)
    whole = train_slice(model, Budget(steps=30), engine).model
    for _ in range(10):
        model = train_slice(through_json(model), Budget(steps=3), engine).model
    assert bits(model) == bits(whole)


@schedules
def test_an_epoch_is_trained_with_the_factor_of_its_number(row: Schedule) -> None:
    """Of plain descent the learning rate is what a step is long as."""
    model = spiral_model(optimizer="sgd", batch_size=4000, schedule=row.name, schedule_epochs=4)
    for epoch in range(7):
        after = train_slice(model, Budget(epochs=1)).model
        step = 0.01 * row.factor(epoch, 4) * gradient(model)[1]
        np.testing.assert_allclose(after.parameters, model.parameters - step, rtol=1e-12, atol=1e-15)
        model = after
