/**
 * The range of an axis that everything fits into, its ticks, and where a value comes to lie on it.
 *
 * @typedef {{low: number, high: number, step: number}} Range step between ticks
 * @typedef {{offset: number, scale: number}} Ruler pixel = offset + scale · value
 */

import { LARGEST_HEIGHT } from "../../lib/arrange.mjs";

const N_STEPS = 5; // about as many between ticks
const ROUND = [1, 2, 5, 10];
const FLATTEST = 1e-9; // of the values' size: what is narrower is one value

/** Whether a value can be drawn at all. @param {number} value */
export const isDrawable = (value) => Math.abs(value) <= LARGEST_HEIGHT; // false for NaN

/** @param {number} size positive @returns {number} the nearest 1, 2 or 5 times a power of ten that is not below it */
function roundStep(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  return ROUND.find((digit) => size <= digit * power * (1 + 1e-9)) * power;
}

/**
 * The smallest range, rounded to half ticks, that has all values that can be drawn.
 * @param {ArrayLike<number>} values @param {number} leastSpan of what is shown where all values are (nearly) equal
 * @returns {Range}
 */
export function fitRange(values, leastSpan) {
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (!isDrawable(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) [least, most] = [0, 0];
  const size = Math.max(Math.abs(least), Math.abs(most));
  const span = Math.max(most - least, leastSpan, FLATTEST * size);
  const middle = least + (most - least) / 2;
  const step = roundStep(span / N_STEPS);
  const round = step / 2;
  return {
    low: round * Math.floor(Math.min(least, middle - span / 2) / round + 1e-6),
    high: round * Math.ceil(Math.max(most, middle + span / 2) / round - 1e-6),
    step,
  };
}

/** A range with given ends. @param {number[]} ends @returns {Range} */
export const rangeBetween = ([low, high]) => ({ low, high, step: roundStep((high - low) / N_STEPS) });

/** @param {Range} range @returns {number[]} the multiples of its step in it */
export function ticks({ low, high, step }) {
  const first = Math.ceil(low / step - 1e-6);
  const last = Math.floor(high / step + 1e-6);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** @param {Range} range @returns {number} digits after the point that tell its ticks apart */
export const tickDigits = ({ step }) => Math.max(0, -Math.floor(Math.log10(step) + 1e-9));

/**
 * Lay a range along a line of pixels.
 * @param {Range} range @param {number} start pixel of its low end @param {number} end pixel of its high end
 * @returns {Ruler}
 */
export function ruler({ low, high }, start, end) {
  const scale = (end - start) / (high - low);
  return { offset: start - scale * low, scale };
}

/**
 * Where one coordinate of every point is on the way from the input plane to its image.
 * @param {ArrayLike<number>} inputs @param {ArrayLike<number>} images
 * @param {Ruler} from of the inputs @param {Ruler} to of the images
 * @param {number} t share of the way, from 0 to 1
 * @param {Float64Array} into pixels; NaN for a point on its way to an image that cannot be drawn
 */
export function carry(inputs, images, from, to, t, into) {
  for (let i = 0; i < into.length; i += 1) {
    const start = from.offset + from.scale * inputs[i];
    if (t === 0) into[i] = start;
    else if (isDrawable(images[i])) into[i] = (1 - t) * start + t * (to.offset + to.scale * images[i]);
    else into[i] = NaN;
  }
}
