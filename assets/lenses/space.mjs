/**
 * The lens "space": the input grid and the data carried from the input plane into the plane of two
 * neurons of a layer, following every change on the next frame.
 */

import { setText } from "../lib/dom.mjs";
import { isClassification } from "../lib/document.mjs";
import { formatNumber, formatShare } from "../lib/format.mjs";
import { axisTitle, choose, fit, neighbours } from "./space/axes.mjs";
import { boundaries } from "./space/boundaries.mjs";
import { Controls } from "./space/controls.mjs";
import { rulers } from "./space/frame.mjs";
import { crossings } from "./space/grid.mjs";
import { Journey } from "./space/journey.mjs";
import { Mapping } from "./space/mapping.mjs";
import { Picture } from "./space/picture.mjs";
import { carry, isDrawable } from "./space/ranges.mjs";

const REACH = 14; // px from the pointer to what it is on
const REST = 350; // ms without a change, after which the picture is described in words
const INPUT_AXES = [0, 1].map((neuron) => ({ layer: 0, neuron }));
const CROSSINGS = crossings();

/** @param {object} parts of the page (see main.mjs) @param {HTMLElement} pane */
export const create = (parts, pane) => new Space(parts, pane);

class Space {
  constructor({ session, view, probe }, pane) {
    Object.assign(this, { session, view, probe, pane });
    this.part = (name) => pane.querySelector(`#space-${name}`);
    this.picture = new Picture(this.part("canvas"));
    this.journey = new Journey(() => matchMedia("(prefers-reduced-motion: reduce)").matches);
    this.isFirstLook = true;
    this.isFollowing = true; // the selected neuron, until another plane has been chosen
    /** @type {import("./space/axes.mjs").Plane} */
    this.plane = { layer: 0, axes: INPUT_AXES, kind: "activation" };
    this.pointer = null; // its pixel on the canvas while it is there
    this.hovered = null; // the sample under it
    this.probed = null; // the sample that the probe was last told of
    this.seen = {}; // what the mapping was made from
    this.#wire();
  }

