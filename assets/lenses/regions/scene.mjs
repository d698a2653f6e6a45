/**
 * What the map holds, apart from how it is drawn: on the page's canvas, or printed.
 *
 * @typedef {object} Scene
 * @property {number[][]} domain
 * @property {?import("./colouring.mjs").Painting} painting of regions; null where there are none
 * @property {?HTMLCanvasElement} image instead of them: a value at every point of a grid, row = v descending
 * @property {Creases} creases
 * @property {?{u: Float64Array, v: Float64Array, points: object, isClassification: boolean}} data
 *
 * @typedef {Array<{layer: number, ends: Float32Array}>} Creases four numbers a crease, deepest layer first
 */

import { isClassification } from "../../lib/document.mjs";
import { inSquare } from "../../lib/square.mjs";

/**
 * The creases of the layers that have cut a partition, those of the first layer last, so that they lie on top.
 * @param {import("../../lib/regions.mjs").Creases} creases @param {number} last layer @returns {Creases}
 */
export function creasesUpTo({ ends, layers, count }, last) {
  const sizes = new Uint32Array(last + 1);
  for (let i = 0; i < count; i += 1) if (layers[i] <= last) sizes[layers[i]] += 1;
  const found = Array.from(sizes, (size, layer) => ({ layer, ends: new Float32Array(4 * size) }));
  const filled = new Uint32Array(last + 1);
  for (let i = 0; i < count; i += 1) {
    const layer = layers[i];
    if (layer > last) continue;
    found[layer].ends.set(ends.subarray(4 * i, 4 * i + 4), 4 * filled[layer]);
    filled[layer] += 1;
  }
  return found.filter(({ ends: own }) => own.length).reverse();
}

/**
 * The data in the unit square.
 * @param {number[][]} domain @param {{document: object, points: ?import("../../lib/metrics.mjs").Points}} session
 */
export function dataOf(domain, { document, points }) {
  if (!points) return null;
  const places = points.x.map((x, i) => inSquare(domain, { x, y: points.y[i] }));
  const [u, v] = [0, 1].map((axis) => Float64Array.from(places, (place) => place[axis]));
  return { u, v, points, isClassification: isClassification(document) };
}
