"""What a training stream sends: bytes a line and lines a second."""

import json
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from nets.document import serialise
from nets.model import Model
from tests.benchmark.networks import NETWORKS
from tests.benchmark.server import HOST, Server, serve
from tests.benchmark.tables import Benchmark, Column

WARM = 0.5  # s at the beginning of a stream that do not count: processes start, documents are read
LISTEN = 2.0  # s of each stream, per repetition
BYTES_A_PARAMETER, BYTES_A_LINE = 6, 300  # the budget of a snapshot


class Row(NamedTuple):
    """Bytes of the longest line of a kind, and how many lines of it one stream sends a second (a median)."""

    network: str
    parameters: int
    snapshot: int | None
    budget: int
    checkpoint: int | None
    moments_a_second: float
    checkpoints_a_second: float
    epochs_a_second: float


class Line(NamedTuple):
    """A line of a stream: seconds since the stream began, bytes with the newline, what it says."""

    at: float
    bytes: int
    moment: dict[str, Any]

    @property
    def is_checkpoint(self) -> bool:
        return "progress" in self.moment


def measure(repetitions: int) -> list[Row]:
    """Listen to one stream at a time, the networks in turn."""
    with serve() as server:
        streams = [[listen(server, model) for model in NETWORKS.values()] for _ in range(repetitions)]
    return [_row(name, model, taken) for (name, model), *taken in zip(NETWORKS.items(), *streams, strict=True)]


def listen(server: Server, model: Model) -> list[Line]:
    """Train a model at full speed for ``WARM + LISTEN`` seconds and return the lines after ``WARM``.

    Raises:
        RuntimeError: when the server refuses.
    """
    connection = HTTPConnection(HOST, server.port, timeout=30)
    body = json.dumps({"model": serialise(model)})
    lines = []
    try:
        connection.request("POST", "/api/train", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"POST /api/train answered {response.status}: {response.read()!r}")
        start = perf_counter()
        while perf_counter() - start < WARM + LISTEN:
            text = response.readline()
            lines.append(Line(perf_counter() - start, len(text), json.loads(text)))
    finally:
        connection.close()
    return [line for line in lines if WARM <= line.at < WARM + LISTEN]


def _row(name: str, model: Model, streams: list[list[Line]]) -> Row:
    size = model.parameters.size

    def longest(is_checkpoint: bool) -> int | None:
        return max(
            (line.bytes for lines in streams for line in lines if line.is_checkpoint is is_checkpoint), default=None
        )

    def a_second(lines: list[Line]) -> float:
        return len(lines) / LISTEN

    return Row(
        name,
        size,
        longest(False),
        BYTES_A_PARAMETER * size + BYTES_A_LINE,
        longest(True),
        median(a_second(lines) for lines in streams),
        median(a_second([line for line in lines if line.is_checkpoint]) for lines in streams),
        median(
            (lines[-1].moment["epoch"] - lines[0].moment["epoch"]) / (lines[-1].at - lines[0].at) for lines in streams
        ),
    )


BENCHMARK = Benchmark(
    name="wire",
    title="One training stream at full speed against the real server",
    caption=(
        "Bytes of the longest line of its kind, newline included. The budget, 6 bytes a parameter + 300, is that of "
        "a snapshot; a checkpoint carries float64 and the optimiser's state. 'moments/s' are all lines a second "
        "(every one can be shown; the server sends at most 60 snapshots a second), 'checkpoints/s' those among them "
        "that training can go on from."
    ),
    columns=(
        Column("network", "network"),
        Column("parameters", "parameters", "d"),
        Column("snapshot, B", "snapshot", "d"),
        Column("budget, B", "budget", "d"),
        Column("checkpoint, B", "checkpoint", "d"),
        Column("moments/s", "moments_a_second"),
        Column("checkpoints/s", "checkpoints_a_second"),
        Column("epochs/s", "epochs_a_second"),
    ),
    measure=measure,
    repetitions=5,
    quick=1,
)
