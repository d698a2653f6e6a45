"""A class in small: what ``make load`` measures, for a few seconds, and only what no machine is too slow for."""

import asyncio

from tests.benchmark.server import serve
from tests.load.__main__ import COLUMNS
from tests.load.measure import Row, measure
from tests.load.page import Page

SECONDS = 4.0


def visit(pages: int, **settings: str) -> Row:
    with serve(**settings) as server:
        visitors = [Page(number, server.port) for number in range(pages)]
        return asyncio.run(measure(visitors, server.port, server.pid, SECONDS, arrive=1.0))


def test_a_class_with_more_pages_than_places_has_some_wait_and_nothing_fail() -> None:
    row = visit(30, RELIEF_STREAMS="24")
    assert (row.failures, row.why) == (0, "")
    assert row.served >= 24
    assert row.fewest > 0
    assert row.waits > 0
    assert row.growth < 50


def test_every_column_of_the_table_is_a_field_of_a_row() -> None:
    assert {column.field for column in COLUMNS} < set(Row._fields)
