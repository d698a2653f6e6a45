/** Numbers as text: short, aligned, with a real minus sign. */

const MINUS = "−";

const signed = (text) => text.replaceAll("-", MINUS);

/** @param {number} value a parameter or a height @param {number} digits after the point */
export function formatNumber(value, digits = 2) {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude >= 1e5 || magnitude < 0.5 * 10 ** -digits)) return signed(value.toExponential(1));
  return signed(value.toFixed(digits));
}

/** A value of a landscape, always with three digits after the point where that is short. @param {number} value */
export function formatReading(value) {
  if (!Number.isFinite(value)) return "undefined";
  return Math.abs(value) < 0.0005 ? "0.000" : formatNumber(value, 3);
}

/** @param {?number} loss */
export function formatLoss(loss) {
  if (loss === null || loss === undefined || !Number.isFinite(loss)) return "–";
  if (loss >= 1000) return loss.toExponential(1);
  return loss >= 10 ? loss.toFixed(1) : loss.toFixed(3);
}

/** A share in percent, rounded down: 100 % means all. @param {?number} share from 0 to 1 */
export function formatShare(share) {
  if (share === null || share === undefined) return "–";
  return share === 1 ? "100 %" : `${(Math.floor(1000 * share + 1e-9) / 10).toFixed(1)} %`;
}

const COUNT = new Intl.NumberFormat("en-US");

/** @param {number} count */
export const formatCount = (count) => COUNT.format(count);

/** A height scale: 0.5, 1, 20, 2e6. @param {number} scale */
export const formatScale = (scale) =>
  scale >= 1e5 ? scale.toExponential(1).replace(".0e", "e").replace("e+", "e") : String(Number(scale.toPrecision(3)));
