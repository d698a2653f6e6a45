"""What a server costs the machine, read from /proc."""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.app.processes import children, descendants

TICKS = os.sysconf("SC_CLK_TCK")  # a second


class Cost(NamedTuple):
    """Processor seconds of the web process and of the training processes so far, and memory of all of them in MB."""

    web: float
    training: float
    memory: float


def cost(pid: int) -> Cost:
    """Return what the server whose first process is ``pid`` has cost; what processes share counts once."""
    web = children(pid)
    others = descendants(pid) - web
    return Cost(sum(map(_seconds, web)), sum(map(_seconds, others)), sum(map(_megabytes, {pid, *web, *others})))


def _seconds(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0


def _megabytes(pid: int) -> float:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000
    return 0.0
