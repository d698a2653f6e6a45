"""Creases, where a network bends: which a landscape has, and where they are drawn."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.layer_figures import height_scale
from app.palette import LIGHT
from app.regions import answer
from nets import Model, create, dataset, serialise, surfaces
from nets.inputs import Inputs
from nets.network import Layer, forward, n_parameters, uniform_layers
from nets.polygons import shared_edges
from nets.regions import regions
from tests.browser.relief import PHONE, PROJECTOR, SMALL, Relief
from tests.browser.test_accessibility import violations

REGIONS = "regions.mjs"
UNTIL = """
  const until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
"""
READ = """const { readAnswer } = await import("/assets/lib/regions.mjs");
          const { CreaseLines } = await import("/assets/lib/creases/lines.mjs");
          const found = { document: argument.document, ...readAnswer(argument.body) };
          const lines = new CreaseLines(found);
          const segments = ([first, end]) => Array.from(lines.ends.subarray(4 * first, 4 * end));
"""
Array = NDArray[np.float64]


def model_of(layers: tuple[Layer, ...], parameters: Any = None) -> Model:
    if parameters is None:
        parameters = np.random.default_rng(4).normal(0, 1.2, n_parameters(layers))
    return replace(create(dataset("saddle")), layers=layers, parameters=np.array(parameters, dtype=np.float64))


UPRIGHT = model_of((Layer(1, ("abs",)), Layer(1, ("identity",))), [1, 0, -0.5, 1, 0])  # |x − ½|
MIRRORED = model_of(uniform_layers([3, 1], "relu"), [1, 0, -0.5, -1, 0, 0.5, 0, 2, 0.4, 1, 1, 1, 0])
MODELS = {
    "relu": model_of(uniform_layers([6, 5, 1], "relu")),
    "every kind": model_of(
        (
            Layer(4, ("relu", "hard_tanh", "abs", "leaky_relu"), pre="abs"),
            Layer(3, ("abs", "step", "identity"), skip=True),
            Layer(3, ("leaky_relu", "hard_tanh", "relu"), pre="hard_tanh", off=(1,)),
            Layer(1, ("identity",)),
        )
    ),
    "two with the same crease": MIRRORED,
    "no biases, so that all creases of the first layer cross in one point": create(
        dataset("saddle"), hidden=[6, 5], activation="relu"
    ),
    "other units": replace(
        model_of(uniform_layers([5, 4, 1], "relu")),
        domain=((95.0, 105.0), (-2e-3, 6e-3)),
        inputs=Inputs(centre=(100, 2e-3), scale=(5, 4e-3)),
    ),
}
every_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def asked(model: Model, **more: Any) -> dict[str, Any]:
    return {"document": serialise(model), "body": answer(model), **more}


def rows(values: Any) -> set[tuple[float, ...]]:
    return {tuple(row) for row in np.asarray(values, np.float32).reshape(-1, 4).tolist()}


@every_model
def test_a_landscape_has_the_creases_of_the_layers_before_and_those_at_which_it_bends_itself(
    model: Model, modules: Relief
) -> None:
    """Beside a crease of its layer a neuron's affine map changes, as the exact regions have it, or does not."""
    body = (
        READ
        + """
      return found.document.layers.map(({ width }, i) => [
        segments(lines.shared(i + 1)), ...Array.from({ length: width }, (_, j) => segments(lines.own(i + 1, j)))]);
    """
    )
    drawn = modules.evaluate_module(REGIONS, body, asked(model))
    for number, (partition, (shared, *own)) in enumerate(zip(regions(model).partitions, drawn, strict=True), 1):
        creases = partition.creases
        ends = creases.ends.reshape(-1, 4)
        before = (creases.layers < number) | ((creases.layers == number) & (creases.neurons < 0))
        assert rows(shared) == rows(ends[before])
        edges = shared_edges(partition.polygons, creases.ends)
        maps = partition.activation.coefficients
        for neuron, segments in enumerate(own):
            change = np.abs(maps[edges.below, neuron] - maps[edges.above, neuron]).max(axis=1)
            bent = np.unique(edges.cuts[(change > 1e-9) & ~before[edges.cuts]])
            assert rows(segments) == rows(ends[bent])


