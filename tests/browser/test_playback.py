"""Playback: what has arrived of a run is shown at the pace at which it was made, and nothing waits for long."""

from itertools import pairwise

from tests.browser.relief import Relief


def shown(modules: Relief, bursts: list[list[int]], frames: list[float]) -> list[list[int]]:
    """Return what playback shows at each of some frames; bursts are [ms, first, last] of moments 0, 1, 2, …"""
    return list(
        modules.evaluate_module(
            "playback.mjs",
            """const playback = new m.Playback();
               const bursts = argument.bursts.slice();
               return argument.frames.map((now) => {
                 while (bursts.length && bursts[0][0] <= now) {
                   const [ms, first, last] = bursts.shift();
                   for (let moment = first; moment <= last; moment += 1) playback.push(moment, ms);
                 }
                 return playback.due(now);
               });""",
            {"bursts": bursts, "frames": frames},
        )
    )


def frames(first: int, last: int) -> list[float]:
    """The times of frames, 60 a second, in ms."""
    return [1000 * n / 60 for n in range(int(first * 0.06), int(last * 0.06))]


def test_moments_that_come_one_by_one_are_shown_as_they_come(modules: Relief) -> None:
    bursts = [[round(1000 * n / 60) - 3, n, n] for n in range(1, 60)]
    seen = shown(modules, bursts, frames(0, 1000))
    assert [len(moments) for moments in seen[1:58]] == [1] * 57


def test_bursts_of_a_busy_server_are_spread_over_the_time_between_them(modules: Relief) -> None:
    """Ten moments each half second: one every 50 ms, and not all at once and then nothing."""
    bursts = [[500 * n, 10 * n, 10 * n + 9] for n in range(8)]
    seen = shown(modules, bursts, frames(0, 4000))
    times = [at for at, moments in zip(frames(0, 4000), seen, strict=True) if moments]
    later = [after - before for before, after in pairwise(times) if before > 1000]
    assert max(later) < 120
    assert sum(map(len, seen)) >= 75
    assert [moment for moments in seen for moment in moments] == list(range(sum(map(len, seen))))


def test_a_page_slower_than_its_run_passes_moments_over_and_stays_near_the_present(modules: Relief) -> None:
    bursts = [[10 * n, n, n] for n in range(300)]
    seen = shown(modules, bursts, [100.0 * n for n in range(30)])
    assert all(moments[-1] >= 10 * n - 8 for n, moments in enumerate(seen) if n > 1)


def test_after_a_long_silence_nothing_is_held_back_for_long(modules: Relief) -> None:
    seen = shown(modules, [[0, 0, 0], [60_000, 1, 4]], [0, 60_000, 60_300, 60_600, 60_900])
    assert seen == [[0], [1], [2], [3], [4]]


def test_what_a_run_before_this_one_did_has_no_say_in_it(modules: Relief) -> None:
    found = modules.evaluate_module(
        "playback.mjs",
        """const playback = new m.Playback();
           playback.push("old", 0);
           playback.clear();
           ["a", "b"].forEach((moment) => playback.push(moment, 1000));
           return [playback.due(1000), playback.due(1016)];""",
    )
    assert found == [["a"], ["b"]]


def test_a_page_that_gets_no_frames_keeps_so_many_moments_and_hands_the_oldest_back(modules: Relief) -> None:
    found = modules.evaluate_module(
        "playback.mjs",
        """const playback = new m.Playback();
           const back = Array.from({ length: 1000 }, (_, moment) => playback.push(moment, 20 * moment));
           return { back: back.filter((moment) => moment !== null), waiting: playback.clear() };""",
    )
    assert found["back"] + found["waiting"] == list(range(1000))
    assert len(found["waiting"]) == 240
