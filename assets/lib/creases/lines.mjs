/**
 * Which creases a landscape has, and how heavy their lines are. A neuron's landscape has those of the layers before it,
 * those of what stands before its own layer's weights, and its own; its neighbours in the layer bend elsewhere. Pure.
 */

const WEIGHTS = [1.6, 1.2, 0.9, 0.7]; // CSS pixels: of the creases of layers 1, 2, 3, and 4 and later
export const N_WEIGHTS = WEIGHTS.length;

/** Which weight a layer's creases have. @param {number} layer from 1 @returns {number} from 0 */
export const weightIndex = (layer) => Math.min(layer, N_WEIGHTS) - 1;

/** How wide a layer's creases are drawn. @param {number} layer from 1 @returns {number} CSS pixels */
export const widthOf = (layer) => WEIGHTS[weightIndex(layer)];

const key = (layer, neuron) => 256 * layer + neuron;

/** Creases in the order of their layers, and in a layer of their neurons: what a landscape has lies side by side. */
export class CreaseLines {
  /** @param {import("../regions.mjs").Creases} creases */
  constructor({ ends, layers, neurons, count }) {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    order.sort((a, b) => key(layers[a], neurons[a]) - key(layers[b], neurons[b]));
    this.count = count;
    this.ends = new Float32Array(4 * count);
    order.forEach((from, i) => this.ends.set(ends.subarray(4 * from, 4 * from + 4), 4 * i));
    this.layers = Uint8Array.from(order, (from) => layers[from]);
    this.keys = Uint32Array.from(order, (from) => key(layers[from], neurons[from]));
  }

  /** How many creases, from the first one on, all landscapes of a layer have. @param {number} layer from 1 */
  shared(layer) {
    return this.#before(key(layer, 0));
  }

  /** A neuron's own creases. @param {number} layer from 1 @param {number} neuron @returns {[number, number]} first, and behind the last */
  own(layer, neuron) {
    return [this.#before(key(layer, neuron)), this.#before(key(layer, neuron + 1))];
  }

  /** How many come before a key. */
  #before(wanted) {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.keys[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
