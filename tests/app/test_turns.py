"""Turns: everybody's share, whatever they ask for, and nobody waits for nothing."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from app.turns import MANY, Turns


class Simulation:
    """Sessions that always want another turn, served one at a time; work takes no time but is counted."""

    def __init__(self, turns: Turns, work: dict[str, list[float]], expected: float = 0.01) -> None:
        """``work``: what every turn of each of a session's streams costs, in seconds."""
        self._turns = turns
        self._expected = expected
        self._waiting = [(name, cost, self._ask(name)) for name, costs in work.items() for cost in costs]
        self.used: Counter[str] = Counter()

    def _ask(self, name: str):  # type: ignore[no-untyped-def]
        block = self._turns.ask(name, self._expected)
        return block, block.__enter__()

    def serve(self, count: int) -> Iterator[str]:
        """Let so many turns come, each asked for again when it has ended; yields whose they are."""
        for _ in range(count):
            ((name, cost, (block, turn)),) = [entry for entry in self._waiting if entry[2][1].has_come]
            turn.used = cost
            self.used[name] += cost
            self._waiting = [entry for entry in self._waiting if entry[2][1] is not turn]
            again = self._ask(name)
            block.__exit__(None, None, None)
            self._waiting.append((name, cost, again))
            yield name


def shares(work: dict[str, list[float]], count: int = 4000) -> dict[str, float]:
    """What part of all work is each session's."""
    simulation = Simulation(Turns(1), work)
    list(simulation.serve(count))
    return {name: used / simulation.used.total() for name, used in simulation.used.items()}


def test_equals_come_one_after_the_other() -> None:
    order = list(Simulation(Turns(1), {"a": [0.01], "b": [0.01], "c": [0.01]}).serve(30))
    assert all(set(order[i : i + 3]) == {"a", "b", "c"} for i in range(0, 30, 3))


def test_a_session_that_needs_long_turns_gets_them_less_often() -> None:
    found = shares({"greedy": [0.3]} | {str(n): [0.01] for n in range(50)}, 40_000)
    assert found["greedy"] == pytest.approx(1 / 51, rel=0.2)


def test_a_session_with_many_streams_has_no_more_than_one_with_one() -> None:
    found = shares({"many": [0.01] * 16} | {str(n): [0.01] for n in range(9)})
    assert found["many"] == pytest.approx(1 / 10, rel=0.05)


def test_what_one_uses_beyond_what_was_expected_is_counted_all_the_same() -> None:
    found = shares({"a": [0.001], "b": [0.02]})
    assert found["a"] == pytest.approx(0.5, rel=0.05)


def test_who_comes_late_has_nothing_to_make_up_for_and_nothing_saved() -> None:
    turns = Turns(1)
    first = Simulation(turns, {"early": [0.01]})
    list(first.serve(1000))
    both = Simulation(turns, {"late": [0.01]})
    both._waiting += first._waiting
    assert Counter(both.serve(100)) == pytest.approx({"early": 50, "late": 50}, abs=2)


def test_the_first_sign_of_an_answer_comes_before_the_turns_of_others() -> None:
    turns = Turns(1)
    with ExitStack() as others:
        held_block = turns.ask("holder", 0.01)
        assert held_block.__enter__().has_come
        abandoned = others.enter_context(turns.ask("edits", 0.01))
        waiting = [others.enter_context(turns.ask(str(n), 0.01)) for n in range(20)]
        with turns.ask("edits", 0.002, 0.02) as first:
            assert not any(turn.has_come for turn in (abandoned, first, *waiting))
            held_block.__exit__(None, None, None)
            assert first.has_come
            assert not any(turn.has_come for turn in waiting)


def test_asking_for_first_turns_again_and_again_gains_nothing() -> None:
    turns, served = Turns(1), Counter[str]()
    pending = {name: turns.ask(name, 0.01, 0.02 if name == "eager" else 0) for name in ("eager", "b", "c", "d")}
    held = {name: block.__enter__() for name, block in pending.items()}
    for _ in range(4000):
        (name,) = [name for name, turn in held.items() if turn.has_come]
        served[name] += 1
        old = pending[name]
        pending[name] = turns.ask(name, 0.01, 0.02 if name == "eager" else 0)
        held[name] = pending[name].__enter__()
        old.__exit__(None, None, None)
    assert served["eager"] == pytest.approx(1000, rel=0.01)


def test_so_many_turns_are_held_at_once_and_no_more() -> None:
    turns = Turns(3)
    with ExitStack() as asked:
        all_ = [asked.enter_context(turns.ask(str(n), 0.01)) for n in range(8)]
        assert sum(turn.has_come for turn in all_) == 3
        assert turns.waiting == 5
    assert turns.waiting == 0


def test_a_turn_that_nobody_waits_for_any_more_is_given_to_the_next() -> None:
    turns = Turns(1)
    with turns.ask("a", 0.01) as held:
        with turns.ask("b", 0.01), turns.ask("c", 0.01) as last:
            assert held.has_come
            assert not last.has_come
        assert turns.waiting == 0
    with turns.ask("d", 0.01) as following:
        assert following.wait(0)


def test_waiting_ends_when_the_turn_comes_and_says_how_long_it_took() -> None:
    turns = Turns(1)
    found: list[float] = []

    def wait() -> None:
        with turns.ask("b", 0.01) as turn:
            started.set()
            assert turn.wait(30)
            found.append(turn.waited)

    started = threading.Event()
    thread = threading.Thread(target=wait)
    with turns.ask("a", 0.01):
        thread.start()
        started.wait()
    thread.join()
    assert 0 < found[0] < 30


def test_waiting_longer_than_wanted_ends_too() -> None:
    turns = Turns(1)
    with turns.ask("a", 0.01), turns.ask("b", 0.01) as turn:
        assert not turn.wait(0.01)


def test_many_threads_get_all_their_turns() -> None:
    turns, done = Turns(2), Counter[int]()

    def work(number: int) -> None:
        for _ in range(50):
            with turns.ask(str(number % 7), 0.001) as turn:
                assert turn.wait(30)
                done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == dict.fromkeys(range(30), 50)
    assert turns.waiting == 0


def test_sessions_that_are_not_seen_again_are_forgotten() -> None:
    turns = Turns(2)
    with turns.ask("long", 1.0):
        for number in range(5 * MANY):
            with turns.ask(str(number), 0.001):
                pass
        assert len(turns._used) <= MANY
    assert not turns._used


def test_where_nobody_waited_nobody_owes_anything() -> None:
    turns = Turns(1)
    with turns.ask("a", 0.01) as turn:
        turn.used = 100.0
    found = Counter(Simulation(turns, {"a": [0.01], "b": [0.01]}).serve(100))
    assert found == {"a": 50, "b": 50}
