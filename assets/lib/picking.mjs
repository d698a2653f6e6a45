/**
 * Picking: which point of the plane lies under the pointer on a drawn landscape, and where on the
 * screen a point of a landscape is. The camera (see camera.mjs) is orthographic, so that one pixel
 * is one straight line, followed here from its highest point down to the foot of the block.
 */

import { LARGEST_HEIGHT } from "./arrange.mjs";
import { BASE, HEIGHT } from "./camera.mjs";

const TOP = 1.02 * HEIGHT; // just above the highest there is
const STEPS = 256; // along a line; in the lowest view it crosses the whole tile, a step is below a fifth of a cell
const HALVINGS = 24;
const MARGIN = 1e-9; // of the unit square, for the rounding of its edge

/**
 * @typedef {{x: number, y: number, scale: number}} Placement
 *   a tile's centre and its scale (half the width of the square under it), in pixels
 */

/**
 * Find the point of a landscape that is seen at a pixel. The front sides of the block belong to the
 * edge above them; a hole shows what is behind it.
 * @param {import("./camera.mjs").View} view @param {Placement} tile
 * @param {(u: number, v: number) => number} heightAt relative to the height scale, −1 to 1; NaN in a hole
 * @param {number} px @param {number} py in the placement's pixels
 * @returns {?{u: number, v: number}} x and y in the unit square of the domain; null beside the landscape
 */
export function pick(view, tile, heightAt, px, py) {
  const line = lineThrough(view, tile, px, py);
  const sideAt = (t) => side(line(t), heightAt);
  let before = sideAt(0);
  for (let i = 1; i <= STEPS; i += 1) {
    const here = sideAt(i / STEPS);
    if (before * here < 0 || (before === OUTSIDE && here === BELOW)) {
      return inSquare(line(firstOn(here, sideAt, (i - 1) / STEPS, i / STEPS)));
    }
    before = here;
  }
  return null;
}

/**
 * Where a point of a landscape is drawn.
 * @param {import("./camera.mjs").View} view @param {Placement} tile
 * @param {number} u @param {number} v in the unit square @param {number} height −1 to 1
 * @returns {{x: number, y: number}} in the placement's pixels
 */
export function project(view, tile, u, v, height) {
  const [px, py, pz] = [2 * u - 1, 2 * v - 1, height * HEIGHT];
  const across = view.cosAzimuth * px - view.sinAzimuth * py;
  const away = view.sinAzimuth * px + view.cosAzimuth * py;
  const up = view.sinElevation * away + view.cosElevation * pz;
  return { x: tile.x + tile.scale * across, y: tile.y - tile.scale * up };
}

/**
 * A landscape on a grid as a function of the unit square, bilinear between its points.
 * @param {ArrayLike<number>} values n², row = y and column = x ascending @param {number} n points an axis
 * @param {number} scale the height that is drawn as 1
 * @returns {(u: number, v: number) => number} NaN where a point of the cell cannot be drawn
 */
export function heightsOf(values, n, scale) {
  const at = (row, column) => {
    const value = values[row * n + column];
    return Math.abs(value) <= LARGEST_HEIGHT ? value / scale : NaN;
  };
  return (u, v) => {
    const column = Math.min(Math.floor(u * (n - 1)), n - 2);
    const row = Math.min(Math.floor(v * (n - 1)), n - 2);
    const s = u * (n - 1) - column;
    const t = v * (n - 1) - row;
    return (
      (1 - t) * ((1 - s) * at(row, column) + s * at(row, column + 1)) +
      t * ((1 - s) * at(row + 1, column) + s * at(row + 1, column + 1))
    );
  };
}

const [BELOW, OUTSIDE, ABOVE] = [-1, 0, 1];

/** The line that is seen as one pixel: (u, v, z) at t from 0, where it is above all landscapes, to 1 at their foot. */
function lineThrough({ sinAzimuth, cosAzimuth, sinElevation, cosElevation }, tile, px, py) {
  const across = (px - tile.x) / tile.scale;
  const up = (tile.y - py) / tile.scale;
  return (t) => {
    const z = TOP + (BASE - TOP) * t;
    const away = (up - cosElevation * z) / sinElevation;
    return {
      u: (cosAzimuth * across + sinAzimuth * away + 1) / 2,
      v: (cosAzimuth * away - sinAzimuth * across + 1) / 2,
      z,
    };
  };
}

/** On which side of the landscape a point is; NaN in a hole, which has no sides. */
function side({ u, v, z }, heightAt) {
  if (Math.min(u, v, 1 - u, 1 - v) < -MARGIN) return OUTSIDE;
  const inside = inSquare({ u, v });
  const height = heightAt(inside.u, inside.v) * HEIGHT;
  if (Number.isNaN(height)) return NaN;
  return z > height ? ABOVE : BELOW;
}

/** The first place between two where the line is on a side, by halving. */
function firstOn(wanted, sideAt, from, to) {
  let [low, high] = [from, to];
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = (low + high) / 2;
    if (sideAt(middle) === wanted) high = middle;
    else low = middle;
  }
  return high;
}

const inSquare = ({ u, v }) => ({ u: Math.min(Math.max(u, 0), 1), v: Math.min(Math.max(v, 0), 1) });
