/** Numbers of regions in words: affine maps as formulas, shares, counts; what a landscape is called. */

import { isClassification } from "../../lib/document.mjs";
import { formatCount, formatNumber, formatShare } from "../../lib/format.mjs";
import { neuronTitle } from "../../lib/scene.mjs";

const LARGEST_COUNT = 1e7; // what is larger is a power of ten
const LEAST_SHARE = 0.001;
const DIGITS = 3; // that count
const PLAIN = [-3, 4]; // powers of ten of numbers that are written out
const ROUGH = 0.1; // what is smaller has less than two digits that count where two are after the point
const LARGE = 1e5; // what is not smaller has too many

/** 3.00 · 10⁵. @param {string} digits @param {number} power */
const powerText = (digits, power) => `${digits} · 10${[...String(power)].map((digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]).join("")}`;

/** 1.12, 12300, 1.66 · 10⁻⁶: three digits that count. @param {number} value */
export function significant(value) {
  if (value === 0) return "0";
  const sign = value < 0 ? "−" : "";
  const [digits, exponent] = Math.abs(value).toExponential(DIGITS - 1).split("e");
  const power = Number(exponent);
  if (power < PLAIN[0] || power > PLAIN[1]) return sign + powerText(digits, power);
  return sign + Number(`${digits}e${power}`).toFixed(Math.max(DIGITS - 1 - power, 0));
}

/**
 * A coefficient of an affine map: two digits after the point, as everywhere on the page, but three that count where those
 * would say too little.
 * @param {number} value
 */
export function coefficientText(value) {
  const magnitude = Number(Math.abs(value).toFixed(2));
  return magnitude < ROUGH || magnitude >= LARGE ? significant(value) : formatNumber(value);
}

/** z = 0.42 x − 1.30 y + 0.10, without terms that are 0. @param {string} symbol @param {ArrayLike<number>} map p, q, r */
export function formulaText(symbol, map) {
  const terms = [" x", " y", ""].map((name, i) => ({ value: map[i], name })).filter(({ value }) => value !== 0);
  const written = terms.map(({ value, name }, i) => {
    if (i === 0) return coefficientText(value) + name;
    return `${value < 0 ? "−" : "+"} ${coefficientText(Math.abs(value))}${name}`;
  });
  return `${symbol} = ${written.join(" ") || "0"}`;
}

/** 1,234, and 1.5 · 10⁸ of what is larger than one reads. @param {number} count */
export function countText(count) {
  if (count < LARGEST_COUNT) return formatCount(count);
  const [digits, power] = count.toExponential(1).split("e+");
  return powerText(digits, power);
}

/** @param {number} share from 0 to 1 */
export const shareText = (share) => (share > 0 && share < LEAST_SHARE ? "< 0.1 %" : formatShare(share));

/** @param {number} count @param {string} one @param {string} many */
export const counted = (count, one, many) => `${countText(count)} ${count === 1 ? one : many}`;

/**
 * Whether a layer's outputs are looked at as probabilities on the rest of the page: regions and curvature are those of
 * the scores.
 * @param {number} layer @param {object} document @param {boolean} areProbabilities
 */
export const areScores = (layer, document, areProbabilities) =>
  areProbabilities && layer === document.layers.length && isClassification(document);

/** What a landscape is called. @param {{layer: number, neuron: number, document: object, areProbabilities: boolean}} look */
export const landscapeTitle = ({ layer, neuron, document, areProbabilities }) =>
  `${areScores(layer, document, areProbabilities) ? "the score of " : ""}${neuronTitle(layer, neuron, document)}`;
