/**
 * Nonlinearities, one line each: the twin of nets/activations.py, which is the reference and
 * says where each comes from. A test compares the two tables row by row.
 */

const GELU_SCALE = Math.sqrt(2 / Math.PI);

const logistic = (z) => Math.exp(Math.min(z, 0)) / (1 + Math.exp(-Math.abs(z)));

/** @type {Record<string, (z: number) => number>} */
export const ACTIVATIONS = {
  identity: (z) => z,
  relu: (z) => Math.max(z, 0),
  leaky_relu: (z) => Math.max(z, 0.01 * z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  tanh: Math.tanh,
  sigmoid: logistic,
  hard_tanh: (z) => Math.min(Math.max(z, -1), 1),
  sin: Math.sin,
  gaussian: (z) => Math.exp(-z * z),
  step: (z) => (z > 0 ? 1 : 0),
  abs: Math.abs,
  square: (z) => z * z,
  silu: (z) => z * logistic(z),
  gelu: (z) => z * logistic(2 * GELU_SCALE * (z + 0.044715 * z * z * z)),
  log: Math.log,
  exp: Math.exp,
  sqrt: Math.sqrt,
};
