/**
 * The square that holds the plane, and the two axes along it. CSS pixels, y downwards.
 *
 * @typedef {{left: number, top: number, side: number, padding: number}} Frame
 *   padding: between the frame and the ends of the ranges
 */

import { formatNumber } from "../../lib/format.mjs";
import { ruler, tickDigits, ticks } from "./ranges.mjs";

const MARGIN = { left: 58, right: 12, top: 12, bottom: 44 }; // for the axes' numbers and names
const PADDING = 10;
const SMALLEST = 40; // side
const TICK = 4;
const GAP = 3; // between a tick and its number

/**
 * Place the square in the middle of the space there is.
 * @param {number} width @param {number} height @param {number} padding @returns {Frame}
 */
export function placeFrame(width, height, padding = PADDING) {
  const across = width - MARGIN.left - MARGIN.right;
  const up = height - MARGIN.top - MARGIN.bottom;
  const side = Math.max(Math.min(across, up), SMALLEST);
  return { left: MARGIN.left + (across - side) / 2, top: MARGIN.top + (up - side) / 2, side, padding };
}

/**
 * Rulers of both axes in a frame.
 * @param {[import("./ranges.mjs").Range, import("./ranges.mjs").Range]} ranges across, up @param {Frame} frame
 * @returns {[import("./ranges.mjs").Ruler, import("./ranges.mjs").Ruler]}
 */
export const rulers = ([across, up], { left, top, side, padding }) => [
  ruler(across, left + padding, left + side - padding),
  ruler(up, top + side - padding, top + padding),
];

/** The frame, which is the same for all axes. @param {CanvasRenderingContext2D} pen @param {Frame} frame */
export function drawBorder(pen, { left, top, side }, colours) {
  pen.globalAlpha = 0.35;
  pen.lineWidth = 1;
  pen.strokeStyle = colours.muted;
  pen.strokeRect(left, top, side, side);
  pen.globalAlpha = 1;
}

/**
 * Ticks, numbers and names of both axes.
 * @param {CanvasRenderingContext2D} pen @param {Frame} frame
 * @param {[import("./ranges.mjs").Range, import("./ranges.mjs").Range]} ranges across, up
 * @param {[string, string]} titles @param {Record<string, string>} colours @param {number} alpha
 */
export function drawAxes(pen, frame, ranges, titles, colours, alpha) {
  const { left, top, side } = frame;
  const bottom = top + side;
  const [across, up] = rulers(ranges, frame);
  pen.save();
  pen.globalAlpha = alpha;
  pen.fillStyle = colours.muted;
  pen.strokeStyle = colours.muted;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const value of ticks(ranges[0])) {
    const x = across.offset + across.scale * value;
    pen.moveTo(x, bottom);
    pen.lineTo(x, bottom + TICK);
    pen.fillText(formatNumber(value, tickDigits(ranges[0])), x, bottom + TICK + GAP);
  }
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const value of ticks(ranges[1])) {
    const y = up.offset + up.scale * value;
    pen.moveTo(left - TICK, y);
    pen.lineTo(left, y);
    pen.fillText(formatNumber(value, tickDigits(ranges[1])), left - TICK - GAP, y);
  }
  pen.stroke();
  pen.fillStyle = colours.ink;
  pen.textAlign = "center";
  pen.textBaseline = "bottom";
  pen.fillText(titles[0], left + side / 2, bottom + MARGIN.bottom - 6, side);
  pen.translate(left - MARGIN.left + 4, top + side / 2);
  pen.rotate(-Math.PI / 2);
  pen.textBaseline = "top";
  pen.fillText(titles[1], 0, 0, side);
  pen.restore();
}
