/**
 * The view: one evaluation of the network a frame, at most, and every picture drawn from it.
 *
 * It draws on demand: whatever changes something says so with invalidate(), and the next animation
 * frame brings everything up to date. Events: "select" when another neuron was selected, "inspector" when there is one.
 */

import { arithmeticAt } from "./composition.mjs";
import { placeIn } from "./dom.mjs";
import { edgeWeights } from "./edges.mjs";
import { GRID_SIZE } from "./engine.mjs";
import { formatReading } from "./format.mjs";
import { decisionFormula, formula } from "./formula.mjs";
import { Landscapes } from "./landscapes.mjs";
import { statesOf } from "./neurontools.mjs";
import { heightsOf } from "./picking.mjs";
import { buildScene, columnTitles, decisionSquare, neuronTitle, pointAttributes, termsOf, WRONG } from "./scene.mjs";
import { inDomain, inSquare } from "./square.mjs";
import { Stopwatch } from "./stopwatch.mjs";
import { colorscale } from "./theme.mjs";

const DECISION_NAME = "decision: whose landscape is highest";

export class View extends EventTarget {
  /**
   * @param {object} parts session, trainer, wall, overlay, terms, timeline, transport, panel, probe, levels, comparison
   * @param {HTMLElement} frame the element whose size and scroll position the wall has
   */
  constructor(parts, frame) {
    super();
    Object.assign(this, parts);
    this.frameElement = frame;
    this.inspector = null; // until Plotly has been loaded
    this.lens = null; // what fills the centre instead of the wall
    this.weights = null; // the handle of the weights on the wall, made after this
    /** @type {"scores" | "probabilities"} how the outputs of a classification are drawn */
    this.outputs = "scores";
    this.gradients = null; // what training would do, made after this
    this.selection = { layer: 1, neuron: 0 };
    this.kind = "activation";
    this.dirtyFrom = Infinity;
    this.isRequested = false;
    this.stopwatch = new Stopwatch();
    this.frames = 0;
    this.session.addEventListener("settings", () => this.rebuild());
    this.session.addEventListener("parameters", ({ detail }) => this.invalidate(detail.from));
    this.probe.addEventListener("change", () => this.request());
    this.trainer.addEventListener("arrival", () => this.request());
    this.trainer.addEventListener("state", () => this.request());
    this.levels.addEventListener("change", () => this.redraw());
  }

  /** Say that layers from `from` on have to be evaluated again; Infinity to draw only. */
  invalidate(from = Infinity) {
    this.dirtyFrom = Math.min(this.dirtyFrom, from);
    this.request();
  }

  request() {
    if (this.isRequested) return;
    this.isRequested = true;
    requestAnimationFrame(() => this.#frame());
  }

  /** Draw everything again, because what is shown of the same heights has changed. */
  redraw() {
    this.areWeightsStale = true;
    this.inspector?.invalidate();
    this.request();
  }

  /** Build everything that depends on the layers, the data or the size of the page. */
  rebuild() {
    const { session, wall } = this;
    const { document, layers } = session;
    this.landscapes = new Landscapes(document, layers, session.points, this.outputs);
    this.#arrange();
    this.pointAttributes = pointAttributes(session.points, document.domain);
    wall.setPoints(this.pointAttributes);
    this.select(this.selection.layer, this.selection.neuron);
    this.invalidate(1);
  }

  /** Fit the wall to the space it has. */
  resize() {
    if (!this.landscapes) return;
    this.#arrange();
    this.terms.arrange();
    this.invalidate(1);
  }

  /** @param {number} layer 0 for the inputs @param {number} neuron; out of range: the nearest there is */
  select(layer, neuron) {
    const { layers, document } = this.session;
    const l = Math.min(Math.max(layer, 0), layers.length);
    const width = l === 0 ? 2 : layers[l - 1].width;
    this.selection = { layer: l, neuron: Math.min(Math.max(neuron, 0), width - 1) };
    this.overlay.select(this.selection);
    this.terms.build(l === 0 ? [] : termsOf(this.selection, document, layers), this.session.parameters);
    this.transport.showNeuron(this.selection, document, layers);
    this.areWeightsStale = true;
    this.inspector?.invalidate();
    this.invalidate();
    this.dispatchEvent(new Event("select"));
  }

  /** @param {Record<string, string>} colours of the theme */
  setColours(colours) {
    this.colours = colours;
    this.wall.setColours(colours);
    this.terms.setColours(colours);
    this.inspector?.setColours(colours, colorscale(colours));
    this.inspector?.invalidate();
    this.request();
  }

  /** @param {"activation" | "preactivation"} kind shown in the inspector */
  setKind(kind) {
    this.kind = kind;
    this.inspector?.invalidate();
    this.request();
  }

  /** @param {"scores" | "probabilities"} outputs how the outputs of a classification are drawn */
  setOutputs(outputs) {
    this.outputs = outputs;
    this.landscapes.setOutputs(outputs);
    this.invalidate(this.session.layers.length);
  }

  /** Draw the parameters' lines again. */
  refreshLines() {
    this.areWeightsStale = true;
    this.request();
  }

  /** The lines as they were drawn last: four numbers a parameter, and pairs. */
  get lines() {
    return { ends: this.scene.edges, weights: this.lineWeights ?? new Float32Array(2 * this.session.parameters.length) };
  }

  /**
   * Which point of the plane a pointer is at.
   * @param {number} layer @param {number} neuron of the landscape it is on; the layer after the outputs is the decision map
   * @param {PointerEvent} event
   * @returns {?{x: number, y: number}} null where it is beside the landscape
   */
  pointAt(layer, neuron, event) {
    this.flush();
    const { x, y } = placeIn(this.frameElement, event);
    const at = layer <= this.session.layers.length ? this.#pickLandscape(layer, neuron, x, y) : this.#pickDecision(x, y);
    return at && inDomain(this.session.document.domain, [at.u, at.v]);
  }

  #pickLandscape(layer, neuron, x, y) {
    const tile = this.scene.tiles[this.scene.rowOf({ layer, neuron })];
    const n = GRID_SIZE ** 2;
    const { heights, scales } = this.landscapes;
    const values = heights[layer].subarray(neuron * n, (neuron + 1) * n);
    return this.wall.pick(tile, heightsOf(values, GRID_SIZE, scales[layer]), x, y);
  }

