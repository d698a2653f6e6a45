/** What the inspector draws: the selected neuron's landscape, with all that stands on it. */

import { heightScale } from "./arrange.mjs";
import { GRID_SIZE } from "./engine.mjs";
import { inUnits, planeOf } from "./straight.mjs";
import { classColour, heightColour } from "./theme.mjs";

export const FINE_GRID_SIZE = 121; // of the inspector at rest

/**
 * @param {object} view session, landscapes, selection, kind, levels, comparison, colours
 * @param {number} n grid points an axis
 * @returns {import("./inspector.mjs").Picture}
 */
export function pictureOf(view, n) {
  view.flush(); // it may be asked for between two frames
  const { session, landscapes, selection, kind, levels } = view;
  const { layer, neuron } = selection;
  const values = landscapes.on(layer, neuron, kind, n);
  const [x, y] = landscapes.axes(n);
  const scale = landscapes.scaleOf(layer, kind, values);
  return {
    ...{ x, y, values, scale, step: levels.step(scale) },
    plane: inUnits(planeOf(selection, session.layers, session.parameters, kind), session.document.inputs),
    cut: levels.isCut ? levels.heightOn(scale) : null,
    ghost: ghost(view),
    points: pointsOn(view, scale),
  };
}

/** The selected neuron's landscape at the pinned moment; null where there is nothing to compare. */
function ghost({ comparison, selection, kind, landscapes }) {
  const values = comparison.values(selection.layer, selection.neuron, kind);
  if (!values) return null;
  const [x, y] = landscapes.axes(GRID_SIZE);
  return { x, y, values, scale: heightScale(values), epoch: comparison.pinned.epoch };
}

/** The data points standing on the landscape. */
function pointsOn({ landscapes, selection, kind, colours }, scale) {
  const { points, isClassification } = landscapes;
  if (!points) return { x: [], y: [], heights: [], colours: [] };
  const own = landscapes.atPoints(selection.layer, selection.neuron, kind);
  const heights = Array.from(own, (height) => Math.min(Math.max(height, -scale), scale));
  const colour = isClassification ? classColour : (target) => heightColour(target / scale, colours);
  return { x: points.x, y: points.y, heights, colours: points.targets.map((target) => colour(target, colours)) };
}
