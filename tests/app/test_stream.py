"""The stream: a run as lines, in turns with other runs, at the speed that was asked for, ending as it would alone."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from app.background import LONGEST_SLICE, TURN
from app.pace import CHECKPOINTS_A_SECOND, LONG_SILENCE, SNAPSHOTS_A_SECOND
from app.pool import LocalWorker
from app.stream import SIGN_OF_LIFE, Record, Run, lines
from app.tasks import Payload
from app.worker import TaskError, WorkerError
from nets import Budget, Model, create, dataset, train_slice
from nets.network import Layer, n_parameters, uniform_layers
from nets.optimizers import OPTIMIZERS
from nets.stopping import Stop
from tests.app.backgrounds import background, chunks
from tests.app.runs import (
    CHECKPOINT,
    METRICS,
    SNAPSHOT,
    Line,
    assert_is_that_run,
    at_checkpoint,
    floats,
    oracle,
    read_lines,
    with_training,
)
from tests.app.workers import Clock, InProcessWorker
from tests.nets.models import MIXED, bits, model_of, spiral_model

BURST = SNAPSHOTS_A_SECOND * TURN  # snapshots that may come together

MODELS = {
    "classes": spiral_model(),
    "in mid-epoch": train_slice(spiral_model(), Budget(steps=6)).model,
    "values": create(dataset("saddle", n=60), hidden=[3]),
    "no test points": create(dataset("xor", n=40, test=0.0), hidden=[2]),
    "mixed neurons": model_of(MIXED, dataset("xor", n=48), l1=0.01, l2=0.1),
    "one weight vector": create(dataset("saddle", n=20), hidden=[]),
}
models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def run_lines(run: Run, worker: InProcessWorker | None = None, record: Record | None = None) -> list[Line]:
    """All lines of a run."""
    return read_lines(b"".join(chunks(run, worker, record)))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that only training and sleeping take."""
    clock = Clock()
    clock.install(monkeypatch)
    return clock


def timed(
    clock: Clock, run: Run, seconds: float, worker: InProcessWorker | None = None
) -> Iterator[tuple[float, Line]]:
    """Yield the lines of the first seconds of a run, each with the time since its start."""
    start = clock.now
    stream = chunks(run, worker)
    for chunk in stream:
        if clock.now - start > seconds:
            break
        yield from ((clock.now - start, line) for line in read_lines(chunk))
    stream.close()  # type: ignore[attr-defined]


# What the lines say.


@models
def test_a_run_is_the_same_as_one_that_nothing_interrupts(clock: Clock, model: Model) -> None:
    worker = InProcessWorker()
    assert_is_that_run(run_lines(Run(model, 500), worker), oracle(model, 500))
    assert len(worker.payloads) > 3  # it was cut


@models
def test_lines_have_the_documented_fields_and_no_others(clock: Clock, model: Model) -> None:
    *before, end = run_lines(Run(model, 500))
    kinds = [CHECKPOINT if "progress" in line else SNAPSHOT for line in before]
    assert [set(line) for line in before] == kinds
    assert set(end) == CHECKPOINT | {"end"}
    assert CHECKPOINT in kinds
    assert SNAPSHOT in kinds
    for line in [*before, end]:
        assert_is_line_of(line, model)


def assert_is_line_of(line: Line, model: Model) -> None:
    dtype = "<f8" if "progress" in line else "<f4"
    assert floats(line["parameters"], dtype).shape == (n_parameters(model.layers),)
    assert type(line["epoch"]) is int
    for name in METRICS:
        is_missing = (name.startswith("test") and not model.data.n_test) or (
            "accuracy" in name and not model.data.classes
        )
        assert (line[name] is None) == is_missing
        assert line[name] is None or 0 <= line[name] < np.inf
    if "progress" in line:
        assert set(line["progress"]) == {"epoch", "batch", "state"}
        assert line["progress"]["epoch"] == line["epoch"]


@models
def test_epochs_only_grow(clock: Clock, model: Model) -> None:
    epochs = [(line["epoch"], line.get("progress", {}).get("batch", 0)) for line in run_lines(Run(model, 500))]
    assert epochs == sorted(set(epochs))
    assert epochs[0] >= (model.progress.epoch, model.progress.batch)


