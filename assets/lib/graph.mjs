/**
 * The graph of a neuron's nonlinearity, drawn small: over the pre-activations that really occur on
 * the domain, and a little beyond. Undefined values leave a hole.
 */

import { ACTIVATIONS } from "./activations.mjs";
import { LARGEST_HEIGHT } from "./arrange.mjs";
import { element, setText } from "./dom.mjs";
import { formatNumber } from "./format.mjs";

const SIZE = { width: 60, height: 54 }; // of the drawing's own units
const PADDING = 5; // above and below the curve
const BEYOND = 0.2; // of the used range, drawn on either side of it
const SAMPLES = 97;
const SVG = "http://www.w3.org/2000/svg";

export class Graph {
  constructor() {
    const shape = (tag, name) => {
      const node = document.createElementNS(SVG, tag);
      node.setAttribute("class", name);
      return node;
    };
    this.svg = shape("svg", "graph");
    this.svg.setAttribute("viewBox", `0 0 ${SIZE.width} ${SIZE.height}`);
    this.svg.setAttribute("role", "img");
    this.used = shape("rect", "graph-used");
    this.axes = shape("path", "graph-axes");
    this.curve = shape("path", "graph-curve");
    this.dot = shape("circle", "graph-dot");
    this.dot.setAttribute("r", "2.6");
    this.svg.append(this.used, this.axes, this.curve, this.dot);
    this.caption = element("span", { class: "symbol" });
    this.range = element("span", { class: "number value" });
    this.node = element("div", { class: "term result" }, [this.svg, this.caption, this.range]);
    this.name = null;
  }

  /**
   * @param {string} name of the nonlinearity
   * @param {Float64Array} preactivation over the domain
   */
  show(name, preactivation) {
    const [low, high] = finiteRange(preactivation);
    if (name === this.name && low === this.low && high === this.high) return;
    Object.assign(this, { name, low, high });
    const margin = high > low ? BEYOND * (high - low) : Math.max(1, Math.abs(low)); // 1 is nothing beside a large number
    this.plot = plotOf(ACTIVATIONS[name], low - margin, high + margin);
    this.#draw();
    const [least, most] = [low, high].map((value) => formatNumber(value, 1));
    setText(this.caption, name.replace("_", " "));
    setText(this.range, `${least} to ${most}`);
    this.svg.setAttribute("aria-label", `${name.replace("_", " ")} of z, where z is from ${least} to ${most}`);
  }

  /** Mark a pre-activation. @param {?number} z null for none */
  mark(z) {
    const at = z === null ? null : this.plot.at(z);
    const isSeen = at !== null && at.every(Number.isFinite);
    this.dot.style.display = isSeen ? "" : "none";
    if (!isSeen) return;
    this.dot.setAttribute("cx", at[0].toFixed(2));
    this.dot.setAttribute("cy", at[1].toFixed(2));
  }

  #draw() {
    const { plot, low, high } = this;
    const [left] = plot.at(low);
    const [right] = plot.at(high);
    const set = (node, attributes) => Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
    set(this.used, { x: left.toFixed(2), width: (right - left).toFixed(2), y: 0, height: SIZE.height });
    this.axes.setAttribute("d", axesOf(plot));
    this.curve.setAttribute("d", plot.path);
  }
}

/** The least and the largest value that can be drawn; both 0 where there is none. */
function finiteRange(values) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i += 1) {
    if (!(Math.abs(values[i]) <= LARGEST_HEIGHT)) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return low <= high ? [low, high] : [0, 0];
}

/**
 * A function over a range, fitted into the drawing.
 * @param {(z: number) => number} value @param {number} low @param {number} high
 * @returns {{path: string, at: (z: number) => number[], zero: number[]}} the curve, where a point of it is drawn, and where 0 is on both axes
 */
export function plotOf(value, low, high) {
  const samples = Array.from({ length: SAMPLES }, (_, i) => low + ((high - low) * i) / (SAMPLES - 1));
  const heights = samples.map(value);
  const finite = heights.filter(Number.isFinite);
  const [least, most] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 0];
  const rise = most > least ? (SIZE.height - 2 * PADDING) / (most - least) : 0;
  const across = (z) => ((z - low) / (high - low)) * SIZE.width;
  const down = (a) => (rise ? SIZE.height - PADDING - (a - least) * rise : SIZE.height / 2);
  return {
    path: pathOf(samples.map((z, i) => [across(z), Number.isFinite(heights[i]) ? down(heights[i]) : NaN])),
    at: (z) => [across(z), down(value(z))],
    zero: [across(0), down(0)],
  };
}

/** Lines through points, broken where one is not finite. */
function pathOf(points) {
  let isDrawing = false;
  return points
    .map(([x, y]) => {
      const isPoint = Number.isFinite(y);
      const step = isPoint ? `${isDrawing ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}` : "";
      isDrawing = isPoint;
      return step;
    })
    .join("");
}

/** The lines z = 0 and a = 0, where they are in the drawing. */
function axesOf({ zero: [x, y] }) {
  const upright = x >= 0 && x <= SIZE.width ? `M${x.toFixed(2)} 0V${SIZE.height}` : "";
  const level = y >= 0 && y <= SIZE.height ? `M0 ${y.toFixed(2)}H${SIZE.width}` : "";
  return upright + level;
}
