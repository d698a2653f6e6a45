/**
 * The level sets of a first-layer neuron, exactly: with z = w·x + b they are straight parallel
 * lines w·x + b = z, one for every z at which activation(z) is the level.
 */

import { ACTIVATIONS } from "./activations.mjs";

/**
 * @typedef {object} Plane activation(weights[0] x + weights[1] y + bias)
 * @property {number[]} weights @property {number} bias @property {string} activation
 */

const SAMPLES = 2048; // of the nonlinearity over the z that occur; closer pairs of solutions are missed
const HALVINGS = 80; // of a sample's interval: to the last bit

/**
 * Where a function of one variable crosses a level, as marching squares sees it: between a value
 * above and one not above it. Where it jumps over the level, the place of the jump.
 * @param {(z: number) => number} activation @param {number} level
 * @param {number} low @param {number} high the z that occur
 * @returns {number[]} ascending
 */
export function solve(activation, level, low, high) {
  const solutions = [];
  const isDefined = (z) => Number.isFinite(activation(z));
  const isAbove = (z) => activation(z) > level;
  for (let i = 0; i < SAMPLES; i += 1) {
    let [from, to] = [i, i + 1].map((at) => low + ((high - low) * at) / SAMPLES);
    if (isDefined(from) !== isDefined(to)) {
      const [out, edge] = halve(isDefined, from, to);
      [from, to] = isDefined(from) ? [from, out] : [edge, to]; // as far as it is defined
    }
    if (!isDefined(from) || !isDefined(to) || isAbove(from) === isAbove(to)) continue;
    const [left, right] = halve(isAbove, from, to);
    solutions.push(isAbove(from) ? right : left); // the side on which the function is not above the level
  }
  return solutions;
}

/** The neighbours between which a property changes, the one like `from` first, by halving. */
function halve(has, from, to) {
  let [left, right] = [from, to];
  const atFrom = has(from);
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = left + (right - left) / 2;
    if (has(middle) === atFrom) left = middle;
    else right = middle;
  }
  return [left, right];
}

/**
 * The part of the line w₁x + w₂y + b = z within the domain.
 * @param {number[]} weights two @param {number} bias @param {number} z @param {number[][]} domain
 * @returns {?Array<[number, number]>} its two ends; null where it does not cross the domain
 */
export function clip([w1, w2], bias, z, [[left, right], [bottom, top]]) {
  // the point t of the line p + t d, with d along it, for the t at which it is within both intervals
  const norm = w1 * w1 + w2 * w2;
  if (!(norm > 0)) return null;
  const centre = [(left + right) / 2, (bottom + top) / 2];
  const share = (z - bias - w1 * centre[0] - w2 * centre[1]) / norm;
  const point = [centre[0] + share * w1, centre[1] + share * w2];
  const direction = [-w2, w1];
  let [from, to] = [-Infinity, Infinity];
  for (const [axis, low, high] of [[0, left, right], [1, bottom, top]]) {
    if (direction[axis] === 0) {
      if (point[axis] < low || point[axis] > high) return null;
      continue;
    }
    const ends = [(low - point[axis]) / direction[axis], (high - point[axis]) / direction[axis]];
    from = Math.max(from, Math.min(...ends));
    to = Math.min(to, Math.max(...ends));
  }
  if (!(to > from)) return null;
  return [from, to].map((t) => [point[0] + t * direction[0], point[1] + t * direction[1]]);
}

/**
 * The exact level set of a neuron whose pre-activation is a plane, within the domain.
 * @param {Plane} plane @param {number} height @param {number[][]} domain [[xMin, xMax], [yMin, yMax]]
 * @returns {Array<{z: number, points: number[][]}>} a straight line for every z with activation(z) = height
 */
export function straightLines({ weights, bias, activation }, height, domain) {
  const corners = domain[0].flatMap((x) => domain[1].map((y) => weights[0] * x + weights[1] * y + bias));
  return solve(ACTIVATIONS[activation], height, Math.min(...corners), Math.max(...corners))
    .map((z) => ({ z, points: clip(weights, bias, z, domain) }))
    .filter(({ points }) => points);
}

/**
 * A neuron as a plane with a nonlinearity on it: an input, or a neuron of the first layer whose
 * inputs pass through no nonlinearity before. What reaches it once more by a skip is added.
 * @param {{layer: number, neuron: number}} selection @param {import("./document.mjs").Layer[]} layers
 * @param {Float64Array} parameters @param {string} kind "preactivation": without the nonlinearity
 * @returns {?Plane} null where its pre-activation is no plane
 */
export function planeOf({ layer, neuron }, layers, parameters, kind) {
  if (layer === 0) return { weights: neuron === 0 ? [1, 0] : [0, 1], bias: 0, activation: "identity" };
  const { pre, inputs, weights: first, biases, activation, off } = layers[layer - 1];
  if (layer > 1 || pre !== "identity" || (kind === "activation" && off?.includes(neuron))) return null;
  const own = Array.from(parameters.subarray(first + neuron * inputs, first + (neuron + 1) * inputs));
  const weights = [0, 1].map((axis) => own.filter((_, i) => i % 2 === axis).reduce((sum, weight) => sum + weight, 0));
  return { weights, bias: parameters[biases + neuron], activation: kind === "activation" ? activation[neuron] : "identity" };
}

/**
 * The same plane over the data's units, where the network sees them standardised.
 * @param {?Plane} plane @param {{centre: number[], scale: number[]}} inputs of the document @returns {?Plane}
 */
export function inUnits(plane, { centre, scale }) {
  if (!plane) return null;
  const weights = plane.weights.map((weight, axis) => weight / scale[axis]);
  const bias = weights.reduce((sum, weight, axis) => sum - weight * centre[axis], plane.bias);
  return { ...plane, weights, bias };
}