  #wire() {
    const { view } = this;
    this.controls = new Controls(this.part, {
      move: (t) => this.#change(() => this.journey.put(t)),
      toggle: () => this.#change(() => this.journey.toggle(performance.now())),
      setLayer: (layer) => this.#choose(this.#planeOf({ layer, neuron: 0 })),
      setAxis: (at, axis) => this.#choose({ ...this.plane, axes: choose(this.plane.axes, at, axis) }),
      setKind: (kind) => this.#change(() => (this.plane = { ...this.plane, kind })),
    });
    view.addEventListener("select", () => this.isFollowing && this.#follow());
    const plane = this.part("plane");
    const point = (event) => this.#change(() => this.#point(event));
    for (const type of ["pointermove", "pointerdown"]) plane.addEventListener(type, point);
    plane.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") this.#change(() => (this.pointer = null)); // a finger that is lifted has still pointed
    });
    new ResizeObserver(() => this.#change(() => this.#fitCanvas())).observe(plane);
  }

  /** Change something, and have it drawn. */
  #change(change) {
    change();
    this.view.request();
  }

  #choose(plane) {
    this.isFollowing = false;
    this.#change(() => (this.plane = plane));
  }

  #planeOf(neuron) {
    return { ...this.plane, layer: neuron.layer, axes: neighbours(neuron, this.session.layers) };
  }

  #follow() {
    this.plane = this.#planeOf(this.view.selection);
  }

  show() {
    if (this.isFollowing) this.#follow();
    this.#fitCanvas();
    if (!this.isFirstLook) return;
    this.isFirstLook = false;
    this.journey.put(0);
    this.journey.travel(1, performance.now());
  }

  hide() {
    this.journey.finish();
    this.pointer = null;
    this.hovered = null;
    this.#probe();
    clearTimeout(this.resting);
  }

  draw() {
    const now = performance.now();
    this.journey.advance(now);
    this.#update();
    this.#place();
    this.#paint();
    this.controls.show(this.plane, this.journey, this.session);
    this.#note();
    this.#showTip();
    this.#probe();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.#describe(), REST);
    if (this.journey.isMoving) this.view.request();
  }

  #fitCanvas() {
    const { clientWidth, clientHeight } = this.part("plane");
    if (clientWidth) this.picture.resize(clientWidth, clientHeight);
  }

  /** Bring the mapping up to date with the network, the data and the plane. */
  #update() {
    const { session, seen } = this;
    const { layers, points, parameters } = session;
    this.plane = fit(this.plane, layers);
    const { layer, axes, kind } = this.plane;
    if (seen.layers !== layers || seen.points !== points || seen.layer !== layer) {
      this.mapping = new Mapping(session.document, layers, points, layer);
      this.x = new Float64Array(this.mapping.inputs[0].length);
      this.y = new Float64Array(this.x.length);
      seen.parameters = null;
    }
    const isNew = seen.parameters !== parameters;
    if (isNew) this.mapping.update(parameters);
    if (isNew || seen.axes !== axes || seen.kind !== kind) this.mapping.look(axes, kind);
    this.seen = { layers, points, parameters, layer, axes, kind };
  }

  /** Find out where on the canvas everything is now. */
  #place() {
    const { mapping, journey, picture } = this;
    const from = rulers(mapping.inputRanges, picture.frame);
    const to = rulers(mapping.ranges, picture.frame);
    [this.x, this.y].forEach((into, axis) => carry(mapping.inputs[axis], mapping.images[axis], from[axis], to[axis], journey.t, into));
    this.hovered = this.#nearest();
  }

  #paint() {
    const { mapping, picture, session, plane, x, y } = this;
    const { t } = this.journey;
    const { document, points } = session;
    picture.clear(this.view.colours);
    picture.grid(mapping, x, y);
    const { contests, caption } = boundaries(plane, session, this.view.selection);
    setText(this.part("lines"), caption);
    picture.boundaries(contests, rulers(mapping.ranges, picture.frame), 2 * t - 1);
    if (points) picture.points(points, isClassification(document), x.subarray(mapping.nGrid), y.subarray(mapping.nGrid));
    if (this.hovered !== null) picture.ring(x[this.hovered], y[this.hovered]);
    picture.axes(mapping.inputRanges, INPUT_AXES.map((axis) => axisTitle(axis, plane.kind, document)), 1 - 2 * t);
    picture.axes(mapping.ranges, plane.axes.map((axis) => axisTitle(axis, plane.kind, document)), 2 * t - 1);
  }

  /** What cannot be seen, or only counted. */
  #note() {
    const { mapping } = this;
    const { turned, flat, lost } = mapping.shares();
    const nLost = mapping.countLost();
    const sentences = [
      turned > 0 ? `${formatShare(turned)} of the plane is turned over.` : "",
      flat > 1e-9 ? `${formatShare(flat)} is flattened to a line or a point.` : "",
      nLost > 0 ? `${nLost} ${nLost === 1 ? "point has" : "points have"} no image.` : "",
      lost > 0 ? `${formatShare(lost)} of the plane has no image.` : "",
    ];
    setText(this.part("note"), sentences.filter(Boolean).join(" "));
  }

  /** Say in words what the canvas shows. */
  #describe() {
    const { mapping, plane, session } = this;
    const { document, points } = session;
    const [across, up] = plane.axes.map((axis, at) => {
      const { low, high } = mapping.ranges[at];
      return `${axisTitle(axis, plane.kind, document)} from ${formatNumber(low)} to ${formatNumber(high)}`;
    });
    const what = points ? `The input grid and ${points.x.length} data points` : "The input grid";
    const text = `${what} ${whereabouts(this.journey.t)} the plane of ${across} across and ${up} up. ${this.part("note").textContent}`;
    this.part("canvas").setAttribute("aria-label", text.trim());
  }

  #point(event) {
    const { left, top } = this.part("plane").getBoundingClientRect();
    this.pointer = [event.clientX - left, event.clientY - top];
  }

  /** Have the probe stand where the pointer is, in the input plane. */
  #probe() {
    const { hovered } = this;
    if (hovered === this.probed) return;
    this.probed = hovered;
    if (hovered === null) this.probe?.show?.(null);
    else this.probe?.show?.({ x: this.mapping.inputs[0][hovered], y: this.mapping.inputs[1][hovered] });
  }

  /** @returns {?number} the data point, else the crossing of grid lines, under the pointer */
  #nearest() {
    if (!this.pointer || !this.mapping) return null;
    const { mapping } = this;
    const points = Array.from({ length: mapping.nPoints }, (_, i) => mapping.nGrid + i);
    for (const samples of [points, CROSSINGS]) {
      let best = null;
      let least = REACH;
      for (const i of samples) {
        const distance = Math.hypot(this.x[i] - this.pointer[0], this.y[i] - this.pointer[1]);
        if (distance < least) [best, least] = [i, distance];
      }
      if (best !== null) return best;
    }
    return null;
  }

  #showTip() {
    const tip = this.part("tip");
    const { hovered, mapping, picture } = this;
    if (hovered === null) {
      setText(tip, "");
      return;
    }
    const [x, y] = mapping.inputs.map((values) => values[hovered]);
    const image = mapping.images.map((values) => values[hovered]);
    const words = image.every(isDrawable) ? `(${image.map((value) => formatNumber(value, 3)).join(", ")})` : "no image";
    setText(tip, `(${formatNumber(x, 3)}, ${formatNumber(y, 3)})\n→ ${words}`);
    const { offsetWidth, offsetHeight } = tip;
    const left = Math.min(this.x[hovered] + 12, picture.width - offsetWidth - 4);
    const top = Math.max(this.y[hovered] - offsetHeight - 10, 4);
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}

/** How far on the way, in words that "the plane of …" can follow. */
function whereabouts(t) {
  if (t === 0) return "in the input plane, before they are carried into";
  return t === 1 ? "carried into" : `${Math.round(100 * t)} % of the way into`;
}
