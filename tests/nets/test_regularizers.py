"""The rows of regularisers and kinds of dropout; with each of them a run of every optimiser stays one run when cut."""

from typing import Any

import pytest

from nets.engine import ENGINES
from nets.model import Training
from nets.optimizers import OPTIMIZERS
from nets.regularizers import DROPOUTS, REGULARIZERS
from nets.training import Budget, evaluate, train_slice
from tests.nets.models import bits, spiral_model, through_json

SIZES: dict[str, dict[str, Any]] = {
    "l1": {"l1": 0.02},
    "l2": {"l2": 0.1},
    "weight_noise": {"weight_noise": 0.1},
    "input_noise": {"input_noise": 0.1},
    "dropout": {"dropout": 0.3},
    "variational dropout": {"dropout": 0.3, "dropout_kind": "variational"},
}

sizes = pytest.mark.parametrize("settings", SIZES.values(), ids=SIZES)


def test_every_regulariser_is_tried_here() -> None:
    assert {name for settings in SIZES.values() for name in settings} == {*REGULARIZERS, "dropout_kind"}


@pytest.mark.parametrize("row", REGULARIZERS.values(), ids=REGULARIZERS)
def test_a_regulariser_is_a_field_of_training_that_is_0_where_nothing_is_said(row: Any) -> None:
    assert REGULARIZERS[row.name] is row
    assert vars(Training())[row.name] == 0
    assert row.highest > 0
    assert row.label
    assert row.formula
    assert row.source
    assert row.meaning


@pytest.mark.parametrize("row", DROPOUTS.values(), ids=DROPOUTS)
def test_a_kind_of_dropout_says_its_name_its_formula_and_its_source(row: Any) -> None:
    assert DROPOUTS[row.name] is row
    assert row.formula
    assert row.source


@sizes
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_can_be_cut_anywhere(optimizer: str, engine: str, settings: dict[str, Any]) -> None:
    """Five slices of three steps, which end in mid-epoch, with a journey as JSON between."""
    model = spiral_model(optimizer=optimizer, **settings)
    whole = train_slice(model, Budget(steps=15), engine).model
    for _ in range(5):
        model = train_slice(through_json(model), Budget(steps=3), engine).model
    assert bits(model) == bits(whole)


@sizes
def test_the_losses_reported_are_without_it(settings: dict[str, Any]) -> None:
    assert evaluate(spiral_model(**settings)) == evaluate(spiral_model())
