/**
 * The input grid: straight lines over the domain, sampled finely enough to look curved wherever
 * the network carries them, and the cells between them.
 */

import { linspace } from "../../lib/engine.mjs";

export const LINES = 21; // each way
export const STEPS = 4; // samples along one side of a cell
export const SAMPLES = (LINES - 1) * STEPS + 1; // along a line
export const CELLS = (LINES - 1) ** 2;

/** Index of a sample of the row-th line across, respectively of the column-th line up. */
const across = (row, sample) => row * SAMPLES + sample;
const up = (column, sample) => (LINES + column) * SAMPLES + sample;

/**
 * Every line's samples: the lines across from low y to high y, then the lines up from low x to high x.
 * @param {number[][]} domain [[xMin, xMax], [yMin, yMax]]
 * @returns {{x: Float64Array, y: Float64Array}} 2 · LINES · SAMPLES coordinates each
 */
export function gridLines(domain) {
  const lines = domain.map(([low, high]) => linspace(low, high, LINES));
  const samples = domain.map(([low, high]) => linspace(low, high, SAMPLES));
  const x = new Float64Array(2 * LINES * SAMPLES);
  const y = new Float64Array(2 * LINES * SAMPLES);
  for (let i = 0; i < LINES; i += 1) {
    x.set(samples[0], across(i, 0));
    y.fill(lines[1][i], across(i, 0), across(i + 1, 0));
    x.fill(lines[0][i], up(i, 0), up(i + 1, 0));
    y.set(samples[1], up(i, 0));
  }
  return { x, y };
}

/** @returns {number[]} the sample at every crossing of two lines */
export const crossings = () =>
  Array.from({ length: LINES * LINES }, (_, i) => across(Math.floor(i / LINES), (i % LINES) * STEPS));

/**
 * Every cell's boundary as samples, anticlockwise in the input plane; row by row from low y.
 * @returns {Int32Array[]} CELLS lists of 4 · STEPS
 */
export function cellBoundaries() {
  return Array.from({ length: CELLS }, (_, cell) => {
    const row = Math.floor(cell / (LINES - 1));
    const column = cell % (LINES - 1);
    const steps = Array.from({ length: STEPS }, (_, step) => step);
    return Int32Array.from([
      ...steps.map((step) => across(row, column * STEPS + step)),
      ...steps.map((step) => up(column + 1, row * STEPS + step)),
      ...steps.map((step) => across(row + 1, (column + 1) * STEPS - step)),
      ...steps.map((step) => up(column, (row + 1) * STEPS - step)),
    ]);
  });
}

/**
 * Area that a closed path encloses, negative where it runs clockwise. Of the image of a cell's
 * boundary it is the integral of the map's Jacobian determinant over the cell (Green, 1828).
 * @param {ArrayLike<number>} path indices into u and v @param {Float64Array} u @param {Float64Array} v
 * @returns {number} not finite where a corner is not
 */
export function signedArea(path, u, v) {
  const u0 = u[path[0]];
  const v0 = v[path[0]];
  let twice = 0;
  for (let i = 1; i + 1 < path.length; i += 1) {
    const a = path[i];
    const b = path[i + 1];
    twice += (u[a] - u0) * (v[b] - v0) - (u[b] - u0) * (v[a] - v0);
  }
  return twice / 2;
}
