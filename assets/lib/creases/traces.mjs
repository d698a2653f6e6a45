/**
 * Creases in the inspector: exactly those that the selected neuron's landscape has, as lines on its map and, at the
 * landscape's own heights, on its surface. Between two corners of a region a landscape is a straight line; where it
 * jumps, as with step, both heights of the edge are drawn. Plotly is slow: they are drawn anew when everything has come
 * to rest, when there is another answer, and when something else is looked at, and not with every frame.
 */

import { LARGEST_HEIGHT } from "../arrange.mjs";
import { N_WEIGHTS, weightIndex, widthOf } from "./lines.mjs";

const OWN = N_WEIGHTS; // the trace of the neuron's own creases, behind those of each weight
const WIDTHS = Array.from({ length: N_WEIGHTS }, (_, i) => widthOf(i + 1));
const WIDTH = { surface: [...WIDTHS.map((width) => 2 * width), 5], map: [...WIDTHS, 2.4] }; // px
const SHARED = 0.75; // how strong the creases of the layers before are, beside the neuron's own, on the map
const LIFT = 0.02; // of the scale, above the surface, whose grid is coarser than a crease
const INWARD = 1e-4; // of the way to a region's middle: heights are looked up inside it, because at its edge they may jump
const CURVED = 24; // steps to the domain's side, where landscapes are not straight
const SHARE = 0.25; // of the main thread's time that creases may take while they move

export class CreaseTraces {
  /** @param {import("../inspector.mjs").Inspector} inspector @param {object} parts view, session @param {import("./lines.mjs").CreaseLines} lines */
  constructor(inspector, { view, session }, lines) {
    Object.assign(this, { inspector, view, session, lines });
    this.strength = 0;
    this.scale = 1;
    this.looked = ""; // at what
    this.nextAt = 0;
    this.timer = null;
    const { Plotly, surface, map } = inspector;
    const line = { mode: "lines", x: [], y: [], visible: false, hoverinfo: "skip" };
    this.first = { surface: surface.data.length, map: map.data.length };
    Plotly.addTraces(surface, WIDTH.surface.map((width) => ({ ...line, type: "scatter3d", z: [], line: { width } })));
    Plotly.addTraces(map, WIDTH.map.map((width) => ({ ...line, type: "scatter", line: { width } })));
    inspector.lines = this;
  }

  /** @param {number} strength 0 for none */
  show(strength) {
    if (strength === this.strength) return;
    this.strength = strength;
    this.#draw();
  }

  /** Take up another answer, as soon as there is time for it. @param {import("./lines.mjs").CreaseLines} lines */
  take(lines) {
    this.lines = lines;
    this.timer ??= setTimeout(() => this.#draw(), Math.max(this.nextAt - performance.now(), 0));
  }

  /** The inspector has drawn a picture. @param {import("../inspector.mjs").Picture} picture @param {boolean} isAtRest */
  follow({ scale }, isAtRest) {
    this.scale = scale;
    const { selection, kind, outputs } = this.view;
    const looked = [selection.layer, selection.neuron, kind, outputs].join();
    if (!isAtRest && looked === this.looked) return;
    this.looked = looked;
    this.#draw();
  }

  #draw() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.inspector.isInSight) return;
    this.view.flush(); // it may be asked for between two frames
    const start = performance.now();
    const paths = this.strength > 0 ? this.#paths(this.lines.answer) : null;
    this.#restyle("map", paths, paths !== null);
    this.#restyle("surface", paths, this.strength === 1); // lines that are stale would not lie on it
    this.nextAt = performance.now() + (performance.now() - start) * (1 / SHARE - 1);
  }

