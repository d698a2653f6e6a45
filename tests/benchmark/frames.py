"""The wall's main-thread time a frame, beside one Plotly scene of the same landscapes."""

from statistics import median
from typing import Any, NamedTuple

from playwright.sync_api import Browser, CDPSession, Page

from nets.document import serialise
from nets.model import Model
from tests.benchmark.chromium import PROJECTOR, browse, wait_for
from tests.benchmark.networks import LARGEST, NETWORKS
from tests.benchmark.server import Server, serve
from tests.benchmark.tables import Benchmark, Column

WALL = ("2-8-8-3", "2-8-8-8-3", LARGEST)
PLOTLY = ("2-8-8-3", "2-8-8-8-3")  # 258 surfaces are too many for it
FRAMES = 20  # of the wall a repetition; six repetitions fill the 120 frames that stats() looks back on
BUDGET = 3.0  # ms
RATIO = 0.25  # device pixels a CSS pixel: software graphics are slow by the pixel, the main thread is not

READY = "window.relief && window.Plotly && document.querySelector('#map-plot .js-plotly-plot')?._fullLayout"

# Drag the first weight's slider through so many frames, from the phase in which the last drag ended.
DRAG = """async (frames) => {
  const slider = document.querySelector('#terms input[type="range"]');
  for (let i = 0; i < frames; i += 1) {
    window.phase = (window.phase ?? 0) + 0.1;
    slider.value = Math.sin(window.phase);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
  }
  slider.dispatchEvent(new Event("change", { bubbles: true }));
  return window.relief.stats();
}"""

# Two scenes in which every landscape is a surface trace, placed as its tile is on the wall, and what they
# are restyled to: the landscapes at two values of the first weight. Grids below 120 points an axis are
# refined by Plotly; a trace that begins with more points in a row than it later has is not.
PREPARE = """async (names) => {
  const { relief, Plotly } = window;
  const widths = [2, ...relief.model().layers.map(({ width }) => width)];
  const neurons = widths.flatMap((width, layer) => Array.from({ length: width }, (_, neuron) => [layer, neuron, width]));
  const rows = ({ n, values }) => Array.from({ length: n }, (_, row) => Float64Array.from(values.slice(row * n, row * n + n)));
  const heights = [0.3, -0.7].map((weight) => {
    relief.setParameter(0, weight);
    return neurons.map(([layer, neuron]) => rows(relief.surface(layer, neuron)));
  });
  const n = heights[0][0].length;
  const along = (centre) => Array.from({ length: n }, (_, i) => centre + 0.9 * (i / (n - 1) - 0.5));
  const level = { show: true, start: -0.75, end: 0.75, size: 0.25, highlight: false };
  const contours = { x: { highlight: false }, y: { highlight: false }, z: level };
  const look = { type: "surface", cmin: -1, cmax: 1, showscale: false, hoverinfo: "skip", contours };
  const traces = neurons.map(([layer, neuron, width], i) => {
    return { ...look, x: along(layer), y: along(neuron - (width - 1) / 2), z: heights[0][i] };
  });
  const layout = { margin: { l: 0, r: 0, t: 0, b: 0 }, scene: { aspectmode: "cube", zaxis: { range: [-1, 1] } } };
  const fine = { x: Array.from({ length: 721 }, (_, i) => i), y: [0, 1], z: [0, 1].map(() => new Float64Array(721)) };
  window.scenes = {};
  for (const name of names) {
    const scene = document.createElement("div");
    scene.style.cssText = "position: fixed; inset: auto auto 0 0; width: 600px; height: 400px; z-index: 1000";
    document.body.append(scene);
    const isRefined = name === "refined";
    await Plotly.newPlot(scene, isRefined ? traces : traces.map((trace) => ({ ...trace, ...fine })), layout);
    const given = (key) => traces.map((trace) => trace[key]);
    if (!isRefined) await Plotly.restyle(scene, { x: given("x"), y: given("y"), z: given("z") });
    window.scenes[name] = { scene, heights, next: 1 };
  }
}"""

# The synchronous part of one restyle, in ms; the redraw is over before the second animation frame.
RESTYLE = """async (name) => {
  const plot = window.scenes[name];
  const z = plot.heights[plot.next];
  plot.next = 1 - plot.next;
  const start = performance.now();
  const done = window.Plotly.restyle(plot.scene, { z });
  const taken = performance.now() - start;
  await done;
  for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame);
  return taken;
}"""
SETTLE = "async () => { for (let i = 0; i < 5; i += 1) await new Promise(requestAnimationFrame); }"
SCENES = ("refined", "unrefined")