@pytest.mark.parametrize("look", [1e-3, 7e-3, 1e-2, 3e-2])
def test_every_snapshot_that_was_computed_is_sent(monkeypatch: pytest.MonkeyPatch, look: float) -> None:
    """As such, or as the checkpoint of that very moment; a checkpoint in the next epoch is none."""
    Clock(look).install(monkeypatch)
    worker = InProcessWorker()
    sent = run_lines(Run(spiral_model(), 60), worker)
    at_ends_of_epochs = [line["epoch"] for line in sent if line.get("progress", {"batch": 0})["batch"] == 0]
    assert {line["epoch"] for result in worker.results for line in result["snapshots"]} <= set(at_ends_of_epochs)


@models
@pytest.mark.parametrize("epochs", [1, 2, 17, 300])
def test_a_run_has_exactly_as_many_epochs_as_were_asked_for(clock: Clock, model: Model, epochs: int) -> None:
    *before, end = run_lines(Run(model, epochs))
    assert not any("end" in line for line in before)
    assert end["end"] == "epochs"
    assert (end["progress"]["epoch"], end["progress"]["batch"]) == (model.progress.epoch + epochs, 0)


def test_one_epoch_is_one_line(clock: Clock) -> None:
    """What the step button asks for."""
    assert [line.get("end") for line in run_lines(Run(spiral_model(), 1))] == ["epochs"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_can_go_on_from_every_checkpoint_and_ends_the_same(clock: Clock, optimizer: str) -> None:
    model = spiral_model(optimizer=optimizer, learning_rate=0.02)
    expected = oracle(model, 150).last
    checkpoints = [line for line in run_lines(Run(model, 150)) if "progress" in line]
    assert len(checkpoints) > 3
    has_batches = not OPTIMIZERS[optimizer].is_full_batch
    assert any(line["progress"]["batch"] for line in checkpoints) == has_batches
    for line in checkpoints:
        resumed = at_checkpoint(model, line)
        rest = Budget(epochs=150 - resumed.progress.epoch)
        assert bits(train_slice(resumed, rest).model) == bits(expected)


def test_a_stream_that_breaks_and_is_asked_for_again_is_the_same_run(clock: Clock) -> None:
    model, received = spiral_model(), []
    while not received or "end" not in received[-1]:
        stream = chunks(Run(model, 300 - model.progress.epoch))
        for _ in range(3):  # chunks, and then the connection is gone
            received += read_lines(next(stream, b""))
        last = [line for line in received if "progress" in line][-1]
        model = at_checkpoint(model, last)
    assert bits(model) == bits(oracle(spiral_model(), 300).last)


# How much they are.

SIZES = [[], [1], [4], [8, 8], [32] * 7]


@pytest.mark.parametrize("hidden", SIZES, ids=str)
@pytest.mark.parametrize("name", ["gaussians", "saddle"])
def test_a_snapshot_takes_6_bytes_a_parameter_and_300_at_most(clock: Clock, hidden: list[int], name: str) -> None:
    model = create(dataset(name, 6 if name == "gaussians" else None, n=40), hidden=hidden)
    model = replace(model, progress=replace(model.progress, epoch=10**9 - 1000))
    stream = b"".join(chunks(Run(model, 60))).splitlines()
    snapshots = [line for line in stream if b'"progress"' not in line]
    assert len(snapshots) > 2
    assert max(map(len, snapshots)) + 1 <= 6 * model.parameters.size + 300


@pytest.mark.parametrize(("look", "seconds"), [(1e-5, 0.1), (1e-4, 1.0), (1e-3, 3.0), (1e-2, 10.0)])
def test_there_are_at_most_60_snapshots_a_second_and_a_burst(
    monkeypatch: pytest.MonkeyPatch, look: float, seconds: float
) -> None:
    clock = Clock(look)
    clock.install(monkeypatch)
    times = [time for time, line in timed(clock, Run(spiral_model()), seconds) if "progress" not in line]
    for (i, first), (j, last) in combinations(enumerate(times), 2):
        assert j - i + 1 <= SNAPSHOTS_A_SECOND * (last - first + LONGEST_SLICE) + BURST + 1
    assert len(times) <= seconds * SNAPSHOTS_A_SECOND + BURST


def test_a_run_that_is_alone_has_nearly_60_snapshots_a_second(clock: Clock) -> None:
    """Those that became checkpoints are seen like the others."""
    assert sum(1 for _ in timed(clock, Run(spiral_model()), 2.0)) >= 0.9 * 2.0 * SNAPSHOTS_A_SECOND


def test_snapshots_are_spread_over_time(clock: Clock) -> None:
    """A landscape that stands still for a tenth of a second is seen to jump."""
    times = [time for time, _ in timed(clock, Run(spiral_model()), 2.0)]
    assert max(np.diff(times)) <= 2 * LONGEST_SLICE


def test_there_are_at_most_20_checkpoints_a_second_and_no_long_wait_for_one(clock: Clock) -> None:
    times = [time for time, line in timed(clock, Run(spiral_model()), 3.0) if "progress" in line]
    for (i, first), (j, last) in combinations(enumerate(times), 2):
        assert j - i <= CHECKPOINTS_A_SECOND * (last - first) + 1e-6
    assert max(np.diff(times)) <= 2 / CHECKPOINTS_A_SECOND + LONGEST_SLICE


# How fast they come.


@pytest.mark.parametrize("rate", [0.5, 1, 5, 20, 60, 1000])
def test_epochs_come_as_often_as_was_asked_for_and_not_more_often(monkeypatch: pytest.MonkeyPatch, rate: float) -> None:
    clock = Clock(look=1e-4)
    clock.install(monkeypatch)
    seconds = 8 / rate + 1
    seen = list(timed(clock, Run(spiral_model(), rate=rate), seconds))
    for time, line in seen:
        assert line["epoch"] <= rate * time + 1 + 1e-6
    assert seen[-1][1]["epoch"] >= rate * seconds * 0.9 - 2


def test_the_first_epoch_comes_at_once(clock: Clock) -> None:
    time, line = next(timed(clock, Run(spiral_model(), rate=0.5), 10))
    assert line["epoch"] == 1
    assert time < 0.1


def test_without_a_rate_nothing_sleeps(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "sleep", lambda seconds: pytest.fail("slept"))
    assert run_lines(Run(spiral_model(), 200))[-1]["end"] == "epochs"


@pytest.mark.parametrize("rate", [1, 60, 1000])
def test_the_rate_changes_nothing_but_the_speed(clock: Clock, rate: float) -> None:
    assert_is_that_run(run_lines(Run(spiral_model(), 40, rate)), oracle(spiral_model(), 40))


def test_a_slow_worker_is_not_asked_for_more_than_it_can_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of 20 ms: an epoch takes 80 ms or more, and 60 a second are asked for."""
    clock = Clock(look=0.02)
    clock.install(monkeypatch)
    worker = InProcessWorker()
    last = [line for _, line in timed(clock, Run(spiral_model(), rate=60), 2.0, worker)][-1]
    assert 10 <= last["epoch"] <= 25
    assert all(payload["seconds"] <= LONGEST_SLICE for payload in worker.payloads)


# Turns.


def test_a_run_asks_the_worker_for_slices_as_long_as_there_is_room_for(clock: Clock) -> None:
    worker = InProcessWorker()
    shared = background(worker, streams=100, streams_per_session=100)
    stream = lines(shared, Run(spiral_model()), Record())
    with ExitStack() as places:
        next(stream)
        next(stream)
        for _ in range(80):
            places.enter_context(shared.streams.take(""))
        next(stream)
    assert [payload["seconds"] for payload in worker.payloads] == pytest.approx([0.05, 0.05, 0.005])


def test_the_first_slice_is_one_epoch_so_that_something_is_seen_at_once(clock: Clock) -> None:
    worker = InProcessWorker()
    run_lines(Run(spiral_model(), 300), worker)
    assert [payload["epochs"] for payload in worker.payloads[:2]] == [1, 299]


def test_a_run_uses_up_what_its_slices_took_of_a_processor(clock: Clock) -> None:
    worker, record = InProcessWorker(), Record()
    run_lines(Run(spiral_model(), 100), worker, record)
    assert record.busy == pytest.approx(sum(result["work"] for result in worker.results))
    assert record.slices == len(worker.results) > 1


def test_whoever_waits_for_a_turn_is_told_now_and_then_that_the_connection_is_well() -> None:
    shared = background()
    with shared.turns.ask("another", 1.0) as turn:
        assert turn.wait(0)
        stream = lines(shared, Run(spiral_model(), 1), Record())
        assert [next(stream), next(stream)] == [SIGN_OF_LIFE] * 2
    assert read_lines(next(stream))[-1]["end"] == "epochs"


def test_a_slow_run_shows_signs_of_life_between_its_epochs(clock: Clock) -> None:
    stream = chunks(Run(spiral_model(), rate=0.1))
    assert read_lines(next(stream))[-1]["epoch"] == 1
    start = clock.now
    assert [next(stream) for _ in range(4)] == [SIGN_OF_LIFE] * 4
    assert clock.now - start == pytest.approx(4 * LONG_SILENCE, rel=0.1)
    assert read_lines(next(stream))[-1]["epoch"] == 2


def test_a_slow_run_ends_soon_after_nobody_listens_any_more(clock: Clock) -> None:
    gone: list[bool] = []
    stream = lines(background(), Run(spiral_model(), rate=0.1), Record(), lambda: bool(gone))
    next(stream)
    gone.append(True)
    start = clock.now
    assert list(stream) == []
    assert clock.now - start < 1


def test_whoever_goes_while_waiting_for_a_turn_leaves_the_queue() -> None:
    worker = InProcessWorker()
    shared = background(worker)
    with shared.turns.ask("another", 1.0):
        assert list(lines(shared, Run(spiral_model()), Record(), lambda: True)) == []
        assert shared.turns.waiting == 0
    assert worker.payloads == []


def test_nothing_is_computed_for_whoever_has_gone() -> None:
    worker, gone = InProcessWorker(), iter([False, True, True])
    record = Record()
    stream = lines(background(worker), Run(spiral_model()), record, lambda: next(gone))
    assert len(list(stream)) == len(worker.payloads) == 1
    assert record.end == "closed"


# What is written down of a run.


def test_a_record_counts_epochs_and_the_lines_that_were_sent(clock: Clock) -> None:
    record = Record()
    sent = run_lines(Run(spiral_model(), 70), record=record)
    assert (record.epochs, record.snapshots, record.end) == (70, len(sent), "epochs")


def test_a_server_that_is_to_end_ends_its_runs_after_a_checkpoint_and_says_no_end(clock: Clock) -> None:
    model, shared, record = spiral_model(), background(), Record()
    stream = lines(shared, Run(model, 300), record)
    received = read_lines(next(stream))
    shared.close()
    received += read_lines(b"".join(stream))
    assert record.end == "shutdown"
    assert not any("end" in line for line in received)
    assert "progress" in received[-1]
    rest = Run(at_checkpoint(model, received[-1]), 300 - received[-1]["epoch"])
    assert bits(at_checkpoint(model, run_lines(rest)[-1])) == bits(oracle(model, 300).last)


# The end.

DIVERGENT = with_training(
    model_of(uniform_layers([1], "identity"), dataset("saddle"), loss="mean_squared_error"),
    optimizer="sgd",
    learning_rate=1000.0,
)


def overflowing() -> Model:
    """A network whose activations overflow in the first step."""
    square = Layer(1, ("square",))
    model = model_of((square, square, Layer(2, ("square",) * 2)), dataset("xor"))
    return replace(model, parameters=np.full(n_parameters(model.layers), 1e29))


@pytest.mark.parametrize(
    ("model", "where", "why"),
    [
        (DIVERGENT, "training.learning_rate", "learning rate 1000"),
        (overflowing(), "layers[2]", "the activations of layer 3 overflowed"),
    ],
    ids=["learning rate", "activations"],
)
def test_a_run_that_diverges_says_where_and_why_and_ends_with_what_was_finite(
    clock: Clock, model: Model, where: str, why: str
) -> None:
    *before, end = run_lines(Run(model))
    assert not any("end" in line for line in before)
    assert set(end) == CHECKPOINT | {"end", "where", "why"}
    assert (end["end"], end["where"]) == ("diverged", where)
    assert why in end["why"]
    assert "\n" not in end["why"]
    last = at_checkpoint(model, end)  # reads them, and so refuses what is not finite
    assert bits(last) == bits(train_slice(model, Budget(epochs=10_000)).model)


@pytest.mark.parametrize(
    ("stop", "condition", "why"),
    [
        (Stop(epoch=40), "epoch", "epoch 40 is reached"),
        (Stop(loss=0.9), "loss", "train loss 0."),
        (Stop(accuracy=0.6), "accuracy", "train accuracy 0."),
        (Stop(plateau=2, loss=0.0), "plateau", "train loss has not improved by 0.1 % for 2 epochs"),
    ],
    ids=["epoch", "loss", "accuracy", "plateau"],
)
@pytest.mark.parametrize("look", [1e-3, 3e-2])
def test_a_run_that_is_stopped_says_which_condition_and_ends_where_it_would_alone(
    monkeypatch: pytest.MonkeyPatch, look: float, stop: Stop, condition: str, why: str
) -> None:
    Clock(look).install(monkeypatch)
    model = spiral_model(stop=stop, learning_rate=1e-6 if stop.plateau else 0.02)
    *before, end = run_lines(Run(model))
    assert not any("end" in line for line in before)
    assert set(end) == CHECKPOINT | {"end", "where", "why"}
    assert (end["end"], end["where"]) == ("stopped", f"training.stop.{condition}")
    assert why in end["why"]
    assert end["progress"]["batch"] == 0
    assert bits(at_checkpoint(model, end)) == bits(train_slice(model, Budget(epochs=10_000)).model)


def test_a_run_whose_condition_is_met_already_is_one_line(clock: Clock) -> None:
    model = train_slice(spiral_model(), Budget(epochs=3)).model
    model = with_training(model, stop=Stop(epoch=3))
    (end,) = run_lines(Run(model))
    assert (end["end"], end["why"], end["epoch"]) == ("stopped", "epoch 3 is reached", 3)
    assert bits(at_checkpoint(model, end)) == bits(model)


def test_a_stream_that_watches_for_a_plateau_can_go_on_from_every_checkpoint(clock: Clock) -> None:
    model = spiral_model(stop=Stop(plateau=30), learning_rate=1e-5)
    *before, end = run_lines(Run(model))
    assert end["end"] == "stopped"
    checkpoints = [line for line in before if "progress" in line]
    assert len(checkpoints) > 1
    for line in checkpoints:
        assert set(line["progress"]) == {"epoch", "batch", "state", "best"}
        again = run_lines(Run(at_checkpoint(model, line)))[-1]
        assert (again["epoch"], again["why"]) == (end["epoch"], end["why"])


def test_a_run_that_the_background_cannot_go_on_with_ends_without_an_end() -> None:
    """So that the page, which has its last checkpoint, asks again."""

    def fail(payload: Payload) -> None:
        raise WorkerError("the background process died 3 times during 'train'")

    record = Record()
    assert run_lines(Run(spiral_model()), InProcessWorker(before=fail), record) == []
    assert record.end == "background"


def test_a_mistake_in_a_task_reaches_whoever_reads() -> None:
    def fail(payload: Payload) -> None:
        raise TaskError("KeyError: 'seconds'")

    with pytest.raises(TaskError):
        next(chunks(Run(spiral_model()), InProcessWorker(before=fail)))


def test_nothing_is_computed_before_or_after_somebody_reads() -> None:
    worker = InProcessWorker()
    stream = chunks(Run(spiral_model()), worker)
    assert len(worker.payloads) == 0
    next(stream)
    assert len(worker.payloads) == 1
    stream.close()  # type: ignore[attr-defined]
    assert len(worker.payloads) == 1


def test_the_document_that_travels_with_every_slice_is_the_same_text(clock: Clock) -> None:
    """So that the worker can recognise it and need not read it again."""
    worker = InProcessWorker()
    run_lines(Run(spiral_model(), 300), worker)
    assert len({payload["document"] for payload in worker.payloads}) == 1
    assert len({payload["parameters"] for payload in worker.payloads}) == len(worker.payloads) > 3


# In processes of their own.


@pytest.fixture(scope="module")
def local_worker() -> Iterator[LocalWorker]:
    worker = LocalWorker(2)
    yield worker
    worker.close()


@pytest.mark.parametrize("name", ["classes", "in mid-epoch", "values"])
def test_a_run_in_another_process_is_the_same_run(local_worker: LocalWorker, name: str) -> None:
    model = MODELS[name]
    stream = chunks(Run(model, 300), local_worker)
    assert_is_that_run(read_lines(b"".join(stream)), oracle(model, 300))


def test_runs_side_by_side_are_each_its_own(local_worker: LocalWorker) -> None:
    asked = {name: Run(model, 200) for name, model in MODELS.items()}
    streams = {name: chunks(run, local_worker) for name, run in asked.items()}
    received: dict[str, bytes] = dict.fromkeys(streams, b"")
    while streams:
        for name, stream in list(streams.items()):
            chunk: Any = next(stream, None)
            if chunk is None:
                del streams[name]
            else:
                received[name] += chunk
    for name, run in asked.items():
        assert_is_that_run(read_lines(received[name]), oracle(run.model, 200))
