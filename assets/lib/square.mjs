/** The unit square of the domain, which tiles, probe and regions are in, and the plane in the data's units. */

/** A place of the square in the data's units. @param {number[][]} domain @param {[number, number]} place @returns {{x: number, y: number}} */
export function inDomain([[x0, x1], [y0, y1]], [u, v]) {
  return { x: x0 + u * (x1 - x0), y: y0 + v * (y1 - y0) };
}

/** The other way round. @param {number[][]} domain @param {{x: number, y: number}} point @returns {[number, number]} */
export const inSquare = ([[x0, x1], [y0, y1]], { x, y }) => [(x - x0) / (x1 - x0), (y - y0) / (y1 - y0)];
