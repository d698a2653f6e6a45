/**
 * The affine maps that a piecewise-linear network consists of: of every neuron, before and after its nonlinearity,
 * around a point. Twin of the kinks and pieces of nets/activations.py and of the maps of nets/regions.py.
 *
 * @typedef {Float64Array} Maps three numbers a neuron: p, q, r of p·x + q·y + r, in the data's units
 * @typedef {{preactivation: Maps, activation: Maps}} LayerMaps
 */

/** Piecewise-linear nonlinearities: [slope, intercept] of each piece, and the kinks between them, ascending. */
export const PIECES = {
  identity: { kinks: [], pieces: [[1, 0]] },
  relu: { kinks: [0], pieces: [[0, 0], [1, 0]] },
  leaky_relu: { kinks: [0], pieces: [[0.01, 0], [1, 0]] },
  hard_tanh: { kinks: [-1, 1], pieces: [[0, -1], [1, 0], [0, 1]] },
  step: { kinks: [0], pieces: [[0, 0], [0, 1]] },
  abs: { kinks: [0], pieces: [[-1, 0], [1, 0]] },
};

const SILENT = { kinks: [], pieces: [[0, 0]] }; // what a neuron does that is switched off

/**
 * Every neuron's map at a point, layer by layer by the chain rule, as far as layers are piecewise linear. On a kink it
 * is that of the lower side.
 * @param {import("../../lib/document.mjs").Layer[]} layers @param {Float64Array} parameters
 * @param {?{centre: number[], scale: number[]}} inputs how the network sees the plane
 * @param {{x: number, y: number}} point in the data's units
 * @param {number} to the last layer that is wanted
 * @returns {LayerMaps[]} of layers 1, 2, …
 */
export function affineMaps(layers, parameters, inputs, { x, y }, to = layers.length) {
  const { centre: [cx, cy], scale: [sx, sy] } = inputs ?? { centre: [0, 0], scale: [1, 1] };
  const coordinates = Float64Array.of(1 / sx, 0, -cx / sx, 0, 1 / sy, -cy / sy);
  const found = [];
  let below = coordinates;
  for (let l = 0; l < to; l += 1) {
    const layer = layers[l];
    if (!isPiecewiseLinear(layer)) break;
    const received = receive(layer, below, coordinates, x, y);
    const preactivation = combine(layer, parameters, received);
    const activation = preactivation.slice();
    for (let k = 0; k < layer.width; k += 1) bend(activation, k, layer.off.includes(k) ? SILENT : PIECES[layer.activation[k]], x, y);
    found.push({ preactivation, activation });
    below = activation;
  }
  return found;
}

/** @param {import("../../lib/document.mjs").Layer} layer */
const isPiecewiseLinear = ({ pre, activation, off }) => pre in PIECES && activation.every((name, k) => name in PIECES || off.includes(k));

/** What reaches a layer's weights: the neurons before it, the inputs where it has them too, after its `pre`. */
function receive({ skip, pre }, below, coordinates, x, y) {
  if (!skip && pre === "identity") return below;
  const received = skip ? Float64Array.of(...below, ...coordinates) : below.slice();
  for (let i = 0; i < received.length / 3; i += 1) bend(received, i, PIECES[pre], x, y);
  return received;
}

/** The weighted sums, biases included. */
function combine({ width, inputs, weights, biases }, parameters, received) {
  const sums = new Float64Array(3 * width);
  const own = heard(received);
  for (let k = 0; k < width; k += 1) {
    const first = weights + k * inputs;
    let p = 0;
    let q = 0;
    let r = parameters[biases + k];
    for (let n = 0; n < own.length; n += 1) {
      const i = own[n];
      const weight = parameters[first + i];
      p += weight * received[3 * i];
      q += weight * received[3 * i + 1];
      r += weight * received[3 * i + 2];
    }
    sums[3 * k] = p;
    sums[3 * k + 1] = q;
    sums[3 * k + 2] = r;
  }
  return sums;
}

/** Those that are not 0 everywhere, which of rectifiers are few. */
function heard(received) {
  const found = [];
  for (let i = 0; 3 * i < received.length; i += 1) if (received[3 * i] || received[3 * i + 1] || received[3 * i + 2]) found.push(i);
  return found;
}

/** Replace a map by its piece of the nonlinearity at a point. */
function bend(maps, k, { kinks, pieces }, x, y) {
  const at = 3 * k;
  let piece = 0;
  if (kinks.length) {
    const z = maps[at] * x + maps[at + 1] * y + maps[at + 2];
    while (piece < kinks.length && z > kinks[piece]) piece += 1;
  }
  const [slope, intercept] = pieces[piece];
  maps[at] *= slope;
  maps[at + 1] *= slope;
  maps[at + 2] = slope * maps[at + 2] + intercept;
}

/** The size of a map's gradient. @param {Maps} maps @param {number} neuron */
export const gradientSize = (maps, neuron) => Math.hypot(maps[3 * neuron], maps[3 * neuron + 1]);
