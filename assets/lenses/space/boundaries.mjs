/**
 * Straight lines in the plane of two axes: where what is linear in the two changes its winner or
 * its sign. Such a line is exact, not traced: it is where one affine function overtakes another.
 *
 * @typedef {{p: number, q: number, r: number, colour: string}} Competitor
 *   f(u, v) = p·u + q·v + r, and the name of the colour of the side on which it is the highest
 * @typedef {{competitors: Competitor[], isStrong: boolean}} Contest
 */

import { isClassification, layerTitle } from "../../lib/document.mjs";
import { isSame } from "./axes.mjs";

const N_CLASS_COLOURS = 6;

const classColourName = (index) => `class-${index % N_CLASS_COLOURS}`;

/**
 * What can be drawn exactly in a plane.
 *
 * In a plane of two outputs it is where their classes score the same. In the plane of the only
 * two neurons of a layer it is what the next layer makes of them: the border between classes
 * where that is the last one, and every neuron's zero line elsewhere.
 * @param {import("./axes.mjs").Plane} plane
 * @param {{document: object, layers: Array, parameters: Float64Array}} session
 * @param {{layer: number, neuron: number}} selection
 * @returns {{contests: Contest[], caption: string}} an empty caption where there is nothing to draw
 */
export function boundaries(plane, session, selection) {
  const { layer, axes } = plane;
  const isOwn = layer > 0 && axes.every((axis) => axis.layer === layer) && !isSame(...axes);
  if (isOwn && layer === session.layers.length) return betweenOutputs(plane, session);
  if (isOwn && session.layers[layer - 1].width === 2) return betweenReaders(plane, session, selection);
  return { contests: [], caption: "" };
}

function betweenOutputs({ layer, axes, kind }, { document, layers }) {
  const areScores = kind === "activation" || axes.every(({ neuron }) => layers[layer - 1].activation[neuron] === "identity");
  if (!isClassification(document) || !areScores) return { contests: [], caption: "" };
  const competitors = axes.map(({ neuron }, at) => ({ p: 1 - at, q: at, r: 0, colour: classColourName(neuron) }));
  const names = axes.map(({ neuron }) => `class ${neuron + 1}`);
  return {
    contests: [{ competitors, isStrong: true }],
    caption: `Line: ${names.join(" and ")} score the same; each side has the colour of the higher one.`,
  };
}

function betweenReaders({ layer, axes, kind }, { document, layers, parameters }, selection) {
  const next = layers[layer];
  if (kind !== "activation" || next.pre !== "identity" || next.skip) return { contests: [], caption: "" };
  const off = document.layers[layer].off ?? [];
  const sums = Array.from({ length: next.width }, (_, k) => {
    const weight = ({ neuron }) => parameters[next.weights + k * next.inputs + neuron];
    return { p: weight(axes[0]), q: weight(axes[1]), r: parameters[next.biases + k] };
  });
  const isLast = layer + 1 === layers.length;
  if (isLast && isClassification(document) && next.activation.every((name) => name === "identity")) {
    const zero = { p: 0, q: 0, r: 0 };
    const competitors = sums.map((sum, k) => ({ ...(off.includes(k) ? zero : sum), colour: classColourName(k) }));
    return {
      contests: [{ competitors, isStrong: true }],
      caption: "Lines: the exact border between the classes, straight because their scores are linear in this plane.",
    };
  }
  const contests = sums.map((sum, k) => ({
    competitors: [{ ...sum, colour: "positive" }, { p: 0, q: 0, r: 0, colour: "negative" }],
    isStrong: selection.layer === layer + 1 && selection.neuron === k,
  }));
  const title = layerTitle(layer + 1, document);
  const what = next.width === 1 ? `the pre-activation of ${title} is 0` : `a pre-activation of ${title} is 0`;
  return { contests, caption: `Lines: ${what}; above 0 on the blue side, below on the orange one.` };
}

/**
 * Where one affine function is the highest of several: the rectangle cut by one line after
 * another (Sutherland and Hodgman, 1974).
 * @param {Competitor[]} competitors @param {number} winner its index
 * @param {[number, number][]} polygon convex, in the plane's coordinates
 * @returns {[number, number][]} what is left of it; empty where it is nowhere the highest
 */
export function winnerRegion(competitors, winner, polygon) {
  const own = competitors[winner];
  return competitors.reduce((left, other, at) => {
    if (at === winner) return left;
    return cut(left, ([u, v]) => (own.p - other.p) * u + (own.q - other.q) * v + (own.r - other.r));
  }, polygon);
}

/** The part of a convex polygon where an affine function is not negative. */
function cut(polygon, height) {
  const heights = polygon.map(height);
  return polygon.flatMap((corner, i) => {
    const j = (i + 1) % polygon.length;
    const kept = heights[i] >= 0 ? [corner] : [];
    if (heights[i] >= 0 === heights[j] >= 0) return kept;
    const share = heights[i] / (heights[i] - heights[j]);
    return [...kept, corner.map((from, axis) => from + share * (polygon[j][axis] - from))];
  });
}
