/**
 * The view: one evaluation of the network a frame, at most, and every picture drawn from it.
 *
 * It draws on demand: whatever changes something says so with invalidate(), and the next animation
 * frame brings everything up to date. Event: "select" when another neuron was selected.
 */

import { heightScale } from "./arrange.mjs";
import { Evaluation, GRID_SIZE, gridPoints, linspace } from "./engine.mjs";
import { decisionFormula, formula } from "./formula.mjs";
import { Metrics } from "./metrics.mjs";
import { buildScene, columnTitles, edgeWeights, neuronTitle, pointAttributes, termsOf } from "./scene.mjs";
import { classColour, colorscale, heightColour } from "./theme.mjs";

const FINE_GRID_SIZE = 121; // of the inspector at rest
const WINDOW = 120; // frames whose times are remembered

export class View extends EventTarget {
  /**
   * @param {object} parts session, trainer, wall, overlay, terms, timeline, transport, panel
   * @param {HTMLElement} frame the element whose size and scroll position the wall has
   */
  constructor(parts, frame) {
    super();
    Object.assign(this, parts);
    this.frameElement = frame;
    this.inspector = null; // until Plotly has been loaded
    this.lens = null; // what fills the centre instead of the wall
    this.selection = { layer: 1, neuron: 0 };
    this.kind = "activation";
    this.dirtyFrom = Infinity;
    this.isRequested = false;
    this.times = { evaluate: [], draw: [] };
    this.frames = 0;
    this.session.addEventListener("settings", () => this.rebuild());
    this.session.addEventListener("parameters", ({ detail }) => this.invalidate(detail.from));
    this.trainer.addEventListener("arrival", () => this.request());
    this.trainer.addEventListener("state", () => this.request());
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

  /** Build everything that depends on the layers, the data or the size of the page. */
  rebuild() {
    const { session, wall } = this;
    const { document, layers } = session;
    this.evaluation = new Evaluation(layers, gridPoints(document.domain, GRID_SIZE));
    this.metrics = session.points ? new Metrics(document, layers, session.points) : null;
    this.#arrange();
    wall.setPoints(pointAttributes(session.points, document.domain));
    this.select(this.selection.layer, this.selection.neuron);
    this.invalidate(1);
  }

  /** Fit the wall to the space it has. */
  resize() {
    if (!this.evaluation) return;
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
    const { session, evaluation, wall } = this;
    evaluation.update(session.parameters, this.dirtyFrom);
    for (let l = this.dirtyFrom; l < evaluation.activation.length; l += 1) {
      wall.setHeights(this.scene.firstRows[l], evaluation.activation[l]);
    }
    this.dirtyFrom = Infinity;
    this.scales = evaluation.activation.map(heightScale);
    wall.setGains(this.scales.map((scale) => 1 / scale));
    this.areWeightsStale = true;
    this.isEvaluationNew = true;
    this.#note("evaluate", performance.now() - start);
  }

  /**
   * A neuron's landscape.
   * @param {number} layer @param {number} neuron @param {string} kind @param {number} n points an axis
   * @returns {{n: number, x: number[], y: number[], values: number[]}} values[row * n + column]
   */
  surface(layer, neuron, kind = "activation", n = GRID_SIZE) {
    const { document, layers, parameters } = this.session;
    const evaluation = new Evaluation(layers.slice(0, layer), gridPoints(document.domain, n));
    evaluation.update(parameters);
    const [x, y] = document.domain.map(([low, high]) => Array.from(linspace(low, high, n)));
    return { n, x, y, values: Array.from(evaluation.values(layer, neuron, kind)) };
  }

  stats() {
    return {
      frames: this.frames,
      evaluateMs: median(this.times.evaluate),
      drawMs: median(this.times.draw),
      requests: this.trainer.requests + this.panel.requests,
      snapshots: this.trainer.snapshots,
    };
  }

  /** Make sure that the metrics belong to the present parameters. */
  measure() {
    const { session } = this;
    if (!session.metrics && this.metrics) session.metrics = this.metrics.measure(session.parameters);
  }

  /** What the inspector draws. @param {boolean} isFine */
  picture(isFine) {
    const { session, selection, kind } = this;
    const { layer, neuron } = selection;
    const n = isFine ? FINE_GRID_SIZE : GRID_SIZE;
    let { evaluation } = this;
    if (isFine) {
      evaluation = new Evaluation(session.layers.slice(0, layer), gridPoints(session.document.domain, n));
      evaluation.update(session.parameters);
    }
    const values = evaluation.values(layer, neuron, kind);
    const [x, y] = session.document.domain.map(([low, high]) => linspace(low, high, n));
    const scale = kind === "activation" ? this.scales[layer] : heightScale(values);
    this.transport.showMapScale(scale);
    return { x, y, values, scale, points: this.#pointsOn(layer, neuron, kind, scale) };
  }

  /** The data points standing on a neuron's landscape; on a regression's output, at the heights asked for. */
  #pointsOn(layer, neuron, kind, scale) {
    const { points, document, parameters } = this.session;
    if (!points) return { x: [], y: [], heights: [], colours: [] };
    this.metrics.evaluation.update(parameters, 1, layer);
    const isAnswer = !this.scene.isClassification && layer === document.layers.length;
    const own = isAnswer ? points.targets : this.metrics.evaluation.values(layer, neuron, kind);
    const heights = Array.from(own, (height) => Math.min(Math.max(height, -scale), scale));
    const colour = this.scene.isClassification ? classColour : (target, colours) => heightColour(target / scale, colours);
    return { x: points.x, y: points.y, heights, colours: points.targets.map((target) => colour(target, this.colours)) };
  }

  #arrange() {
    const { document, layers } = this.session;
    const { clientWidth, clientHeight } = this.frameElement;
    this.scene = buildScene(document, layers, clientWidth, clientHeight);
    this.wall.resize(clientWidth, clientHeight, Math.min(devicePixelRatio, 2));
    this.wall.setScene(this.scene);
    this.wall.setHeights(0, this.evaluation.activation[0]);
    this.titles = columnTitles(document, layers);
    const isNeuron = (layer) => layer <= layers.length;
    this.overlay.build(
      this.scene.arrangement,
      this.titles,
      (layer, neuron) => (isNeuron(layer) ? neuronTitle(layer, neuron, document) : ""),
      (layer, neuron) => (isNeuron(layer) ? formula(layer, neuron, layers) : decisionFormula(this.scene.outputs)),
    );
  }

