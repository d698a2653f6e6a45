/** Numbers of regions in words: affine maps as formulas, shares, counts, places. */

import { formatCount, formatNumber, formatShare } from "../../lib/format.mjs";

const LARGEST_COUNT = 1e7; // what is larger is a power of ten
const LEAST_SHARE = 0.001;

/** A point of the unit square in the data's units. @param {number[][]} domain @param {[number, number]} place @returns {{x: number, y: number}} */
export function inDomain([[x0, x1], [y0, y1]], [u, v]) {
  return { x: x0 + u * (x1 - x0), y: y0 + v * (y1 - y0) };
}

/** The other way round. @param {number[][]} domain @param {{x: number, y: number}} point @returns {[number, number]} */
export const inSquare = ([[x0, x1], [y0, y1]], { x, y }) => [(x - x0) / (x1 - x0), (y - y0) / (y1 - y0)];

/** Three digits that count. @param {number} value */
export const significant = (value) => formatNumber(value, value === 0 ? 0 : Math.min(Math.max(2 - Math.floor(Math.log10(Math.abs(value))), 0), 6));

/** z = 0.42 x − 1.30 y + 0.08. @param {string} symbol @param {ArrayLike<number>} map p, q, r */
export function formulaText(symbol, [p, q, r]) {
  const term = (value, name) => `${value < 0 ? "−" : "+"} ${formatNumber(Math.abs(value))}${name}`;
  return `${symbol} = ${formatNumber(p)} x ${term(q, " y")} ${term(r, "")}`;
}

/** 1,234, and 1.5 · 10⁸ of what is larger than one reads. @param {number} count */
export function countText(count) {
  if (count < LARGEST_COUNT) return formatCount(count);
  const [digits, power] = count.toExponential(1).split("e+");
  return `${digits} · 10${[...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
}

/** @param {number} share from 0 to 1 */
export const shareText = (share) => (share > 0 && share < LEAST_SHARE ? "< 0.1 %" : formatShare(share));

/** @param {number} count @param {string} one @param {string} many */
export const counted = (count, one, many) => `${countText(count)} ${count === 1 ? one : many}`;
