"""Every schedule against values computed by hand."""

import pytest

from nets.schedules import SCHEDULES, Schedule

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