def busiest(model: Model, layer: int) -> int:
    """The neuron of a layer that has most creases."""
    creases = regions(model).partitions[-1].creases
    return int(np.bincount(creases.neurons[(creases.layers == layer) & (creases.neurons >= 0)]).argmax())


def nearness(ends: Array, layers: Array, size: int, reach: float) -> Array:
    """What a mask holds by its definition: 1 on a crease, 0 from the reach of its layer's lines on, (size, size)."""
    places = (np.arange(size) + 0.5) / size
    points = np.stack(np.meshgrid(places, places), axis=-1)
    found = np.zeros((size, size))
    for (a, b), layer in zip(ends, layers, strict=True):
        along = np.clip(((points - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
        distance = size * np.linalg.norm(points - a - along[..., None] * (b - a), axis=-1)
        width = (1.6, 1.2, 0.9, 0.7)[min(int(layer), 4) - 1]
        found = np.maximum(found, 1 - distance / (reach * width / 1.6))
    return found


WALL = (
    READ
    + """
  const { Wall } = await import("/assets/lib/wall.mjs");
  const { buildScene } = await import("/assets/lib/scene.mjs");
  const { layoutLayers } = await import("/assets/lib/document.mjs");
  const wall = new Wall(document.createElement("canvas"), 49);
  wall.setColours(argument.colours);
  wall.resize(700, 450, argument.ratio ?? 1);
  wall.setScene(buildScene(found.document, layoutLayers(found.document), 700, 450));
  wall.setGains(found.document.layers.map(() => 1).concat(1));
  const { CreasePaint, REACH } = await import("/assets/lib/creases/masks.mjs");
  const paint = new CreasePaint(wall, () => argument.colours);
  wall.paint = paint;
  const read = (name, slice) => {  // a mask, row after row, v ascending
    const { gl } = wall;
    const pixels = new Uint8Array(4 * paint.size ** 2);
    gl.bindFramebuffer(gl.FRAMEBUFFER, paint.frame);
    gl.framebufferTextureLayer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, paint.textures[name], 0, slice);
    gl.readPixels(0, 0, paint.size, paint.size, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return pixels.filter((_, i) => i % 4 === 0);
  };
"""
)


@pytest.mark.parametrize("ratio", [1, 2])
def test_masks_hold_how_near_every_place_is_to_the_next_crease(ratio: int, modules: Relief) -> None:
    model = MODELS["relu"]
    body = (
        WALL
        + """
      wall.draw();  // before there is an answer
      paint.set(lines);
      wall.draw();
      const mask = (name, slice) => {
        const rows = Array.from({ length: paint.size }, (_, row) => row * paint.size);
        const mask = read(name, slice);
        return rows.map((first) => btoa(String.fromCharCode(...mask.subarray(first, first + paint.size))));
      };
      const masks = [mask("shared", 1), mask("own", 6 + argument.neuron), mask("shared", 0)];
      return [paint.size, REACH, ...masks, wall.gl.getError()];
    """
    )
    neuron = busiest(model, 2)
    argument = asked(model, colours=LIGHT, ratio=ratio, neuron=neuron)
    size, reach, *masks, error = modules.evaluate_module(REGIONS, body, argument)
    assert error == 0
    assert size == 256 * ratio  # the largest tile's side is some 110 pixels
    shared, own, none = (
        np.array([np.frombuffer(base64.b64decode(row), np.uint8) for row in mask]) / 255 for mask in masks
    )
    creases = regions(model).partitions[-1].creases
    before = creases.layers == 1
    its = (creases.layers == 2) & (creases.neurons == neuron)
    for found, chosen in ((shared, before), (own, its)):
        expected = nearness(creases.ends[chosen], creases.layers[chosen], size, reach)
        assert 0.01 < np.mean(expected > 0) < 1
        np.testing.assert_allclose(found, expected, atol=1.5 / 255)
    assert not none.any()


@pytest.mark.parametrize("is_on", [True, False], ids=["switched on", "switched off meanwhile"])
def test_masks_come_back_with_the_graphics(is_on: bool, modules: Relief) -> None:
    body = (
        WALL
        + UNTIL
        + """
      const event = (name) => new Promise((resolve) => wall.canvas.addEventListener(name, resolve, { once: true }));
      paint.set(lines);
      wall.draw();
      const before = read("shared", 1);
      const loser = wall.gl.getExtension("WEBGL_lose_context");
      wall.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
      const isLost = event("webglcontextlost");
      if (!argument.isOn) wall.paint = null;
      loser.loseContext();
      await isLost;
      await new Promise((resolve) => setTimeout(resolve)); // the browser allows no restoring within the event
      const isBack = event("webglcontextrestored");
      loser.restoreContext();
      await isBack;
      wall.restore();
      wall.draw();
      wall.paint = paint;
      wall.draw();
      const after = read("shared", 1);
      return [before.some((value) => value > 0), after.every((value, i) => value === before[i]), wall.gl.getError()];
    """
    )
    argument = asked(MODELS["relu"], colours=LIGHT, isOn=is_on)
    assert modules.evaluate_module(REGIONS, body, argument) == [True, True, 0]


def test_where_there_is_no_webgl_creases_are_drawn_on_the_flat_maps(modules: Relief) -> None:
    """|x − ½| on a map: an upright line at three quarters of its width, and none on the inputs'."""
    body = (
        READ
        + """
      const { FlatWall } = await import("/assets/lib/flatwall.mjs");
      const { CreasePaint } = await import("/assets/lib/creases/paths.mjs");
      const wall = new FlatWall(document.createElement("canvas"), 49);
      wall.resize(200, 100, 1);
      wall.setColours(argument.colours);
      const tiles = [0, 1].map((layer) => ({ layer, neuron: 0, x: 50 + 100 * layer, y: 50, width: 104, height: 104 }));
      wall.setScene({ tiles, rows: 2, rowOf: ({ layer }) => layer, outputs: 0, edges: new Float32Array(0) });
      wall.setHeights(0, new Float64Array(2 * 49 * 49).fill(0.1));
      wall.setGains([1, 1]);
      wall.paint = new CreasePaint(wall, () => argument.colours);
      wall.draw();
      const row = () => Array.from(wall.pen.getImageData(0, 30, 200, 1).data);
      const without = row();
      wall.paint.set(lines);
      wall.draw();
      return [without, row()];
    """
    )
    without, drawn = modules.evaluate_module(REGIONS, body, asked(UPRIGHT, colours=LIGHT))
    changed = np.flatnonzero(np.abs(np.array(drawn) - without).reshape(200, 4).sum(axis=1) > 60)
    assert 1 <= len(changed) <= 3
    assert abs(changed.mean() - 175) < 1


@every_model
def test_in_the_inspector_every_crease_is_drawn_whole_and_once(model: Model, modules: Relief) -> None:
    """The pieces that regions have of it are as long together as what the neuron's landscape bends along."""
    body = (
        READ
        + """
      const { piecesOf } = await import("/assets/lib/creases/traces.mjs");
      const length = (pieces) => pieces.reduce((sum, { ends: [a, b, c, d] }) => sum + Math.hypot(c - a, d - b), 0);
      return found.document.layers.map(({ width }, i) => Array.from({ length: width }, (_, neuron) => {
        const pieces = (kind, both) => piecesOf(found, lines, { layer: i + 1, neuron, kind }, both);
        const once = pieces("activation", false);
        const [own, shared] = [false, true].map((isShared) => once.filter(({ trace }) => (trace < 4) === isShared));
        return [own, shared, pieces("preactivation", false), pieces("activation", true), once].map(length);
      }));
    """
    )

    def length(ends: Array) -> float:
        return float(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum())

    creases = regions(model).partitions[-1].creases
    for number, neurons in enumerate(modules.evaluate_module(REGIONS, body, asked(model)), start=1):
        before = (creases.layers < number) | ((creases.layers == number) & (creases.neurons < 0))
        for neuron, (own, shared, preactivation, both, once) in enumerate(neurons):
            its = (creases.layers == number) & creases.bends[:, neuron]
            assert own == pytest.approx(length(creases.ends[its]), abs=1e-4)
            assert shared == preactivation == pytest.approx(length(creases.ends[before]), abs=1e-4)
            assert both == pytest.approx(2 * once, abs=1e-4)


CONTROLLER = (
    """
  document.body.insertAdjacentHTML("beforeend", "<i id=creases></i><i id=creases-note></i>");
  const session = Object.assign(new EventTarget(), { document: argument.document, progress: { epoch: 0 } });
  session.model = () => argument.document;
  const trainer = Object.assign(new EventTarget(), { isRunning: false });
  const view = Object.assign(new EventTarget(), { colours: {}, inspector: null, request() {} });
  const parts = { session, trainer, view, editing: { isUnderWay: false }, wall: {} };
  window.fetch = async () => new Response(JSON.stringify(argument.body));
  const { create } = await import("/assets/lib/creases.mjs");
  const creases = await create(parts);
  const note = document.getElementById("creases-note");
"""
    + UNTIL
)


def test_what_may_be_no_crease_any_more_is_faint_and_what_is_of_another_network_is_not_drawn(modules: Relief) -> None:
    body = (
        CONTROLLER
        + """
      const seen = [creases.strength];
      creases.toggle();
      seen.push(creases.strength);
      await until(() => parts.regions.answer);
      seen.push(creases.strength, parts.wall.paint === creases.paint);
      session.dispatchEvent(new Event("parameters"));
      seen.push(creases.strength);
      trainer.isRunning = true;  // they move along
      seen.push(creases.strength);
      trainer.isRunning = false;
      session.document = { ...argument.document, layers: argument.document.layers.slice(1) };
      seen.push(creases.strength);
      creases.toggle();
      seen.push(creases.strength, parts.wall.paint);
      document.querySelectorAll("#creases, #creases-note").forEach((node) => node.remove());
      return seen;
    """
    )
    found = modules.evaluate_module(REGIONS, body, asked(MODELS["relu"]))
    assert found == [0, 0, 1, True, 0.35, 1, 0, 0, None]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("tanh", "relu"), "none: hidden 1 has tanh, which is smooth"),
        (("relu", "tanh"), "none after hidden 1: output has tanh, which is smooth"),
        (("relu", "abs"), ""),
    ],
)
def test_it_says_where_there_are_none(names: tuple[str, ...], words: str, modules: Relief) -> None:
    body = (
        CONTROLLER
        + """
      creases.toggle();
      await until(() => parts.regions.answer && !parts.regions.isUnderWay);
      const said = note.textContent;
      creases.toggle();
      const off = note.textContent;
      document.querySelectorAll("#creases, #creases-note").forEach((node) => node.remove());
      return [said, off];
    """
    )
    model = model_of(tuple(Layer(3, (name,) * 3) for name in names))
    assert modules.evaluate_module(REGIONS, body, asked(model)) == [words, ""]