  #pickDecision(x, y) {
    const { x: centreX, y: centreY, half } = decisionSquare(this.scene.decision);
    const [u, v] = [(x - centreX) / (2 * half) + 0.5, (centreY - y) / (2 * half) + 0.5];
    return u >= 0 && u <= 1 && v >= 0 && v <= 1 ? { u, v } : null;
  }

  /** @param {number} azimuth radians @param {number} tilt 0 (landscape) to 1 (map) */
  turn(azimuth, tilt) {
    this.wall.azimuth = Math.atan2(Math.sin(azimuth), Math.cos(azimuth)); // within ±π
    this.wall.tilt = Math.min(Math.max(tilt, 0), 1);
    this.request();
  }

  /** Bring the evaluation up to date now; a frame does it otherwise. */
  flush() {
    if (this.dirtyFrom === Infinity) return;
    const start = performance.now();
    const { session, landscapes, wall, scene } = this;
    landscapes.update(session.parameters, this.dirtyFrom);
    for (let l = this.dirtyFrom; l <= session.layers.length; l += 1) wall.setHeights(scene.firstRows[l], landscapes.heights[l]);
    this.dirtyFrom = Infinity;
    this.#judge();
    wall.setGains(landscapes.scales.map((scale) => 1 / scale));
    this.areWeightsStale = true;
    this.isEvaluationNew = true;
    this.stopwatch.note("evaluate", performance.now() - start);
  }

  /** Mark the points whose class is not the highest. */
  #judge() {
    const { metrics, isClassification } = this.landscapes;
    if (!metrics || !isClassification) return;
    metrics.update(this.session.parameters);
    const { pointAttributes } = this;
    const { is_test: isTest } = this.session.points;
    let isNew = false;
    metrics.judge((p, isWrong) => {
      const marks = Number(isTest[p]) + WRONG * Number(isWrong);
      if (pointAttributes[4 * p + 3] === marks) return;
      pointAttributes[4 * p + 3] = marks;
      isNew = true;
    });
    if (isNew) this.wall.setPoints(pointAttributes);
  }

  /**
   * A neuron's landscape as it is computed, whatever the classes are looked at as.
   * @param {number} layer @param {number} neuron @param {string} kind @param {number} n points an axis
   * @returns {{n: number, x: number[], y: number[], values: number[]}} values[row * n + column]
   */
  surface(layer, neuron, kind = "activation", n = GRID_SIZE) {
    this.flush();
    const [x, y] = this.landscapes.axes(n).map((values) => Array.from(values));
    return { n, x, y, values: Array.from(this.landscapes.computed(layer, neuron, kind, n)) };
  }

  stats() {
    return {
      frames: this.frames,
      evaluateMs: this.stopwatch.median("evaluate"),
      drawMs: this.stopwatch.median("draw"),
      requests: this.trainer.requests + this.panel.requests + (this.gradients?.requests ?? 0),
      snapshots: this.trainer.snapshots,
    };
  }

  /** Make sure that the metrics belong to the present parameters. */
  measure() {
    const { session, landscapes } = this;
    session.metrics ??= landscapes?.metrics?.measure(session.parameters) ?? null;
  }

  #arrange() {
    const { document, layers } = this.session;
    const { clientWidth, clientHeight } = this.frameElement;
    this.scene = buildScene(document, layers, clientWidth, clientHeight);
    this.wall.resize(clientWidth, clientHeight, Math.min(devicePixelRatio, 2));
    this.wall.setScene(this.scene);
    this.wall.setHeights(0, this.landscapes.evaluation.activation[0]);
    this.titles = columnTitles(document, layers);
    this.transport.showOutputs(this.scene.isClassification);
    const isNeuron = (layer) => layer <= layers.length;
    const texts = {
      nameOf: (layer, neuron) => (isNeuron(layer) ? neuronTitle(layer, neuron, document) : DECISION_NAME),
      formulaOf: (layer, neuron) => (isNeuron(layer) ? formula(layer, neuron, layers, document) : decisionFormula(this.scene.outputs)),
      statesOf: (layer, neuron) => statesOf(document, layer, neuron),
    };
    this.overlay.build(this.scene.arrangement, this.titles, texts, this.scene.decision);
  }

  #frame() {
    this.isRequested = false;
    const isMoreWaiting = this.trainer.frame();
    if (!this.landscapes) return;
    this.flush();
    this.measure();
    const start = performance.now();
    if (this.areWeightsStale) this.#updateWeights();
    this.#updateProbe();
    if (this.lens) this.lens.draw();
    else this.#drawWall();
    this.stopwatch.note("draw", performance.now() - start);
    this.#updateTerms();
    if (this.isEvaluationNew) this.inspector?.invalidate();
    this.inspector?.frame();
    this.transport.update(this.session, this.trainer);
    this.transport.showPinned(this.comparison.pinned);
    this.timeline.draw(this.colours);
    this.isEvaluationNew = false;
    this.frames += 1;
    if (isMoreWaiting || this.inspector?.needsFrame) this.request();
  }

  #drawWall() {
    this.wall.scroll = [this.frameElement.scrollLeft, this.frameElement.scrollTop];
    this.wall.setLinked(this.#linked());
    this.wall.draw();
  }

  /** The selected neuron's level set, if it is to be carried onto every tile. */
  #linked() {
    const { levels, selection, kind } = this;
    if (!levels.isLinked) return null;
    const values = this.landscapes.on(selection.layer, selection.neuron, kind);
    const scale = this.landscapes.scaleOf(selection.layer, kind, values);
    return { values, height: levels.heightOn(scale), gain: 1 / scale };
  }

  #updateWeights() {
    this.areWeightsStale = false;
    this.lineWeights = edgeWeights(this.session.layers, this.session.parameters, this.selection, this.weights?.held);
    this.wall.setWeights(this.lineWeights);
    this.weights?.update();
    const { scales } = this.landscapes;
    scales.forEach((scale, layer) => this.overlay.setScale(layer, this.titles[layer].detail, scale));
    this.wall.setLevels(scales.map((scale) => scale / this.levels.step(scale)));
    const scale = scales[this.selection.layer];
    this.transport.showScale(this.titles[this.selection.layer].title, scale, this.levels.step(scale));
  }

  /** Write every neuron's value at the probe. */
  #updateProbe() {
    const { point } = this.probe;
    const { session, wall, overlay, landscapes } = this;
    if (!point) {
      wall.setProbe(null);
      overlay.setReadings(null);
      return;
    }
    const [u, v] = inSquare(session.document.domain, point);
    wall.setProbe([u, v]);
    const values = landscapes.at(point);
    overlay.setReadings((layer, neuron) => {
      if (layer < values.length) return formatReading(values[layer][neuron]);
      return neuronTitle(layer - 1, indexOfLargest(values[layer - 1]), session.document);
    }, { u, v });
  }

  #updateTerms() {
    const { layer, neuron } = this.selection;
    if (layer === 0) return;
    const { document, layers, parameters } = this.session;
    const { inputs } = layers[layer - 1];
    const { evaluation, single, scales } = this.landscapes;
    this.terms.update({
      parameters,
      domain: document.domain,
      arithmetic: this.probe.point && arithmeticAt(single, parameters, this.selection),
      gradient: this.gradients?.values ?? null,
      inputs: Array.from({ length: inputs }, (_, i) => evaluation.input(layer, i)),
      preactivation: evaluation.values(layer, neuron, "preactivation"),
      activation: evaluation.values(layer, neuron),
      activationScale: scales[layer],
    });
    this.terms.draw(this.wall.azimuth, this.wall.tilt);
  }
}

const indexOfLargest = (values) => values.indexOf(Math.max(...values));
