"""Simulated pages against one server: what they see, and what it costs."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import numpy as np

from tests.load.client import request
from tests.load.cost import Cost, cost
from tests.load.page import Page

LOOK_EVERY = 0.05  # s between looks at /healthz
ARRIVE = 3.0  # s within which everybody comes, and again until what they see is watched


class Row(NamedTuple):
    """What some pages saw. Times are in ms; processor time is in cores, memory in MB.

    Of snapshots a second: those of the page in the middle and of the one with fewest; ``uneven`` is the ratio of the
    95th to the 5th page in a hundred.
    """

    pages: int
    served: int
    snapshots: float
    fewest: float
    uneven: float
    healthy_p95: float
    edit_p95: float
    pause_p95: float
    web: float
    training: float
    load: float
    memory: float
    growth: float
    waits: int
    failures: int
    why: str
    name: str = ""


async def measure(
    pages: Sequence[Page], port: int, pid: int, seconds: float, *, counted: int | None = None, arrive: float = ARRIVE
) -> Row:
    """Let pages come, wait until all are there, and watch the first ``counted`` of them for so many seconds."""
    async with visited(pages, arrive):
        experiences = [page.experience for page in pages[:counted]]
        counts = np.array([-experience.snapshots for experience in experiences])
        skipped = [len(experience.edits) for experience in experiences]
        start, own = time.monotonic(), time.process_time()
        costs, healthy = await watch(port, pid, start + seconds)
        elapsed = time.monotonic() - start
        counts += [experience.snapshots for experience in experiences]
        load = (time.process_time() - own) / elapsed
    rates = counts[counts > 0] / elapsed
    edits = [edit for experience, n in zip(experiences, skipped, strict=True) for edit in experience.edits[n:]]
    pauses = [pause for experience in experiences for pause in longest_pause(experience.arrivals, start)]
    failures = Counter(failure for experience in experiences for failure in experience.failures)
    failures["healthz"] = healthy.count(float("inf"))
    return Row(
        pages=len(pages),
        served=len(rates),
        snapshots=float(np.median(rates)),
        fewest=float(rates.min()),
        uneven=float(np.percentile(rates, 95) / np.percentile(rates, 5)),
        healthy_p95=1e3 * float(np.percentile(healthy, 95)),
        edit_p95=1e3 * float(np.percentile(edits, 95)),
        pause_p95=1e3 * float(np.percentile(pauses, 95)),
        web=(costs[-1].web - costs[0].web) / elapsed,
        training=(costs[-1].training - costs[0].training) / elapsed,
        load=load,
        memory=costs[-1].memory,
        growth=costs[-1].memory - costs[len(costs) // 5].memory,
        waits=sum(experience.waits for experience in experiences),
        failures=failures.total(),
        why=", ".join(f"{count} × {what}" for what, count in failures.most_common(3) if count),
    )


@asynccontextmanager
async def visited(pages: Sequence[Page], arrive: float) -> AsyncIterator[None]:
    """Let pages come one after the other, and go at the end of the block, which begins ``arrive`` s after the last.

    Raises:
        RuntimeError: when one has gone by itself, which is a mistake of this program.
    """
    tasks = []
    try:
        for page in pages:
            tasks.append(asyncio.create_task(page.live()))
            await asyncio.sleep(arrive / len(pages))
        await asyncio.sleep(arrive)
        yield
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if not isinstance(outcome, asyncio.CancelledError):
            raise RuntimeError("a simulated page ended by itself") from outcome


async def watch(port: int, pid: int, end: float) -> tuple[list[Cost], list[float]]:
    """Ask whether the server is well until a time.

    Returns:
        what it has cost, about once a second; the seconds of every answer, infinite for none.
    """
    costs, seconds = [cost(pid)], []
    while time.monotonic() < end:
        start = time.monotonic()
        seconds.append(float("inf"))
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            async with request(port, "GET", "/healthz") as answer:
                await answer.body()
                if answer.status == 200:
                    seconds[-1] = time.monotonic() - start
        if len(seconds) % round(1 / LOOK_EVERY) == 0:
            costs.append(cost(pid))
        await asyncio.sleep(LOOK_EVERY)
    return [*costs, cost(pid)], seconds


def longest_pause(arrivals: list[float], start: float) -> list[float]:
    """Return the longest time without anything new; nothing where too little came to tell."""
    times = np.array([arrival for arrival in arrivals if arrival >= start])
    return [float(np.diff(times).max())] if times.size > 1 else []
