/** Data points on a 2-D canvas: filled to learn from, hollow where kept for testing. */

import { heightScale } from "../../lib/arrange.mjs";
import { classColour, heightColour } from "../../lib/theme.mjs";

/**
 * Points that look the same, together; those without a place are left out.
 * @param {import("../../lib/metrics.mjs").Points} points @param {boolean} isClassification
 * @param {ArrayLike<number>} x places; NaN for none @param {ArrayLike<number>} y @param {Record<string, string>} colours
 * @returns {Array<{colour: string, isTest: boolean, members: number[]}>}
 */
export function alikePoints({ targets, is_test: isTest }, isClassification, x, y, colours) {
  const scale = isClassification ? 1 : heightScale(targets);
  const colourOf = (target) => (isClassification ? classColour(target, colours) : heightColour(target / scale, colours));
  const groups = new Map();
  for (let i = 0; i < x.length; i += 1) {
    if (Number.isNaN(x[i] + y[i])) continue;
    const colour = colourOf(targets[i]);
    const key = `${colour} ${isTest[i]}`;
    if (!groups.has(key)) groups.set(key, { colour, isTest: isTest[i], members: [] });
    groups.get(key).members.push(i);
  }
  return [...groups.values()];
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {import("../../lib/metrics.mjs").Points} points @param {boolean} isClassification
 * @param {{x: ArrayLike<number>, y: ArrayLike<number>, radius: number}} places pixels
 * @param {Record<string, string>} colours
 */
export function drawPoints(pen, points, isClassification, { x, y, radius }, colours) {
  const outline = (colour, width) => {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.stroke();
  };
  for (const { colour, isTest, members } of alikePoints(points, isClassification, x, y, colours)) {
    pen.beginPath();
    for (const i of members) {
      pen.moveTo(x[i] + radius, y[i]);
      pen.arc(x[i], y[i], radius, 0, 2 * Math.PI);
    }
    pen.fillStyle = isTest ? colours.panel : colour;
    pen.fill();
    if (!isClassification) outline(colours.muted, isTest ? 2.8 : 1); // a height near zero has the colour of the page
    if (isTest) outline(colour, 1.6);
    else if (isClassification) outline(colours.panel, 0.8);
  }
}
