/**
 * Creases in the inspector: the selected neuron's own and those of the layers before, as lines on its map and, at the
 * landscape's own heights, on its surface. Between two corners of a region a landscape is a straight line; where it
 * jumps, as with step, both heights of the edge are drawn. They are drawn anew when everything has come to rest, when
 * there is another answer, and when something else is looked at, and not with every frame.
 */

import { LARGEST_HEIGHT } from "../arrange.mjs";
import { centreOf } from "../polygons.mjs";
import { inDomain } from "../square.mjs";
import { N_WEIGHTS, weightIndex, widthOf } from "./lines.mjs";

const OWN = N_WEIGHTS; // the trace of the neuron's own creases, behind those of each weight
const WIDTHS = Array.from({ length: N_WEIGHTS }, (_, i) => widthOf(i + 1));
const WIDTH = { surface: [...WIDTHS.map((width) => 1.6 * width), 4.5], map: [...WIDTHS, 2.4] }; // px
const SHARED = 0.75; // how strong the creases of the layers before are, beside the neuron's own, on the map
const LIFT = 0.02; // of the scale, above the surface, whose grid is coarser than a crease
const INWARD = 1e-4; // of the way to a region's middle: heights are looked up inside it, because at its edge they may jump
const CURVED = 24; // steps to the domain's side, where landscapes are not straight

/** @typedef {{surface: Record<number, object>, map: Record<number, object>}} Changes of traces, by their numbers */

export class CreaseTraces {
  /** @param {import("../inspector.mjs").Inspector} inspector @param {object} parts view, session, trainer */
  constructor(inspector, { view, session, trainer }) {
    Object.assign(this, { inspector, view, session, trainer });
    this.strength = 0;
    this.lines = null;
    this.isNew = false; // whether something has not been drawn yet
    this.looked = ""; // at what
    const { Plotly, surface, map } = inspector;
    const line = { mode: "lines", x: [], y: [], visible: false, hoverinfo: "skip" };
    this.first = { surface: surface.data.length, map: map.data.length };
    Plotly.addTraces(surface, WIDTH.surface.map((width) => ({ ...line, type: "scatter3d", z: [], line: { width } })));
    Plotly.addTraces(map, WIDTH.map.map((width) => ({ ...line, type: "scatter", line: { width, simplify: false } })));
    inspector.lines = this;
  }

  /** @param {number} strength 0 for none @param {?import("./lines.mjs").CreaseLines} lines */
  show(strength, lines) {
    if (strength === this.strength && lines === this.lines) return;
    Object.assign(this, { strength, lines, isNew: true });
    const { inspector } = this;
    if (this.trainer.isRunning) inspector.invalidate();
    else if (inspector.isInSight) {
      const { surface, map } = this.#changes();
      inspector.restyle(inspector.surface, surface);
      inspector.restyle(inspector.map, map);
    }
  }

  /**
   * What the inspector has to draw together with a picture, because Plotly computes everything anew for each change.
   * @param {boolean} isAtRest @returns {Changes}
   */
  changes(isAtRest) {
    const { selection, kind, outputs } = this.view;
    const looked = [selection.layer, selection.neuron, kind, outputs].join();
    if (!isAtRest && !this.isNew && looked === this.looked) return { surface: {}, map: {} };
    this.looked = looked;
    return this.#changes();
  }

  #changes() {
    this.isNew = false;
    this.view.flush(); // it may be asked for between two frames
    const paths = this.strength > 0 ? this.#paths(this.lines.answer) : null;
    // on the surface lines that are stale would hang in the air
    return { surface: this.#changesOf("surface", this.strength === 1 ? paths : null), map: this.#changesOf("map", paths) };
  }

  #changesOf(name, paths) {
    const changes = {};
    WIDTH[name].forEach((_, i) => {
      const trace = this.first[name] + i;
      if (paths?.[i].x.length) changes[trace] = { visible: true, "line.color": this.view.colours.crease, ...this.#lineOf(name, paths[i], i) };
      else if (this.inspector[name].data[trace].visible) changes[trace] = { visible: false };
    });
    return changes;
  }

  /** On the surface nothing is transparent, or it would swallow half of the lines. */
  #lineOf(name, { x, y, z }, i) {
    return name === "surface" ? { x, y, z } : { x, y, opacity: this.strength * (i === OWN ? 1 : SHARED) };
  }

  /** A path for every trace: lines one after another, with a gap after each. */
  #paths(answer) {
    const { view, session } = this;
    const { scale } = this.inspector;
    const { layer, neuron } = view.selection;
    const { landscapes, kind } = view;
    const isExact = layer <= answer.partitions.length && !(landscapes.areProbabilities && layer === session.layers.length);
    const hasJumps = session.layers.slice(0, layer).some(({ activation, pre }) => [...activation, pre].includes("step"));
    const pieces = piecesOf(answer, this.lines, { layer, neuron, kind }, hasJumps);
    const paths = Array.from({ length: OWN + 1 }, () => ({ x: [], y: [], z: [] }));
    const points = { x: [], y: [] };
    const { domain } = session.document;
    const put = (path, u, v, [inU, inV]) => {
      const { x, y } = inDomain(domain, [u, v]);
      path.x.push(x);
      path.y.push(y);
      path.z.push(points.x.length); // whose height is not known yet
      const inside = inDomain(domain, [u + INWARD * (inU - u), v + INWARD * (inV - v)]);
      points.x.push(inside.x);
      points.y.push(inside.y);
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
    const middle = centreOf(partition, region);
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
