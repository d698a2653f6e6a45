/**
 * The forward pass in the page: one evaluation gives every neuron's landscape, before and after
 * its nonlinearity, in float64. Twin of nets/network.py, nets/inputs.py and nets/surfaces.py.
 *
 * A layer's values are one Float64Array, neuron after neuron; within a neuron point after point,
 * on a grid row = y ascending and column = x ascending.
 */

import { ACTIVATIONS } from "./activations.mjs";

export const GRID_SIZE = 49; // points per axis

/**
 * Even steps from start to stop, both included, as numpy.linspace computes them.
 * @param {number} start @param {number} stop @param {number} n @returns {Float64Array}
 */
export function linspace(start, stop, n) {
  const step = (stop - start) / (n - 1);
  const values = Float64Array.from({ length: n }, (_, i) => start + i * step);
  values[n - 1] = stop;
  return values;
}

/**
 * The points of an n × n grid over a domain.
 * @param {number[][]} domain [[xMin, xMax], [yMin, yMax]] @param {number} n
 * @returns {{x: Float64Array, y: Float64Array}} n² coordinates each
 */
export function gridPoints(domain, n) {
  const [xs, ys] = domain.map(([low, high]) => linspace(low, high, n));
  const x = new Float64Array(n * n);
  const y = new Float64Array(n * n);
  for (let row = 0; row < n; row += 1) {
    x.set(xs, row * n);
    y.fill(ys[row], row * n, (row + 1) * n);
  }
  return { x, y };
}

const UNCHANGED = { centre: [0, 0], scale: [1, 1] };

/**
 * Points, in the data's units, as the network sees them: (x − centre) / scale.
 * @param {object} document @param {{x: ArrayLike<number>, y: ArrayLike<number>}} points
 * @returns {{x: Float64Array, y: Float64Array}}
 */
export function standardise(document, { x, y }) {
  const { centre, scale } = document.inputs ?? UNCHANGED;
  const along = (values, axis) => Float64Array.from(values, (value) => (value - centre[axis]) / scale[axis]);
  return { x: along(x, 0), y: along(y, 1) };
}

/** The n × n grid over a document's domain, as the network sees it. @param {object} document @param {number} n */
export const gridOf = (document, n) => standardise(document, gridPoints(document.domain, n));

/** Every neuron's response to a fixed set of points, kept up to date layer by layer. */
export class Evaluation {
  /**
   * @param {import("./document.mjs").Layer[]} layers
   * @param {{x: ArrayLike<number>, y: ArrayLike<number>}} points as the network sees them (see standardise)
   */
  constructor(layers, points) {
    this.layers = layers;
    this.n = points.x.length;
    const inputs = new Float64Array(2 * this.n);
    inputs.set(points.x);
    inputs.set(points.y, this.n);
    /** activation[0] are the inputs themselves */
    this.activation = [inputs, ...layers.map((layer) => new Float64Array(layer.width * this.n))];
    this.preactivation = [inputs, ...layers.map((layer) => new Float64Array(layer.width * this.n))];
    this.scratch = layers.map((layer) => (layer.pre === "identity" ? null : new Float64Array(layer.inputs * this.n)));
  }

  /**
   * Evaluate layer `from` and all layers after it.
   * @param {Float64Array} parameters @param {number} from first layer to compute, 1 for all
   * @param {number} to last layer to compute
   */
  update(parameters, from = 1, to = this.layers.length) {
    for (let l = from; l <= to; l += 1) this.#updateLayer(l, parameters);
  }

  /** One neuron's values as a view. @param {number} layer @param {number} neuron @param {string} kind */
  values(layer, neuron, kind = "activation") {
    return this[kind][layer].subarray(neuron * this.n, (neuron + 1) * this.n);
  }

  /**
   * What reaches a layer's weights from its i-th input: u_i = pre(v_i), as a view.
   * @param {number} l layer, from 1 @param {number} i
   */
  input(l, i) {
    const layer = this.layers[l - 1];
    if (this.scratch[l - 1]) return this.scratch[l - 1].subarray(i * this.n, (i + 1) * this.n);
    const own = layer.skip ? layer.inputs - 2 : layer.inputs;
    return i < own ? this.values(l - 1, i) : this.values(0, i - own);
  }

  #updateLayer(l, parameters) {
    const { n } = this;
    const layer = this.layers[l - 1];
    this.#applyPre(l);
    const z = this.preactivation[l];
    const a = this.activation[l];
    const inputs = Array.from({ length: layer.inputs }, (_, i) => this.input(l, i));
    for (let k = 0; k < layer.width; k += 1) {
      const out = z.subarray(k * n, (k + 1) * n);
      out.fill(parameters[layer.biases + k]);
      for (let i = 0; i < layer.inputs; i += 1) accumulate(out, parameters[layer.weights + k * layer.inputs + i], inputs[i]);
      const activations = a.subarray(k * n, (k + 1) * n);
      if (layer.off.includes(k)) activations.fill(0);
      else apply(ACTIVATIONS[layer.activation[k]], out, activations);
    }
  }

  #applyPre(l) {
    const into = this.scratch[l - 1];
    if (!into) return;
    const layer = this.layers[l - 1];
    const received = this.activation[l - 1];
    apply(ACTIVATIONS[layer.pre], received, into);
    if (layer.skip) apply(ACTIVATIONS[layer.pre], this.activation[0], into.subarray(received.length));
  }
}

// Loops as small functions, and one of its own for the commonest nonlinearity: browsers compile these to half the time.

function accumulate(sum, weight, input) {
  for (let p = 0; p < sum.length; p += 1) sum[p] += weight * input[p];
}

function apply(activation, from, into) {
  if (activation === Math.tanh) applyTanh(from, into);
  else for (let p = 0; p < from.length; p += 1) into[p] = activation(from[p]);
}

function applyTanh(from, into) {
  for (let p = 0; p < from.length; p += 1) into[p] = Math.tanh(from[p]);
}

/**
 * exp(s_k) / Σ_j exp(s_j) at every point: twin of nets.losses.softmax.
 * @param {Float64Array} scores class after class, n values each @param {number} classes @returns {Float64Array} of the same order
 */
export function softmax(scores, classes) {
  const n = scores.length / classes;
  const shares = new Float64Array(scores.length);
  for (let p = 0; p < n; p += 1) {
    let highest = -Infinity;
    for (let k = 0; k < classes; k += 1) highest = Math.max(highest, scores[k * n + p]);
    let total = 0;
    for (let k = 0; k < classes; k += 1) total += shares[k * n + p] = Math.exp(scores[k * n + p] - highest);
    for (let k = 0; k < classes; k += 1) shares[k * n + p] /= total;
  }
  return shares;
}
