"""A class in small: what ``make load`` measures, for a few seconds, and only what no machine is too slow for."""

import asyncio

from tests.benchmark.server import serve
from tests.load.__main__ import COLUMNS, NamedRow
from tests.load.measure import Row, measure
from tests.load.page import Page

SECONDS = 4.0


def visit(pages: int, **settings: str) -> Row:
    with serve(**settings) as server:
        visitors = [Page(number, server.port) for number in range(pages)]
        return asyncio.run(measure(visitors, server.port, server.pid, SECONDS))


def test_everybody_of_a_class_is_served_and_nothing_fails() -> None:
    row = visit(30)
    assert (row.failures, row.why) == (0, "")
    assert row.served == row.pages == 30
    assert row.fewest > 0
    assert row.waits == 0
    assert row.growth < 50


def test_past_the_last_place_pages_are_told_to_wait_and_nothing_fails() -> None:
    row = visit(12, RELIEF_STREAMS="8")
    assert (row.failures, row.why) == (0, "")
    assert row.waits > 0
    assert row.served >= 8


def test_every_column_of_the_table_is_a_field_of_a_row() -> None:
    row = NamedRow("a class", Row(*range(len(Row._fields))))
    assert all(hasattr(row, column.field) for column in COLUMNS)
