/**
 * Convex polygons one after another, in the unit square of the domain: which of them a point is in, areas, centres.
 * @typedef {import("./regions.mjs").Polygons} Polygons
 */

const SLACK = 1e-7; // corners are float32 numbers

/** The box around each. @param {Polygons} polygons @returns {Float32Array} four numbers each: left, bottom, right, top */
export function boxesOf({ corners, starts, count }) {
  const boxes = new Float32Array(4 * count);
  for (let i = 0; i < count; i += 1) {
    let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let c = starts[i]; c < starts[i + 1]; c += 1) {
      left = Math.min(left, corners[2 * c]);
      right = Math.max(right, corners[2 * c]);
      bottom = Math.min(bottom, corners[2 * c + 1]);
      top = Math.max(top, corners[2 * c + 1]);
    }
    boxes.set([left, bottom, right, top], 4 * i);
  }
  return boxes;
}

/**
 * @param {Polygons} polygons @param {Float32Array} boxes of boxesOf @param {number} u @param {number} v
 * @returns {number} the first polygon that has the point, its rim included; −1 for none
 */
export function polygonAt(polygons, boxes, u, v) {
  for (let i = 0; i < polygons.count; i += 1) {
    const b = 4 * i;
    const isInBox = u >= boxes[b] - SLACK && u <= boxes[b + 2] + SLACK && v >= boxes[b + 1] - SLACK && v <= boxes[b + 3] + SLACK;
    if (isInBox && isIn(polygons, i, u, v)) return i;
  }
  return -1;
}

/** Whether a point lies to the left of every side. */
function isIn({ corners, starts }, i, u, v) {
  for (let from = starts[i + 1] - 1, to = starts[i]; to < starts[i + 1]; from = to, to += 1) {
    const [x, y] = [corners[2 * from], corners[2 * from + 1]];
    if ((corners[2 * to] - x) * (v - y) - (corners[2 * to + 1] - y) * (u - x) < -SLACK) return false;
  }
  return true;
}

/** @param {Polygons} polygons @param {number} i @returns {number} its share of the unit square */
export function areaOf({ corners, starts }, i) {
  const [x, y] = [corners[2 * starts[i]], corners[2 * starts[i] + 1]]; // as the origin, or small areas would be lost
  let twice = 0;
  for (let c = starts[i] + 1; c + 1 < starts[i + 1]; c += 1) {
    twice += (corners[2 * c] - x) * (corners[2 * c + 3] - y) - (corners[2 * c + 1] - y) * (corners[2 * c + 2] - x);
  }
  return twice / 2;
}

/** A point within a polygon: the mean of its corners. @param {Polygons} polygons @param {number} i @returns {[number, number]} */
export function centreOf({ corners, starts }, i) {
  let [u, v] = [0, 0];
  for (let c = starts[i]; c < starts[i + 1]; c += 1) {
    u += corners[2 * c];
    v += corners[2 * c + 1];
  }
  const n = starts[i + 1] - starts[i];
  return [u / n, v / n];
}
