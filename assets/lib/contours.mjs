/**
 * Level sets of a grid of heights as lines: marching squares (Lorensen and Cline, 1987, in the
 * plane), with the saddles decided by the mean of their four corners.
 */

import { LARGEST_HEIGHT } from "./arrange.mjs";

/**
 * The lines between the four corners of a cell, by which of them are above the level. Corners
 * count 1, 2, 4, 8 and edges 0 to 3, both counterclockwise from the lower left corner and the
 * lower edge. Each line goes from edge to edge with the higher ground on its left.
 */
const LINES = [
  [], [[0, 3]], [[1, 0]], [[1, 3]], [[2, 1]], null, [[2, 0]], [[2, 3]],
  [[3, 2]], [[0, 2]], null, [[1, 2]], [[3, 1]], [[0, 1]], [[3, 0]], [],
];

/** The two lines of a saddle: of one whose mean is above the level, and of one whose mean is not. */
const SADDLES = {
  5: { above: [[0, 1], [2, 3]], below: [[0, 3], [2, 1]] },
  10: { above: [[3, 0], [1, 2]], below: [[1, 0], [3, 2]] },
};

/**
 * The set {height = level}, linear between neighbouring points of the grid. A point exactly at the
 * level counts as below it, so that lines meet at it without a gap; a height that cannot be drawn
 * (see LARGEST_HEIGHT), NaN or infinite makes a hole of the cells around it.
 * @param {ArrayLike<number>} x (columns,) ascending @param {ArrayLike<number>} y (rows,) ascending
 * @param {ArrayLike<number>} values (rows · columns,) values[row * columns + column]
 * @param {number} level
 * @returns {Array<{points: number[][], isClosed: boolean}>} points [x, y], higher ground on the left; a
 *   closed line does not repeat its first point; no line has fewer than two
 */
export function contour(x, y, values, level) {
  const columns = x.length;
  const next = new Int32Array(2 * columns * y.length).fill(NONE); // crossed edge after crossed edge
  const hasPrevious = new Uint8Array(next.length);
  const starts = connect(columns, y.length, values, level, next, hasPrevious);
  const lines = [];
  const follow = (start) => {
    if (next[start] === NONE) return; // followed already
    const points = [];
    let edge = start;
    do {
      add(points, crossing(edge, x, y, values, level));
      const after = next[edge];
      next[edge] = NONE;
      edge = after;
    } while (edge !== NONE && next[edge] !== NONE);
    const isClosed = edge === start;
    if (!isClosed) add(points, crossing(edge, x, y, values, level));
    else if (points.length > 1 && isSame(points[0], points.at(-1))) points.pop();
    if (points.length > 1) lines.push({ points, isClosed });
  };
  for (const start of starts) if (!hasPrevious[start]) follow(start);
  for (const start of starts) follow(start);
  return lines;
}

const NONE = -1;

/**
 * Find every cell's lines. An edge is twice the index of its left or lower point, plus 1 where it goes up.
 * @returns {number[]} the edges at which lines of cells start
 */
function connect(columns, rows, values, level, next, hasPrevious) {
  const starts = [];
  for (let row = 0; row < rows - 1; row += 1) {
    for (let column = 0; column < columns - 1; column += 1) {
      const at = row * columns + column;
      const a = values[at];
      const b = values[at + 1];
      const c = values[at + columns + 1];
      const d = values[at + columns];
      const code = (a > level) + 2 * (b > level) + 4 * (c > level) + 8 * (d > level);
      if (code === 0 || code === 15 || !(isDrawn(a) && isDrawn(b) && isDrawn(c) && isDrawn(d))) continue;
      const edges = [2 * at, 2 * (at + 1) + 1, 2 * (at + columns), 2 * at + 1];
      for (const [from, to] of LINES[code] ?? SADDLES[code][0.25 * (a + b + c + d) > level ? "above" : "below"]) {
        next[edges[from]] = edges[to];
        hasPrevious[edges[to]] = 1;
        starts.push(edges[from]);
      }
    }
  }
  return starts;
}

/** Where a level crosses an edge; exactly at its end where the height there is exactly the level. */
function crossing(edge, x, y, values, level) {
  const from = edge >> 1;
  const column = from % x.length;
  const row = (from - column) / x.length;
  const isUpwards = edge % 2 === 1;
  const low = values[from];
  const high = values[isUpwards ? from + x.length : from + 1];
  const share = (level - low) / (high - low);
  const between = (start, end) => start * (1 - share) + end * share;
  return isUpwards ? [x[column], between(y[row], y[row + 1])] : [between(x[column], x[column + 1]), y[row]];
}

const isDrawn = (height) => Math.abs(height) <= LARGEST_HEIGHT;

const isSame = (p, q) => p[0] === q[0] && p[1] === q[1];

/** Add a point where it is another than the last: around a point exactly at the level all crossings are that point. */
function add(points, point) {
  if (!points.length || !isSame(points.at(-1), point)) points.push(point);
}