  #frame() {
    this.isRequested = false;
    const isMoreWaiting = this.trainer.frame();
    if (!this.evaluation) return;
    this.flush();
    this.measure();
    const start = performance.now();
    if (this.areWeightsStale) this.#updateWeights();
    if (this.lens) this.lens.draw();
    else this.#drawWall();
    this.#note("draw", performance.now() - start);
    this.#updateTerms();
    if (this.isEvaluationNew) this.inspector?.invalidate();
    this.inspector?.frame();
    this.transport.update(this.session, this.trainer);
    this.timeline.draw(this.colours);
    this.isEvaluationNew = false;
    this.frames += 1;
    if (isMoreWaiting || this.inspector?.needsFrame) this.request();
  }

  #drawWall() {
    this.wall.scroll = [this.frameElement.scrollLeft, this.frameElement.scrollTop];
    this.wall.draw();
  }

  #updateWeights() {
    this.areWeightsStale = false;
    this.wall.setWeights(edgeWeights(this.session.layers, this.session.parameters, this.selection));
    this.scales.forEach((scale, layer) => this.overlay.setScale(layer, this.titles[layer].detail, scale));
    this.transport.showScale(this.titles[this.selection.layer].title, this.scales[this.selection.layer]);
  }

  #updateTerms() {
    const { layer, neuron } = this.selection;
    if (layer === 0) return;
    const { inputs } = this.session.layers[layer - 1];
    this.terms.update({
      parameters: this.session.parameters,
      inputs: Array.from({ length: inputs }, (_, i) => this.evaluation.input(layer, i)),
      preactivation: this.evaluation.values(layer, neuron, "preactivation"),
      activation: this.evaluation.values(layer, neuron),
      activationScale: this.scales[layer],
    });
    this.terms.draw(this.wall.azimuth, this.wall.tilt);
  }

  #note(name, milliseconds) {
    const list = this.times[name];
    list.push(milliseconds);
    if (list.length > WINDOW) list.shift();
  }
}

function median(values) {
  if (!values.length) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