@pytest.fixture
def switch(relief: Relief) -> Iterator[Relief]:
    """The page, whose creases are switched off again."""
    yield relief
    if relief.page.locator("#creases").get_attribute("aria-pressed") == "true":
        relief.page.keyboard.press("k")
    relief.page.set_viewport_size(SMALL)


def tile(relief: Relief, layer: int) -> Array:
    return relief.pixels(f".tile[data-layer='{layer}'][data-neuron='0']").astype(float)


def test_k_draws_them_on_the_landscapes_and_takes_them_away_again(switch: Relief) -> None:
    """The landscape of |x − ½| seen from above: an upright line at three quarters of it."""
    switch.load(serialise(UPRIGHT))
    switch.page.keyboard.press("Escape")
    slider = switch.slider("tilt from landscape to map")
    slider.fill("1")
    switch.settle()
    before = [tile(switch, layer) for layer in (0, 1)]
    requests = switch.requests()
    switch.page.keyboard.press("k")
    button = switch.page.get_by_role("button", name="creases", exact=True)
    switch.until_here(lambda: np.abs(tile(switch, 1) - before[1]).max() > 40)
    assert button.get_attribute("aria-pressed") == "true"
    changes = np.abs(tile(switch, 1) - before[1]).sum(axis=-1) > 60
    height, width = changes.shape
    side = min(height, width) - 4
    columns = np.flatnonzero(changes.sum(axis=0) > height / 2)
    assert 1 <= len(columns) <= 4
    assert abs(columns.mean() - (width / 2 + side / 4)) < 2.5
    np.testing.assert_allclose(tile(switch, 0), before[0], atol=2)
    assert [request.url.rsplit("/", 1)[-1] for request in requests if "/api/" in request.url] == ["regions"]
    button.click()
    switch.until_here(lambda: np.abs(tile(switch, 1) - before[1]).max() <= 2)
    assert button.get_attribute("aria-pressed") == "false"
    switch.call("relief.setParameter(2, 0.2)")
    switch.page.wait_for_timeout(500)
    assert len([request for request in requests if "/api/regions" in request.url]) == 1


