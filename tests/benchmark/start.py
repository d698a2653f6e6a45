"""From nothing to the first landscapes: seconds, and bytes over the wire."""

from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser

from tests.benchmark.chromium import PROJECTOR, browse, wait_for
from tests.benchmark.server import Server, serve
from tests.benchmark.tables import Benchmark, Column

BUDGET_SECONDS = 2.0
BUDGET_KILOBYTES = 700.0
PLOTLY = "plotly"  # is in the address of its script, and in no other
QUIET = 0.5  # s without a request: all has been transferred

# Note when the wall has drawn its first frame; the next animation frame begins when that one is done.
WATCH = """
const look = () => {
  if (window.relief?.stats().frames >= 1) window.landscapesAt = performance.now() / 1000;
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
# The inspector comes last: it waits for Plotly.
COMPLETE = "document.querySelector('#map-plot .js-plotly-plot')?._fullLayout"


class Row(NamedTuple):
    """Medians in seconds and kilobytes (1,000 bytes, headers included)."""

    visitor: str
    healthy: float | None
    landscapes: float
    before_plotly: float
    with_plotly: float
    requests: int
    all_requests: int
    budget_seconds: float = BUDGET_SECONDS
    budget_kilobytes: float = BUDGET_KILOBYTES


class Visit(NamedTuple):
    """Seconds from navigation to the first landscapes; bytes of every request, in the order they were sent."""

    landscapes: float
    sent: dict[str, str]
    received: dict[str, float]

    def bytes_and_count(self, is_before_plotly: bool) -> tuple[float, int]:
        ids = list(self.sent)
        end = (
            next((i for i, id_ in enumerate(ids) if PLOTLY in self.sent[id_]), len(ids))
            if is_before_plotly
            else len(ids)
        )
        return sum(self.received.get(id_, 0) for id_ in ids[:end]), end


def measure(repetitions: int) -> list[Row]:
    """Each time start a server and a browser anew, and visit it twice, each time with nothing cached."""
    healthy, firsts, seconds = [], [], []
    for _ in range(repetitions):
        with serve() as server, browse() as browser:
            healthy.append(server.seconds)
            firsts.append(visit(browser, server))
            seconds.append(visit(browser, server))
    return [_row("first", firsts, median(healthy)), _row("second", seconds, None)]


def visit(browser: Browser, server: Server) -> Visit:
    """Open the page in a new profile and wait until everything has arrived.

    Raises:
        RuntimeError: when Plotly was never asked for.
    """
    context = browser.new_context(viewport=PROJECTOR)
    page = context.new_page()
    sent: dict[str, str] = {}
    received: dict[str, float] = {}
    session = context.new_cdp_session(page)
    session.on("Network.requestWillBeSent", lambda event: sent.update({event["requestId"]: event["request"]["url"]}))
    session.on(
        "Network.loadingFinished", lambda event: received.update({event["requestId"]: event["encodedDataLength"]})
    )
    session.send("Network.enable")
    page.add_init_script(WATCH)
    try:
        page.goto(server.url, wait_until="commit")
        landscapes = wait_for(page, "window.landscapesAt")
        wait_for(page, COMPLETE)
        before = -1
        while before != len(received):
            before = len(received)
            page.wait_for_timeout(1000 * QUIET)
    finally:
        context.close()
    if not any(PLOTLY in url for url in sent.values()):
        raise RuntimeError("the page did not ask for Plotly")
    return Visit(landscapes, {id_: url for id_, url in sent.items() if not url.startswith("data:")}, received)


def _row(visitor: str, visits: list[Visit], healthy: float | None) -> Row:
    before = [one.bytes_and_count(is_before_plotly=True) for one in visits]
    everything = [one.bytes_and_count(is_before_plotly=False) for one in visits]
    return Row(
        visitor,
        healthy,
        median(one.landscapes for one in visits),
        median(size for size, _ in before) / 1000,
        median(size for size, _ in everything) / 1000,
        round(median(count for _, count in before)),
        round(median(count for _, count in everything)),
    )


BENCHMARK = Benchmark(
    name="start",
    title="From nothing to the first landscapes",
    caption=(
        "A new server and a new browser each time. 'healthz': seconds from starting the process to /healthz answering. "
        "'landscapes': seconds from navigation to the end of the first frame the wall has issued (software graphics "
        "may still be painting it). kB: bytes received, compressed and with headers, for all requests sent before "
        "Plotly's script was asked for, and for all. The second visitor comes to the same server with an empty cache."
    ),
    columns=(
        Column("visitor", "visitor"),
        Column("healthz, s", "healthy", ".2f"),
        Column("landscapes, s", "landscapes", ".2f"),
        Column("budget, s", "budget_seconds", ".0f"),
        Column("before Plotly, kB", "before_plotly", ".0f"),
        Column("budget, kB", "budget_kilobytes", ".0f"),
        Column("with Plotly, kB", "with_plotly", ".0f"),
        Column("requests before", "requests", "d"),
        Column("with", "all_requests", "d"),
    ),
    measure=measure,
    repetitions=5,
    quick=2,
)
