"""The wall's main-thread time a frame, beside one Plotly scene of the same landscapes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser, Page

from nets.document import serialise
from nets.model import Model
from tests.benchmark.chromium import PROJECTOR, browse, wait_for
from tests.benchmark.networks import LARGEST, NETWORKS
from tests.benchmark.server import Server, serve
from tests.benchmark.tables import Benchmark, Column

WALL = ("2-8-8-3", "2-8-8-8-3", LARGEST)
PLOTLY = ("2-8-8-3", "2-8-8-8-3")  # not the largest: a redraw of 29 surfaces takes seconds already
FRAMES = 20  # of the wall a repetition; six repetitions fill the 120 frames that stats() looks back on
BUDGET = 3.0  # ms
RATIO = 0.25  # device pixels a CSS pixel: software graphics are slow by the pixel, the main thread is not

SCRIPT = Path(__file__).with_suffix(".js")
SCENES = ("plain", "unrefined")

READY = "window.relief && window.Plotly && document.querySelector('#map-plot .js-plotly-plot')?._fullLayout"


class Row(NamedTuple):
    """Milliseconds of main-thread time, medians; ``requests`` are those of all drags together."""

    network: str
    landscapes: int
    evaluate: float
    draw: float
    page: float
    requests: int
    plain: float | None = None
    plain_redraw: float | None = None
    unrefined: float | None = None
    unrefined_redraw: float | None = None
    budget: float = BUDGET

    @property
    def wall(self) -> float:
        return self.evaluate + self.draw

    @property
    def over_wall(self) -> float | None:
        return self.unrefined and self.unrefined / self.wall


class MainThread:
    """The page's main thread, as the browser itself accounts for it."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def busy(self) -> float:
        """Return the milliseconds that all its tasks have taken so far."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def measure(repetitions: int) -> list[Row]:
    """Drag a slider on the wall and restyle Plotly's scenes, in turn, on one page a network."""
    with serve() as server, browse() as browser:
        return [_row(browser, server, name, repetitions) for name in WALL]


def _row(browser: Browser, server: Server, name: str, repetitions: int) -> Row:
    scenes = SCENES if name in PLOTLY else ()
    drags: list[float] = []
    restyles: dict[str, list[tuple[float, float]]] = {scene: [] for scene in scenes}
    with _page(browser, server, NETWORKS[name], scenes) as page:
        thread = MainThread(page)
        requests = 0
        for _ in range(repetitions):
            before = _settled(page, thread)
            stats = page.evaluate("(frames) => benchmark.drag(frames)", FRAMES)
            requests += stats["requests"]
            drags.append((thread.busy() - before) / FRAMES)
            for scene in scenes:
                before = _settled(page, thread)
                call = page.evaluate("(scene) => benchmark.restyle(scene)", scene)
                restyles[scene].append((call, thread.busy() - before))
    return Row(
        name,
        2 + sum(layer.width for layer in NETWORKS[name].layers),
        stats["evaluateMs"],
        stats["drawMs"],
        median(drags),
        requests,
        *(median(times) for scene in scenes for times in zip(*restyles[scene], strict=True)),
    )


@contextmanager
def _page(browser: Browser, server: Server, model: Model, scenes: tuple[str, ...]) -> Iterator[Page]:
    """Open the page with a network on its wall, a first-layer neuron selected, and Plotly's scenes."""
    page = browser.new_page(viewport=PROJECTOR, device_scale_factor=RATIO)
    try:
        page.goto(server.url)
        wait_for(page, READY)
        page.evaluate(SCRIPT.read_text())
        page.evaluate("(document) => relief.load(document)", serialise(model))
        page.evaluate("relief.select(1, 0)")
        if scenes:
            page.evaluate("(scenes) => benchmark.prepare(scenes)", scenes)
        yield page
    finally:
        page.close()


def _settled(page: Page, thread: MainThread) -> float:
    """Let what is under way end; return the main thread's time so far."""
    page.evaluate("benchmark.settle(5)")
    return thread.busy()


BENCHMARK = Benchmark(
    name="frames",
    title="The wall against one Plotly scene of the same 49² landscapes; main-thread ms",
    caption=(
        f"Dragging the first weight's slider, {FRAMES} frames a repetition, in headless Chromium with software "
        "graphics, a quarter of a device pixel a CSS pixel. 'evaluate' (and upload) and 'draw' (issue it) are the "
        "page's own medians over the last 120 frames, window.relief.stats(), in steps of 0.1 ms; 'wall' is their sum, "
        "which has the budget. 'page' is all that the main thread did a frame, the inspector's Plotly included (mean "
        "of a drag, median of drags); 'requests' those of all drags. Then the same landscapes as surfaces of one "
        "Plotly scene, all z restyled at once, their evaluation not included: 'plain' as Plotly does it, which "
        "refines grids this coarse, 'unrefined' tricked out of that. The first number is the synchronous call of "
        "Plotly.restyle; '+ redraw' all that the main thread did from there to the second animation frame, where it "
        "waits for the software graphics. '× wall' is the unrefined call over the wall."
    ),
    columns=(
        Column("network", "network"),
        Column("landscapes", "landscapes", "d"),
        Column("evaluate", "evaluate", ".2f"),
        Column("draw", "draw", ".2f"),
        Column("wall", "wall", ".2f"),
        Column("budget", "budget", ".0f"),
        Column("page", "page"),
        Column("requests", "requests", "d"),
        Column("plain", "plain", ".0f"),
        Column("+ redraw", "plain_redraw", ".0f"),
        Column("unrefined", "unrefined", ".0f"),
        Column("+ redraw", "unrefined_redraw", ".0f"),
        Column("× wall", "over_wall", ".0f"),
    ),
    measure=measure,
    repetitions=6,
    quick=3,
)