def test_while_a_weight_is_dragged_nobody_is_asked_and_afterwards_they_are_where_they_now_belong(
    switch: Relief,
) -> None:
    switch.load(serialise(UPRIGHT))
    switch.page.set_viewport_size(PROJECTOR)
    switch.page.get_by_role("button", name="creases", exact=True).click()
    lines = "document.querySelector('#map-plot .js-plotly-plot').data.slice(6).find(({ visible }) => visible === true)"
    switch.until(f"() => {lines}")
    with switch.holding(switch.page.locator(".terms input[type=range]").nth(2), 4, 0) as requests:
        switch.until(f"() => {lines}.opacity < 0.4")
        assert [request.url for request in requests if "/api/" in request.url] == []
    kink = -switch.model.parameters[2]
    assert 0.1 < abs(kink - 0.5) < 1.4
    switch.until("(kink) => { const found = " + lines + "; return found && Math.abs(found.x[0] - kink) < 1e-6; }", kink)
    assert switch.page.evaluate(f"() => {lines}.opacity") == 1
    switch.page.get_by_role("button", name="creases", exact=True).click()
    switch.until(f"() => !{lines}")


@pytest.mark.parametrize("name", ["relu", "every kind"])
def test_in_the_inspector_they_lie_on_the_landscape(name: str, switch: Relief) -> None:
    """Where it jumps both heights are drawn, so that there each is one of those all round."""
    model = MODELS[name]
    neuron = busiest(model, 2)
    switch.load(serialise(model))
    switch.page.set_viewport_size(PROJECTOR)
    switch.page.evaluate("(neuron) => relief.select(2, neuron)", neuron)
    switch.page.keyboard.press("k")
    read = """() => document.querySelector('#surface-plot .js-plotly-plot').data.slice(5)
                .filter(({ visible }) => visible === true)
                .map(({ x, y, z, line }) => ({ width: line.width, points: [x, y, z].map((values) => [...values]) }))"""
    scale = height_scale(surfaces(model)[2].activation)

    def is_on_it(trace: dict[str, Any]) -> bool:
        x, y, z = (np.array(values, dtype=float) for values in trace["points"])
        drawn = np.isfinite(z)
        expected = heights_around(model, np.array([x[drawn], y[drawn]]), 2, neuron)
        return bool(np.abs(expected - (z[drawn] - 0.02 * scale)).min(axis=0).max() < 2e-3 * scale)

    def are_drawn() -> bool:
        *shared, own = switch.page.evaluate(read) or [None]
        return bool(shared) and all(map(is_on_it, [*shared, own])) and all(t["width"] < own["width"] for t in shared)

    switch.until_here(are_drawn)


def heights_around(model: Model, points: Array, layer: int, neuron: int) -> Array:
    """A neuron's heights beside points, all round, (directions, n)."""
    angles = np.linspace(0, 2 * np.pi, 25)
    around = [points + 2e-4 * np.array([[np.cos(angle)], [np.sin(angle)]]) for angle in angles]
    return np.array([forward(model.layers, model.parameters, near)[layer - 1].activation[neuron] for near in around])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_them(theme: str, switch: Relief) -> None:
    switch.page.set_viewport_size(PROJECTOR)
    switch.use_theme(theme)
    switch.load(serialise(model_of((Layer(3, ("relu",) * 3), Layer(3, ("tanh",) * 3), Layer(1, ("identity",))))))
    switch.page.keyboard.press("k")
    switch.until("() => document.querySelector('#creases-note').textContent.includes('tanh')")
    assert violations(switch) == []
    assert switch.page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
    switch.page.set_viewport_size(PHONE)
    assert switch.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    switch.use_theme("light")
