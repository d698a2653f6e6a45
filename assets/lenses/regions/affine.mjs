/**
 * The affine maps that a piecewise-linear network consists of: of every neuron, before and after its nonlinearity,
 * around a point. Twin of the kinks and pieces of nets/activations.py and of the maps of nets/regions.py.
 *
 * @typedef {object} Maps of neurons, in the unit square of the domain
 * @property {Float64Array} coefficients three numbers a neuron: p, q, r of p·u + q·v + r
 * @property {Float64Array} sizes what the absolute values of all terms add up to at most, which bounds what rounding does
 *
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
const ROUNDING = 128 * Number.EPSILON; // of a number, as a part of the largest one that it was computed from
const NEAR = 1e-12; // sides of the square: a kink that is no farther away is at the point

/**
 * Every neuron's map at a place, layer by layer by the chain rule, as far as layers are piecewise linear. On a kink, and
 * where rounding would decide on which side of it, it is that of the lower side.
 * @param {{document: object, layers: import("../../lib/document.mjs").Layer[], parameters: Float64Array}} network
 * @param {[number, number]} place in the unit square
 * @param {number} to the last layer that is wanted
 * @returns {LayerMaps[]} of layers 1, 2, …
 */
export function affineMaps({ document, layers, parameters }, place, to = layers.length) {
  const inputs = seen(document);
  const found = [];
  let below = inputs;
  for (let l = 0; l < to; l += 1) {
    const layer = layers[l];
    if (!isPiecewiseLinear(layer)) break;
    const preactivation = combine(layer, parameters, receive(layer, below, inputs, place));
    const activation = copy(preactivation);
    for (let k = 0; k < layer.width; k += 1) bend(activation, k, layer.off.includes(k) ? SILENT : PIECES[layer.activation[k]], place);
    found.push({ preactivation, activation });
    below = activation;
  }
  return found;
}

/** The inputs as the network sees them. @param {object} document @returns {Maps} */
function seen({ domain, inputs }) {
  const { centre, scale } = inputs ?? { centre: [0, 0], scale: [1, 1] };
  const coefficients = new Float64Array(6);
  const sizes = new Float64Array(2);
  domain.forEach(([low, high], axis) => {
    coefficients[4 * axis] = (high - low) / scale[axis];
    coefficients[3 * axis + 2] = (low - centre[axis]) / scale[axis];
    sizes[axis] = Math.max(Math.abs(low - centre[axis]), Math.abs(high - centre[axis])) / scale[axis];
  });
  return { coefficients, sizes };
}

const copy = ({ coefficients, sizes }) => ({ coefficients: coefficients.slice(), sizes: sizes.slice() });

/** @param {import("../../lib/document.mjs").Layer} layer */
const isPiecewiseLinear = ({ pre, activation, off }) => pre in PIECES && activation.every((name, k) => name in PIECES || off.includes(k));

/** What reaches a layer's weights: the neurons before it, the inputs where it has them too, after its `pre`. */
function receive({ skip, pre }, below, inputs, place) {
  if (!skip && pre === "identity") return below;
  const received = skip ? concatenate(below, inputs) : copy(below);
  for (let i = 0; i < received.sizes.length; i += 1) bend(received, i, PIECES[pre], place);
  return received;
}

const concatenate = (some, others) => ({
  coefficients: Float64Array.of(...some.coefficients, ...others.coefficients),
  sizes: Float64Array.of(...some.sizes, ...others.sizes),
});

/** The weighted sums, biases included. */
function combine({ width, inputs, weights, biases }, parameters, received) {
  const coefficients = new Float64Array(3 * width);
  const sizes = new Float64Array(width);
  const own = heard(received);
  const { coefficients: below, sizes: sizesBelow } = received;
  for (let k = 0; k < width; k += 1) {
    const first = weights + k * inputs;
    let p = 0;
    let q = 0;
    let r = parameters[biases + k];
    let size = Math.abs(r);
    for (let n = 0; n < own.length; n += 1) {
      const i = own[n];
      const weight = parameters[first + i];
      p += weight * below[3 * i];
      q += weight * below[3 * i + 1];
      r += weight * below[3 * i + 2];
      size += Math.abs(weight) * sizesBelow[i];
    }
    coefficients[3 * k] = p;
    coefficients[3 * k + 1] = q;
    coefficients[3 * k + 2] = r;
    sizes[k] = size;
  }
  return { coefficients, sizes };
}

/** Those that are not 0 everywhere, which of rectifiers are few. */
function heard({ sizes }) {
  const found = [];
  for (let i = 0; i < sizes.length; i += 1) if (sizes[i]) found.push(i);
  return found;
}

/** Replace a map by its piece of the nonlinearity at a place. */
function bend({ coefficients, sizes }, k, { kinks, pieces }, [u, v]) {
  const at = 3 * k;
  let piece = 0;
  if (kinks.length) {
    const p = coefficients[at];
    const q = coefficients[at + 1];
    const near = NEAR * Math.sqrt(p * p + q * q); // hypot would take most of the time that all this takes
    for (const kink of kinks) {
      const height = p * u + q * v + (coefficients[at + 2] - kink);
      if (!(height > near && height > ROUNDING * (sizes[k] + Math.abs(kink)))) break;
      piece += 1;
    }
  }
  const [slope, intercept] = pieces[piece];
  coefficients[at] *= slope;
  coefficients[at + 1] *= slope;
  coefficients[at + 2] = slope * coefficients[at + 2] + intercept;
  sizes[k] = Math.abs(slope) * sizes[k] + Math.abs(intercept);
}

/**
 * A neuron's map over the data's units, 0 being 0: what rounding leaves where sums cancel is left out.
 * @param {Maps} maps @param {number} neuron @param {number[][]} domain
 * @returns {[number, number, number]} p, q, r of p·x + q·y + r
 */
export function inUnits({ coefficients, sizes }, neuron, [[x0, x1], [y0, y1]]) {
  const unsure = ROUNDING * sizes[neuron];
  const sure = (value) => (Math.abs(value) <= unsure ? 0 : value);
  const p = sure(coefficients[3 * neuron]) / (x1 - x0);
  const q = sure(coefficients[3 * neuron + 1]) / (y1 - y0);
  return [p, q, sure(coefficients[3 * neuron + 2] - p * x0 - q * y0)];
}

/** The size of a map's gradient, in the data's units. @param {Maps} maps @param {number} neuron @param {number[][]} domain */
export function gradientSize(maps, neuron, domain) {
  const [p, q] = inUnits(maps, neuron, domain);
  return Math.hypot(p, q);
}
