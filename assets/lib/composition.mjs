/**
 * The arithmetic of one neuron: the sum of weight · input and the bias, term after term, on whole
 * landscapes and at a single point. Twin of nets/network.py for one row of a layer.
 */

import { heightScale } from "./arrange.mjs";

/**
 * Add the first terms of a sum; the bias is the last of all.
 * @param {Float64Array[]} inputs the landscape of every input, before its weight
 * @param {number[]} weights one an input @param {number} bias
 * @param {number} count how many terms, from 0 to one more than there are inputs
 * @returns {{sum: Float64Array, scale: number}} and a height that holds every partial sum, whatever the count
 */
export function partialSum(inputs, weights, bias, count) {
  const running = new Float64Array(inputs[0].length);
  let sum = running.slice();
  let scale = 0;
  const add = (i, termAt) => {
    for (let p = 0; p < running.length; p += 1) running[p] += termAt(p);
    scale = Math.max(scale, heightScale(running));
    if (i + 1 === count) sum = running.slice();
  };
  inputs.forEach((values, i) => add(i, (p) => weights[i] * values[p]));
  add(inputs.length, () => bias);
  return { sum, scale };
}

/**
 * @typedef {object} Arithmetic a neuron's numbers at one point
 * @property {Array<{weight: number, input: number, product: number}>} terms
 * @property {number} bias @property {number} preactivation @property {number} activation
 */

/**
 * A neuron's numbers at a point of the plane.
 * @param {import("./engine.mjs").Evaluation} evaluation of that one point, at these parameters
 * @param {Float64Array} parameters
 * @param {{layer: number, neuron: number}} selection layer from 1
 * @returns {Arithmetic}
 */
export function arithmeticAt(evaluation, parameters, { layer, neuron }) {
  const { inputs, weights, biases } = evaluation.layers[layer - 1];
  const terms = Array.from({ length: inputs }, (_, i) => {
    const weight = parameters[weights + neuron * inputs + i];
    const [input] = evaluation.input(layer, i);
    return { weight, input, product: weight * input };
  });
  const [preactivation] = evaluation.values(layer, neuron, "preactivation");
  const [activation] = evaluation.values(layer, neuron);
  return { terms, bias: parameters[biases + neuron], preactivation, activation };
}

/**
 * What the first terms come to at a point.
 * @param {Arithmetic} arithmetic @param {number} count as in partialSum; with all of them it is the pre-activation
 */
export function sumAt({ terms, bias, preactivation }, count) {
  if (count > terms.length) return preactivation;
  return terms.slice(0, count).reduce((sum, { product }) => sum + product, 0);
}
