"""The background: slices that shrink as runs become more, questions in turns with them."""

import json
import threading
from contextlib import ExitStack
from dataclasses import replace

import pytest

from app.background import LONGEST_SLICE, SHORTEST_SLICE, TURN
from app.places import QUESTIONS_PER_SESSION, NoPlaceError
from app.pool import LocalWorker
from app.stream import Record, Run, lines
from app.tasks import Payload
from app.worker import WorkerError
from nets import create, dataset, serialise
from tests.app.backgrounds import background
from tests.app.conditions import until
from tests.app.workers import InProcessWorker
from tests.nets.models import spiral_model


def about_a_model() -> Payload:
    return {"document": json.dumps(serialise(spiral_model()))}


@pytest.mark.parametrize(
    ("processes", "active", "seconds"),
    [
        (1, 0, 0.05),
        (1, 1, 0.05),
        (1, 8, 0.05),
        (1, 16, 0.025),
        (2, 1, 0.05),
        (2, 16, 0.05),
        (2, 40, 0.02),
        (2, 200, 0.004),
        (2, 400, 0.002),
        (2, 1000, 0.002),
        (64, 200, 0.05),
    ],
)
def test_a_slice_is_50_ms_and_shrinks_to_2_ms_with_the_number_of_runs(
    processes: int, active: int, seconds: float
) -> None:
    shared = background(InProcessWorker(processes), streams=10_000)
    with ExitStack() as places:
        for number in range(active):
            places.enter_context(shared.streams.take(str(number)))
        assert shared.slice_seconds == pytest.approx(seconds)
    assert shared.slice_seconds == LONGEST_SLICE


@pytest.mark.parametrize("processes", [1, 2, 8])
def test_everybodys_turn_comes_round_within_the_time_of_a_turn(processes: int) -> None:
    shared = background(InProcessWorker(processes), streams=10_000)
    with ExitStack() as places:
        for active in range(1, int(TURN * processes / SHORTEST_SLICE) + 1):
            places.enter_context(shared.streams.take(str(active)))
            assert shared.slice_seconds * active / processes <= TURN * (1 + 1e-9)


def test_a_question_is_answered_without_what_it_cost() -> None:
    assert set(background().ask("a", "gradient", about_a_model())) == {"loss", "gradient"}


def test_a_question_waits_for_its_turn() -> None:
    worker = InProcessWorker()
    shared = background(worker)
    with shared.turns.ask("another", 1.0):
        thread = threading.Thread(target=shared.ask, args=("a", "gradient", about_a_model()))
        thread.start()
        until(lambda: shared.turns.waiting == 1, "the question waits")
        assert worker.payloads == []
    thread.join()
    assert len(worker.payloads) == 1


def test_a_question_whose_turn_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.background.PATIENCE", 0.01)
    shared = background()
    with shared.turns.ask("another", 1.0), pytest.raises(WorkerError, match=r"no turn came within 0\.01 s"):
        shared.ask("a", "gradient", about_a_model())
    assert "gradient" in shared.ask("a", "gradient", about_a_model())


def test_one_session_asks_so_many_questions_at_a_time_and_others_are_answered_meanwhile() -> None:
    shared = background()
    with ExitStack() as asked:
        for _ in range(QUESTIONS_PER_SESSION):
            asked.enter_context(shared.questions.take("a"))
        with pytest.raises(NoPlaceError):
            shared.ask("a", "gradient", about_a_model())
        assert "gradient" in shared.ask("b", "gradient", about_a_model())


def test_the_cost_of_questions_is_counted_as_that_of_runs_is() -> None:
    shared = background(InProcessWorker(2))
    with shared.turns.ask("another", 1.0):
        shared.ask("a", "gradient", about_a_model())
        assert 0 < shared.turns._used["a"] < 0.5


# With real processes.


def test_the_largest_network_at_full_speed_gets_no_more_than_its_share_of_the_processors() -> None:
    """Beside eight ordinary runs, whoever trains it, with an optimiser whose steps are long."""
    worker = LocalWorker(2)
    shared = background(worker)
    hog = create(dataset("gaussians", 6, n=1000), hidden=[32] * 7)
    hog = replace(hog, training=replace(hog.training, optimizer="lbfgs"))
    models = {"hog": hog} | {str(n): create(dataset("spiral", seed=n), hidden=[8, 8]) for n in range(8)}
    records = {name: Record() for name in models}
    over = threading.Event()

    def train(name: str) -> None:
        for _ in lines(shared, Run(models[name], session=name), records[name], over.is_set):
            pass

    threads = [threading.Thread(target=train, args=(name,)) for name in models]
    try:
        for thread in threads:
            thread.start()
        until(lambda: min(record.busy for record in records.values()) > 0.25, "everybody has had a quarter of a second")
    finally:
        over.set()
        for thread in threads:
            thread.join()
        worker.close()
    ordinary = [record.busy for name, record in records.items() if name != "hog"]
    longest = records["hog"].busy / records["hog"].slices
    assert records["hog"].busy < 1.3 * max(ordinary) + 2 * longest
    assert max(ordinary) < 1.3 * min(ordinary) + 0.1