class Row(NamedTuple):
    """Milliseconds of main-thread time, medians; requests are those of all drags together."""

    network: str
    landscapes: int
    evaluate: float
    draw: float
    wall: float
    page: float
    requests: int
    restyle: float | None = None
    redraw: float | None = None
    unrefined_restyle: float | None = None
    unrefined_redraw: float | None = None
    over_wall: float | None = None
    budget: float = BUDGET


class Restyle(NamedTuple):
    """One restyle, in ms: its synchronous part, and all the main thread did until the second frame after it."""

    synchronous: float
    whole: float


def measure(repetitions: int) -> list[Row]:
    """Drag a slider on the wall and restyle Plotly's scenes, in turn, on one page a network."""
    with serve() as server, browse() as browser:
        return [_row(browser, server, name, repetitions) for name in WALL]


def _row(browser: Browser, server: Server, name: str, repetitions: int) -> Row:
    page = browser.new_page(viewport=PROJECTOR, device_scale_factor=RATIO)
    model = NETWORKS[name]
    try:
        _open(page, server, model)
        scenes = SCENES if name in PLOTLY else ()
        if scenes:
            page.evaluate(PREPARE, scenes)
        thread = MainThread(page)
        requests = page.evaluate("() => window.relief.stats().requests")
        drags, restyles = [], {scene: [] for scene in scenes}
        for _ in range(repetitions):
            page.evaluate(SETTLE)
            before = thread.busy()
            stats = page.evaluate(DRAG, FRAMES)
            drags.append((thread.busy() - before) / FRAMES)
            for scene in scenes:
                restyles[scene].append(_restyle(page, thread, scene))
        landscapes = 2 + sum(layer.width for layer in model.layers)
        return _summary(name, landscapes, stats, median(drags), stats["requests"] - requests, restyles)
    finally:
        page.close()


def _open(page: Page, server: Server, model: Model) -> None:
    page.goto(server.url)
    wait_for(page, READY)
    page.evaluate("async (document) => { await window.relief.load(document); }", serialise(model))
    page.evaluate("() => window.relief.select(1, 0)")


class MainThread:
    """The page's main thread, as the browser itself accounts for it."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def busy(self) -> float:
        """Return the milliseconds that all its tasks have taken so far."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def _restyle(page: Page, thread: MainThread, scene: str) -> Restyle:
    page.evaluate(SETTLE)
    before = thread.busy()
    synchronous = page.evaluate(RESTYLE, scene)
    return Restyle(synchronous, thread.busy() - before)


def _summary(
    name: str,
    landscapes: int,
    stats: dict[str, Any],
    page: float,
    requests: int,
    restyles: dict[str, list[Restyle]],
) -> Row:
    wall = stats["evaluateMs"] + stats["drawMs"]
    row = Row(name, landscapes, stats["evaluateMs"], stats["drawMs"], wall, page, requests)
    if not restyles:
        return row
    times = [
        median(getattr(one, part) for one in restyles[scene]) for scene in SCENES for part in Restyle._fields
    ]
    return row._replace(
        **dict(zip(("restyle", "redraw", "unrefined_restyle", "unrefined_redraw"), times, strict=True)),
        over_wall=times[2] / wall,
    )


BENCHMARK = Benchmark(
    name="frames",
    title="The wall against one Plotly scene of the same 49² landscapes; main-thread ms",
    caption=(
        f"Dragging the first weight's slider, {FRAMES} frames a repetition, headless Chromium with software graphics "
        "(a quarter of a device pixel a CSS pixel). 'evaluate' (with upload) and 'draw' (issue) are the page's own "
        "medians over the last 120 frames, window.relief.stats(), in steps of 0.1 ms; 'wall' is their sum, 'page' all the main "
        "thread did a frame, the Plotly inspector's drawing included (mean of a drag, median of drags). 'restyle': the "
        "synchronous part of one Plotly.restyle of every surface's z, evaluation not included; '+ redraw': all the "
        "main thread did from that call to the second animation frame, which software graphics lengthen. Plotly "
        "refines grids this coarse unless tricked; 'plain' is as it comes, 'tricked' without. '× wall' is the "
        "tricked restyle over the wall."
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
        Column("plain restyle", "restyle", ".0f"),
        Column("+ redraw", "redraw", ".0f"),
        Column("tricked restyle", "unrefined_restyle", ".0f"),
        Column("+ redraw", "unrefined_redraw", ".0f"),
        Column("× wall", "over_wall", ".0f"),
    ),
    measure=measure,
    repetitions=6,
    quick=3,
)
