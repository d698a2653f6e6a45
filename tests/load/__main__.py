"""Print what classes of several sizes see of one server: python -m tests.load [--pages 1 25 …] [--seconds 20]."""

import argparse
import asyncio
import os
from collections.abc import Iterable
from dataclasses import replace
from textwrap import fill

from nets import Model
from tests.benchmark.networks import largest
from tests.benchmark.server import serve
from tests.benchmark.tables import WIDTH, Column, grid
from tests.load.measure import Row, measure
from tests.load.page import Page

PAGES = (1, 25, 50, 100, 200, 400)
CLASS = 200  # pages that must be served well
ORDINARY = 50  # pages beside which a greedy one is measured

COLUMNS = (
    Column("served", "served", "d"),
    Column("snapshots/s", "snapshots"),
    Column("fewest", "fewest"),
    Column("uneven", "uneven", ".2f"),
    Column("healthz p95, ms", "healthy_p95", ".0f"),
    Column("edit p95, ms", "edit_p95", ".0f"),
    Column("pause p95, ms", "pause_p95", ".0f"),
    Column("web", "web", ".2f"),
    Column("training", "training", ".2f"),
    Column("load", "load", ".2f"),
    Column("MB", "memory", ".0f"),
    Column("growth", "growth"),
    Column("told to wait", "waits", "d"),
    Column("failed", "failures", "d"),
)
LEGEND = (
    "Every page trains a 2-8-8-3 network on data of its own as fast as it goes, edits it every 5 s on average, with "
    "one in four connections broken off, and is loaded anew every 30 s. 'snapshots/s' is of the page in the middle, "
    "'fewest' of the one worst off, 'uneven' the ratio of the 95th to the 5th page in a hundred. 'edit' is from a "
    "change to its first new snapshot, 'pause' the longest time a page saw nothing new. 'web', 'training' and 'load', "
    "the generator of all this, are in cores, which they share. 'MB' is what all processes of the server hold at the "
    "end, 'growth' what they held less after a fifth of the time."
)


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description="Measure Relief with many pages open.")
    parser.add_argument("--pages", type=int, nargs="+", default=PAGES, help="how many, row by row")
    parser.add_argument("--seconds", type=float, default=20, help="that every row is watched for")
    parser.add_argument("--minutes", type=float, default=10, help=f"that memory is watched for, with {CLASS} pages")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} processors, {os.getloadavg()[0]:.1f} of them busy with something else\n", flush=True)
    table("How cost grows with pages", "pages", classes(arguments.pages, arguments.seconds))
    table(f"Beside {ORDINARY} ordinary pages, which the columns are about", "beside", greedy(arguments.seconds))
    table("Memory", "minutes", [memory(arguments.minutes)])
    print(fill(LEGEND, WIDTH))


def table(title: str, heading: str, rows: Iterable[tuple[str, Row]]) -> None:
    """Print rows by their names."""
    named = [row._replace(name=name) for name, row in rows]
    print(f"{title}\n\n{grid((Column(heading, 'name'), *COLUMNS), named)}\n\n", flush=True)


def classes(sizes: Iterable[int], seconds: float) -> Iterable[tuple[str, Row]]:
    """Measure each number of pages against a new server."""
    for size in sizes:
        yield str(size), against_new_server([(None, "")] * size, seconds)


def greedy(seconds: float) -> Iterable[tuple[str, Row]]:
    """Measure ordinary pages beside one that asks for much."""
    large = largest()
    slow = replace(large, training=replace(large.training, optimizer="lbfgs"))
    ordinary: list[tuple[Model | None, str]] = [(None, "")] * ORDINARY
    yield "nobody", against_new_server(ordinary, seconds)
    yield "one more", against_new_server([*ordinary, (None, "")], seconds, ORDINARY)
    yield "the largest network", against_new_server([*ordinary, (large, "")], seconds, ORDINARY)
    yield "the same with L-BFGS", against_new_server([*ordinary, (slow, "")], seconds, ORDINARY)
    yield "16 streams of one", against_new_server([*ordinary, *[(large, "greedy")] * 16], seconds, ORDINARY)


def memory(minutes: float) -> tuple[str, Row]:
    """Measure a class for long; growth is since a fifth of the time was over."""
    return f"{minutes:g}", against_new_server([(None, "")] * CLASS, 60 * minutes)


def against_new_server(visitors: list[tuple[Model | None, str]], seconds: float, counted: int | None = None) -> Row:
    """Measure visitors, each a model and a session, against a server of their own; the first ``counted`` of them."""
    with serve() as server:
        pages = [Page(number, server.port, *visitor) for number, visitor in enumerate(visitors)]
        return asyncio.run(measure(pages, server.port, server.pid, seconds, counted=counted))


if __name__ == "__main__":
    main()
