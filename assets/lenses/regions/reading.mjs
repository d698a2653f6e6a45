/**
 * What there is to see of a layer, and what there is to read at a point of it.
 *
 * @typedef {{mode: "regions", layer: number, neuron: ?number, why: string}
 *   | {mode: "curvature" | "none", why: string}} Sight
 *   why: what is shown instead of what was asked for, and why; empty where it is just that
 */

import { layerTitle, layoutLayers, decodeFloat64 } from "../../lib/document.mjs";
import { areaOf, boxesOf, centreOf, polygonAt } from "../../lib/polygons.mjs";
import { endText } from "../../lib/regions.mjs";
import { affineMaps, gradientSize, inUnits, PIECES } from "./affine.mjs";
import { counted, countText, formulaText, shareText, significant } from "./words.mjs";

const LINEAR = Object.keys(PIECES).map((name) => name.replace("_", " "));
const ONLY = `Only piecewise-linear nonlinearities have regions: ${LINEAR.slice(0, -1).join(", ")} and ${LINEAR.at(-1)}.`;

/** A neuron that there is, and no input. @param {{layer: number, neuron: number}} selection */
export const shownNeuron = ({ layer, neuron }) => (layer ? { layer, neuron } : { layer: 1, neuron: 0 });

/**
 * @param {import("../../lib/regions.mjs").Answer} answer @param {{layer: number, neuron: number}} selection
 * @returns {Sight}
 */
export function sightOf(answer, selection) {
  const { document, partitions, end } = answer;
  const { layers } = document;
  const { layer, neuron } = shownNeuron(selection);
  const wanted = Math.min(layer, layers.length); // the network may have grown since
  const last = partitions.length;
  if (wanted <= last) return { mode: "regions", layer: wanted, neuron: Math.min(neuron, layers[wanted - 1].width - 1), why: "" };
  const title = layerTitle(wanted, document);
  const why = endText(answer);
  if (end.kind === "smooth") {
    return { mode: "curvature", why: `There are no regions after ${title}: ${why}. ${ONLY} Here is the curvature of the selected landscape instead.` };
  }
  const cannot = `The regions after ${title} cannot be shown: ${why}.`;
  if (!last) return { mode: "none", why: cannot };
  return { mode: "regions", layer: last, neuron: null, why: `${cannot} Here are those after ${layerTitle(last, document)}.` };
}

/** An answer's numbers, decoded once. @param {import("../../lib/regions.mjs").Answer} answer */
export const open = (answer) => ({
  answer,
  document: answer.document,
  layers: layoutLayers(answer.document),
  parameters: decodeFloat64(answer.document.parameters),
  boxes: answer.partitions.map(() => null), // found out when first pointed at
});

/**
 * The region that a place is in.
 * @param {import("./colouring.mjs").Look} look @param {[number, number]} place @returns {number} −1 for none
 */
export function regionAt({ answer, boxes, layer }, place) {
  const partition = answer.partitions[layer - 1];
  boxes[layer - 1] ??= boxesOf(partition);
  return polygonAt(partition, boxes[layer - 1], ...place);
}

/**
 * A region in numbers.
 * @param {import("./colouring.mjs").Look} look @param {number} index
 * @returns {{lines: string[], maps: number[][]}} p, q, r of every neuron's activation p·x + q·y + r on it, in the data's units
 */
export function readRegion(look, index) {
  const { answer, document, layer, neuron } = look;
  const partition = answer.partitions[layer - 1];
  const { preactivation, activation } = affineMaps(look, centreOf(partition, index), layer)[layer - 1];
  const born = partition.born[index];
  const lines = [
    `region ${countText(index + 1)} of ${countText(partition.count)}, ${born ? `born at ${layerTitle(born, document)}` : "never cut"}`,
    `${shareText(areaOf(partition, index))} of the area`,
  ];
  if (neuron !== null) {
    const of = (maps) => inUnits(maps, neuron, document.domain);
    const size = gradientSize(activation, neuron, document.domain);
    lines.push(formulaText("z", of(preactivation)), formulaText("a", of(activation)));
    lines[1] += size > 0 ? `, ‖∇a‖ = ${significant(size)}` : ", a is flat";
  }
  const maps = Array.from(activation.sizes, (_, k) => inUnits(activation, k, document.domain));
  return { lines, maps };
}

/** What the map shows. @param {import("./colouring.mjs").Look} look */
export const titleOf = ({ answer, document, layer }) =>
  `${counted(answer.partitions[layer - 1].count, "region", "regions")} after ${layerTitle(layer, document)}`;
