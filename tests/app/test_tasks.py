"""Tasks: pure functions from JSON to JSON; ``train`` is one slice of a run."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.tasks import TASKS, Payload
from nets import Budget, Model, create, dataset, evaluate, train_slice
from nets.network import Layer, Layers, n_parameters
from tests.app.runs import METRICS, at_checkpoint, floats, slice_payload
from tests.app.workers import Clock
from tests.nets.models import MIXED, bits, model_of, spiral_model

ROOT = Path(__file__).parent.parent.parent

EVERY_EPOCH = 10**9  # so many snapshots spread over a minute leave none out

TRAINED = train_slice(spiral_model(), Budget(steps=6)).model

MODELS = {
    "fresh": spiral_model(),
    "in mid-epoch": TRAINED,
    "values": create(dataset("saddle", n=60), hidden=[3]),
    "no test points": create(dataset("xor", n=40, test=0.0), hidden=[2]),
    "mixed neurons": model_of(MIXED, dataset("xor", n=40), optimizer="momentum"),
}
models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def payload(model: Model, **budget: Any) -> Payload:
    return slice_payload(model, **{"snapshots": EVERY_EPOCH, **budget})


def run(model: Model, **budget: Any) -> Payload:
    """The result of a slice, after a journey as JSON."""
    result: Payload = json.loads(json.dumps(TASKS["train"](payload(model, **budget)), allow_nan=False))
    return result


def test_a_process_that_trains_needs_neither_dash_nor_flask() -> None:
    """They would take a second of every process's start and a hundred megabytes of each."""
    loaded = "import sys, app.tasks; sys.exit(bool({'dash', 'flask', 'plotly'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, check=True)


@models
def test_a_slice_is_that_of_train_slice(model: Model) -> None:
    result, expected = run(model), train_slice(model, Budget(epochs=3))
    assert bits(at_checkpoint(model, result)) == bits(expected.model)
    assert [line["epoch"] for line in result["snapshots"]] == [snapshot.epoch for snapshot in expected.snapshots]
    for line, snapshot in zip(result["snapshots"], expected.snapshots, strict=True):
        assert floats(line["parameters"], "<f4").tobytes() == snapshot.parameters.astype("<f4").tobytes()
        assert tuple(line[name] for name in METRICS) == snapshot.metrics
    assert result["ending"] is None


@models
@pytest.mark.parametrize("snapshots", [0, EVERY_EPOCH])
def test_the_metrics_are_those_of_where_the_slice_ends(model: Model, snapshots: int) -> None:
    result = run(model, snapshots=snapshots)
    assert result["metrics"] == evaluate(at_checkpoint(model, result))._asdict()


def test_a_slice_that_ends_in_mid_epoch_is_measured_where_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight looks at a clock that ticks at each look are an epoch of four steps, and a bit."""
    Clock(look=1.0).install(monkeypatch)
    result = run(spiral_model(), seconds=8.0, epochs=None)
    assert result["progress"]["batch"] > 0
    assert result["metrics"] == evaluate(at_checkpoint(spiral_model(), result))._asdict()


def test_progress_and_parameters_count_and_those_in_the_document_do_not() -> None:
    asked = payload(spiral_model())
    asked |= {name: payload(TRAINED)[name] for name in ("parameters", "progress")}
    assert bits(at_checkpoint(TRAINED, TASKS["train"](asked))) == bits(at_checkpoint(TRAINED, run(TRAINED)))


def test_a_task_changes_nothing_it_is_given_and_gives_the_same_again() -> None:
    asked = payload(TRAINED)
    before = json.dumps(asked)
    first, second = TASKS["train"](asked), TASKS["train"](asked)
    assert json.dumps(asked) == before
    assert first.pop("seconds") > 0
    assert {**second, "seconds": None} == {**first, "seconds": None}


def test_runs_of_different_models_do_not_get_into_each_others_way() -> None:
    expected = {name: bits(train_slice(model, Budget(epochs=2)).model) for name, model in MODELS.items()}
    progress = dict(MODELS)
    for _ in range(2):
        for name, model in MODELS.items():
            progress[name] = at_checkpoint(model, run(progress[name], epochs=1))
    assert {name: bits(model) for name, model in progress.items()} == expected


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_a_slice_of_no_time_does_nothing(seconds: float) -> None:
    result = run(TRAINED, seconds=seconds)
    assert floats(result["parameters"], "<f8").tobytes() == TRAINED.parameters.tobytes()
    assert result["snapshots"] == []


def test_a_slice_ends_in_time() -> None:
    result = run(create(dataset("spiral", n=4000), hidden=[32] * 7), seconds=0.02, epochs=None)
    assert result["progress"]["batch"] > 0 or result["progress"]["epoch"] > 0
    assert result["seconds"] < 5


def huge(layers: Layers, name: str, **training: Any) -> Model:
    """A network in which numbers overflow at the first step."""
    return replace(model_of(layers, dataset(name), **training), parameters=np.full(n_parameters(layers), 1e29))


SQUARE, SUM = Layer(1, ("square",)), Layer(1, ("identity",))


@pytest.mark.parametrize(
    "model",
    [
        huge((SQUARE, SQUARE, Layer(2, ("square",) * 2)), "xor"),
        huge((SQUARE, SQUARE, SUM, SUM), "saddle", loss="mean_squared_error"),
    ],
    ids=["activations", "loss"],
)
def test_a_run_that_diverges_says_where_and_why_and_warns_nobody_else(model: Model) -> None:
    """What is not finite is in the metrics too; nothing of it may go to the log, ten times a second."""
    result = TASKS["train"](payload(model))
    assert set(result["ending"]) == {"kind", "where", "why"}
    assert result["ending"]["kind"] == "diverged"
    assert "overflowed" in result["ending"]["why"]
    assert floats(result["parameters"], "<f8").tobytes() == model.parameters.tobytes()
    assert set(result["metrics"]) == set(METRICS)
