/**
 * The lines that stand for parameters on the wall: a curve for every weight, a bar at its neuron
 * for every bias. Line i belongs to parameter i. Pure geometry, in CSS pixels of the wall's content.
 */

const TILE_REACH = 0.44; // of a tile's width: where the weights' curves begin and end
const BAR_INSET = 4; // px from where the curves end to the bias's bar
const BAR_REACH = 0.36; // of a tile's height: the longest bar, up or down
const CROWD = 64; // weights of a layer that can be told apart at full strength
const REACH = 7; // px within which the pointer takes hold of a line
const PALENESS = 4; // px that an invisible line seems farther away than a strong one

/**
 * Start and end of every line.
 * @param {import("./document.mjs").Layer[]} layers
 * @param {(layer: number, neuron: number) => import("./arrange.mjs").Tile} tileAt
 * @returns {Float32Array} four numbers a parameter; a bar is given by where it stands and the tip it has for its layer's largest bias
 */
export function edgeEnds(layers, tileAt) {
  const ends = [];
  layers.forEach((layer, l) => {
    const own = layer.skip ? layer.inputs - 2 : layer.inputs;
    for (let k = 0; k < layer.width; k += 1) {
      const to = tileAt(l + 1, k);
      for (let i = 0; i < layer.inputs; i += 1) {
        const from = i < own ? tileAt(l, i) : tileAt(0, i - own);
        ends.push(from.x + TILE_REACH * from.width, from.y, to.x - TILE_REACH * to.width, to.y);
      }
    }
    for (let k = 0; k < layer.width; k += 1) {
      const { x, y, width, height } = tileAt(l + 1, k);
      const foot = x - TILE_REACH * width + BAR_INSET;
      ends.push(foot, y, foot, y - BAR_REACH * height);
    }
  });
  return new Float32Array(ends);
}

/**
 * The parameters as the wall draws them: weights relative to the largest of their layer, biases to
 * the largest of theirs, and how opaque each line is: strong into the selected neuron, pale
 * elsewhere, paler where they crowd.
 * @param {import("./document.mjs").Layer[]} layers @param {Float64Array} parameters
 * @param {{layer: number, neuron: number}} selection @param {number} held parameter under the pointer, −1 for none
 * @returns {Float32Array} pairs, one a parameter
 */
export function edgeWeights(layers, parameters, selection, held = -1) {
  const pairs = new Float32Array(2 * parameters.length);
  layers.forEach((layer, l) => {
    const isHere = selection.layer === l + 1;
    const weights = parameters.subarray(layer.weights, layer.biases);
    const crowd = Math.min(1, Math.sqrt(CROWD / weights.length));
    const pale = (size) => (0.09 + 0.26 * size) * crowd;
    relate(pairs, parameters, layer.weights, layer.biases, (i) => isHere && Math.floor(i / layer.inputs) === selection.neuron, pale);
    relate(pairs, parameters, layer.biases, layer.biases + layer.width, () => true, () => 1);
  });
  if (held >= 0) pairs[2 * held + 1] = 1;
  return pairs;
}

/** Write the pairs of parameters `from` to `to`. */
function relate(pairs, parameters, from, to, isStrong, pale) {
  let largest = 1e-12;
  for (let p = from; p < to; p += 1) largest = Math.max(largest, Math.abs(parameters[p]));
  for (let p = from; p < to; p += 1) {
    const relative = parameters[p] / largest;
    const size = Math.abs(relative);
    pairs[2 * p] = relative;
    pairs[2 * p + 1] = isStrong(p - from) ? 0.35 + 0.6 * size : pale(size);
  }
}

/** Whether a line is a bias's bar. @param {Float32Array} ends @param {number} index */
export const isBar = (ends, index) => ends[4 * index] === ends[4 * index + 2];

/**
 * The parameter whose line is nearest to a point.
 * @param {Float32Array} ends from edgeEnds @param {Float32Array} weights from edgeWeights: strong lines are easier to take hold of
 * @param {number} x @param {number} y @param {boolean} isBarWanted only bars count
 * @returns {number} its index; −1 where none is near
 */
export function edgeAt(ends, weights, x, y, isBarWanted = false) {
  let nearest = -1;
  let least = Infinity;
  for (let i = 0; i < ends.length / 4; i += 1) {
    if (isBarWanted && !isBar(ends, i)) continue;
    const distance = isBar(ends, i) ? distanceToBar(ends, i, x, y) : distanceToCurve(ends, i, x, y);
    const felt = distance + PALENESS * (1 - weights[2 * i + 1]);
    if (distance < REACH && felt < least) {
      least = felt;
      nearest = i;
    }
  }
  return nearest;
}

function distanceToBar(ends, i, x, y) {
  const [foot, base, , tip] = ends.subarray(4 * i, 4 * i + 4);
  const beyond = Math.max(Math.abs(y - base) - Math.abs(base - tip), 0);
  return Math.hypot(1.4 * (x - foot), beyond);
}

function distanceToCurve(ends, i, x, y) {
  const [x0, y0, x1, y1] = ends.subarray(4 * i, 4 * i + 4);
  const share = (x - x0) / (x1 - x0);
  if (!(share >= 0 && share <= 1) || y < Math.min(y0, y1) - REACH || y > Math.max(y0, y1) + REACH) return Infinity;
  const t = timeAt(share);
  const rise = y1 - y0;
  const slope = (rise * 6 * t * (1 - t)) / ((x1 - x0) * (1.5 - 3 * t + 3 * t * t));
  return Math.abs(y - y0 - rise * t * t * (3 - 2 * t)) / Math.hypot(1, slope);
}

/** Where along a curve it has gone a share of its way across: the t with 1.5 t (1 − t) + t³ = share, by Newton's method. */
function timeAt(share) {
  let t = share;
  for (let k = 0; k < 4; k += 1) t -= (1.5 * t * (1 - t) + t ** 3 - share) / (1.5 - 3 * t + 3 * t * t);
  return t;
}

/** A point of a line, where its number is written. @param {Float32Array} ends @param {number} i @returns {number[]} x, y */
export function edgeMiddle(ends, i) {
  const [x0, y0, x1, y1] = ends.subarray(4 * i, 4 * i + 4);
  return isBar(ends, i) ? [x0, y0] : [(x0 + x1) / 2, (y0 + y1) / 2];
}