  #restyle(name, paths, isVisible) {
    const { Plotly } = this.inspector;
    const traces = WIDTH[name].map((_, i) => this.first[name] + i);
    const plot = this.inspector[name];
    const isShown = (i) => isVisible && paths[i].x.length > 0;
    if (!traces.some((trace, i) => plot.data[trace].visible || isShown(i))) return;
    if (!isVisible) {
      Plotly.restyle(plot, { visible: false }, traces);
      return;
    }
    const update = { x: paths.map(({ x }) => x), y: paths.map(({ y }) => y), visible: paths.map((_, i) => isShown(i)) };
    update["line.color"] = this.view.colours.crease;
    if (name === "surface") update.z = paths.map(({ z }) => z); // and not transparent, or the surface would swallow half of them
    else update.opacity = paths.map((_, i) => this.strength * (i === OWN ? 1 : SHARED));
    Plotly.restyle(plot, update, traces);
  }

  /** A path for every trace: lines one after another, with a gap after each. */
  #paths(answer) {
    const { view, session, scale } = this;
    const { layer, neuron } = view.selection;
    const { landscapes, kind } = view;
    const isExact = layer <= answer.partitions.length && !(landscapes.areProbabilities && layer === session.layers.length);
    const hasJumps = session.layers.slice(0, layer).some(({ activation, pre }) => [...activation, pre].includes("step"));
    const pieces = piecesOf(answer, this.lines, { layer, neuron, kind }, hasJumps);
    const paths = Array.from({ length: OWN + 1 }, () => ({ x: [], y: [], z: [] }));
    const points = { x: [], y: [] };
    const [[x0, x1], [y0, y1]] = session.document.domain;
    const put = (path, u, v, [inU, inV]) => {
      path.x.push(x0 + u * (x1 - x0));
      path.y.push(y0 + v * (y1 - y0));
      path.z.push(points.x.length); // whose height is not known yet
      points.x.push(x0 + (u + INWARD * (inU - u)) * (x1 - x0));
      points.y.push(y0 + (v + INWARD * (inV - v)) * (y1 - y0));
    };
    for (const { trace, ends, middle } of pieces) {
      const [u0, v0, u1, v1] = ends;
      const steps = isExact ? 1 : Math.ceil(CURVED * Math.hypot(u1 - u0, v1 - v0));
      for (let i = 0; i <= steps; i += 1) put(paths[trace], u0 + ((u1 - u0) * i) / steps, v0 + ((v1 - v0) * i) / steps, middle);
      for (const values of Object.values(paths[trace])) values.push(null);
    }
    const heights = landscapes.along(points, layer, neuron, kind);
    const lifted = (height) => (Math.abs(height) <= LARGEST_HEIGHT ? height + LIFT * scale : null);
    for (const path of paths) path.z = path.z.map((at) => (at === null ? null : lifted(heights[at])));
    return paths;
  }
}

/**
 * The pieces of the creases that a neuron's landscape has, each between two corners of regions.
 * @param {import("../regions.mjs").Answer} answer @param {import("./lines.mjs").CreaseLines} lines of the same
 * @param {{layer: number, neuron: number, kind: "activation" | "preactivation"}} landscape layer 0: the inputs, which have none
 * @param {boolean} hasTwoSides whether each is wanted once for the region on either side
 * @returns {{trace: number, ends: number[], middle: number[]}[]} which trace it is drawn by; u0, v0, u1, v1; the middle of
 *   the region whose edge it is
 */
export function piecesOf({ partitions, creases }, lines, { layer, neuron, kind }, hasTwoSides) {
  const partition = partitions[Math.min(layer, partitions.length) - 1];
  if (!partition) return [];
  const traceOf = (crease) => {
    const [own, its] = [creases.layers[crease], creases.neurons[crease]];
    if (own < layer || (own === layer && its < 0)) return weightIndex(own);
    return own === layer && kind === "activation" && lines.isOwn(crease, neuron) ? OWN : -1;
  };
  const traces = Int8Array.from({ length: creases.count }, (_, crease) => traceOf(crease));
  const { corners, starts, edges, count } = partition;
  const pieces = [];
  for (let region = 0; region < count; region += 1) {
    const [first, end] = [starts[region], starts[region + 1]];
    const middle = middleOf(corners.subarray(2 * first, 2 * end));
    for (let a = first; a < end; a += 1) {
      const isWanted = edges[a] >= 0 && (hasTwoSides || edges[a] % 2 === 0);
      const trace = isWanted ? traces[edges[a] >> 1] : -1;
      if (trace < 0) continue;
      const b = a + 1 < end ? a + 1 : first;
      pieces.push({ trace, ends: [corners[2 * a], corners[2 * a + 1], corners[2 * b], corners[2 * b + 1]], middle });
    }
  }
  return pieces;
}

function middleOf(corners) {
  const sum = [0, 0];
  corners.forEach((value, i) => (sum[i % 2] += value));
  return sum.map((value) => (2 * value) / corners.length);
}
