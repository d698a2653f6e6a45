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

const MOST_NEURONS = 32; // a layer; as in nets/limits.py
const key = (layer, neuron) => MOST_NEURONS * layer + neuron;

/**
 * Creases as segments in such an order that what a landscape has lies side by side: all of them, layer after layer, then
 * those of each neuron once more.
 */
export class CreaseLines {
  /** @param {import("../regions.mjs").Answer} answer */
  constructor(answer) {
    const { ends, layers, neurons, count } = answer.creases;
    this.answer = answer;
    const order = Array.from({ length: count }, (_, i) => i);
    const isPre = (crease) => Number(neurons[crease] < 0);
    order.sort((a, b) => layers[a] - layers[b] || isPre(b) - isPre(a));
    /** how many creases, from the first one on, all landscapes of a layer have */
    this.common = [];
    order.forEach((crease, i) => {
      for (let l = layers[crease] + 1 - isPre(crease); l <= answer.document.layers.length; l += 1) this.common[l] = i + 1;
    });
    this.ranges = new Map();
    answer.document.layers.forEach(({ width }, i) => {
      const own = order.filter((crease) => layers[crease] === i + 1);
      for (let neuron = 0; neuron < width; neuron += 1) {
        const first = order.length;
        order.push(...own.filter((crease) => this.isOwn(crease, neuron)));
        this.ranges.set(key(i + 1, neuron), [first, order.length]);
      }
    });
    this.count = order.length;
    this.ends = new Float32Array(4 * order.length);
    order.forEach((crease, i) => this.ends.set(ends.subarray(4 * crease, 4 * crease + 4), 4 * i));
    this.layers = Uint8Array.from(order, (crease) => layers[crease]);
  }

  /** The segments that all landscapes of a layer have. @param {number} layer from 1 @returns {[number, number]} first, and behind the last */
  shared(layer) {
    return [0, this.common[layer] ?? 0];
  }

  /** The segments of a neuron's own creases. @param {number} layer from 1 @param {number} neuron @returns {[number, number]} the same */
  own(layer, neuron) {
    return this.ranges.get(key(layer, neuron)) ?? [0, 0];
  }

  /** Whether a neuron bends along a crease of its layer, as the server numbers them. @param {number} crease @param {number} neuron */
  isOwn(crease, neuron) {
    return ((this.answer.creases.bends[crease] >>> neuron) & 1) === 1;
  }
}
