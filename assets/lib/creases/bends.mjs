/**
 * Which neurons of its layer bend along a crease. It is listed once, as the first one's, also where several have it, as
 * relu(x) and relu(−x) do: so all are asked whether they bend across its middle. Pure.
 */

import { decodeFloat64, layoutLayers } from "../document.mjs";
import { Evaluation, standardise } from "../engine.mjs";

const STEP = 1e-5; // of the domain's side, to either side of a crease
const CLEAR = 1e-3; // a bend is more than this share of the ways down on either side; what is straight differs by rounding

/**
 * @param {import("../regions.mjs").Answer} answer
 * @returns {Uint32Array} for each crease, a bit for each neuron of its layer (nets/limits.py: 32 at most); none for those
 *   of what stands before a layer's weights, which its neurons have in common
 */
export function bendsOf({ document, creases }) {
  const layers = layoutLayers(document);
  const parameters = decodeFloat64(document.parameters);
  const bends = new Uint32Array(creases.count);
  layers.forEach(({ width }, i) => {
    const own = Uint32Array.from({ length: creases.count }, (_, crease) => crease).filter(
      (crease) => creases.layers[crease] === i + 1 && creases.neurons[crease] >= 0,
    );
    if (!own.length) return;
    const evaluation = new Evaluation(layers, standardise(document, acrossMiddles(document, creases.ends, own)));
    evaluation.update(parameters, 1, i + 1);
    own.forEach((crease) => (bends[crease] = 1 << creases.neurons[crease]));
    for (let neuron = 0; neuron < width; neuron += 1) {
      const heights = evaluation.values(i + 1, neuron);
      own.forEach((crease, k) => {
        if (isBend(heights[3 * k], heights[3 * k + 1], heights[3 * k + 2])) bends[crease] |= 1 << neuron;
      });
    }
  });
  return bends;
}

/** Three points a crease, in the data's units: below its middle, there, and above. */
function acrossMiddles({ domain: [[x0, x1], [y0, y1]] }, ends, creases) {
  const points = { x: new Float64Array(3 * creases.length), y: new Float64Array(3 * creases.length) };
  creases.forEach((crease, k) => {
    const [u0, v0, u1, v1] = ends.subarray(4 * crease, 4 * crease + 4);
    const length = Math.hypot(u1 - u0, v1 - v0) || 1;
    for (const side of [-1, 0, 1]) {
      const at = 3 * k + side + 1;
      points.x[at] = x0 + ((u0 + u1) / 2 - (side * STEP * (v1 - v0)) / length) * (x1 - x0);
      points.y[at] = y0 + ((v0 + v1) / 2 + (side * STEP * (u1 - u0)) / length) * (y1 - y0);
    }
  });
  return points;
}

const isBend = (below, middle, above) =>
  Math.abs(below + above - 2 * middle) > CLEAR * (Math.abs(below - middle) + Math.abs(above - middle));
