/**
 * The two axes of the plane that the input plane is carried into. An axis is {layer, neuron}: a
 * neuron of the chosen layer, or one of the inputs x and y, which are layer 0.
 *
 * @typedef {{layer: number, neuron: number}} Axis
 * @typedef {{layer: number, axes: [Axis, Axis], kind: "activation" | "preactivation"}} Plane
 *   axes: across, up
 */

import { layerTitle } from "../../lib/document.mjs";
import { neuronTitle } from "../../lib/scene.mjs";

const INPUTS = [0, 1].map((neuron) => ({ layer: 0, neuron }));

/** @param {Axis} axis @param {Axis} other @returns {boolean} */
export const isSame = (axis, other) => axis.layer === other.layer && axis.neuron === other.neuron;

/** @param {Array} layers @param {number} layer 0 for the inputs */
const widthOf = (layers, layer) => (layer === 0 ? INPUTS.length : layers[layer - 1].width);

/**
 * A neuron and its neighbour in the layer; a neuron that is alone in its layer goes up over x.
 * @param {Axis} neuron @param {import("../../lib/document.mjs").Layer[]} layers
 * @returns {[Axis, Axis]}
 */
export function neighbours({ layer, neuron }, layers) {
  const width = widthOf(layers, layer);
  if (width === 1) return [INPUTS[0], { layer, neuron: 0 }];
  const first = Math.min(neuron, width - 2);
  return [{ layer, neuron: first }, { layer, neuron: first + 1 }];
}

/**
 * The same plane in a network that may have another shape: what no longer exists gives way to the
 * last layer, or to the neighbouring neurons that do exist.
 * @param {Plane} plane @param {import("../../lib/document.mjs").Layer[]} layers
 * @returns {Plane}
 */
export function fit(plane, layers) {
  const layer = Math.min(plane.layer, layers.length);
  const exists = (axis) => axis.layer === 0 || (axis.layer === layer && axis.neuron < widthOf(layers, layer));
  if (plane.axes.every(exists)) return { ...plane, layer };
  const neuron = Math.min(...plane.axes.filter((axis) => axis.layer > 0).map((axis) => axis.neuron));
  return { ...plane, layer, axes: neighbours({ layer, neuron }, layers) };
}

/**
 * Put another neuron on one axis; the one that is on the other axis already changes places with it.
 * @param {[Axis, Axis]} axes @param {0 | 1} at across, up @param {Axis} chosen
 * @returns {[Axis, Axis]}
 */
export function choose(axes, at, chosen) {
  const other = isSame(axes[1 - at], chosen) ? axes[at] : axes[1 - at];
  return at === 0 ? [chosen, other] : [other, chosen];
}

/**
 * What can be an axis in a plane of a layer: its neurons, then x and y.
 * @param {number} layer @param {object} document @param {import("../../lib/document.mjs").Layer[]} layers
 * @returns {Array<Axis & {title: string}>}
 */
export function candidates(layer, document, layers) {
  const own = Array.from({ length: layer && widthOf(layers, layer) }, (_, neuron) => ({ layer, neuron }));
  const isHidden = layer < layers.length;
  return [...own, ...INPUTS].map((axis) => ({
    ...axis,
    title: axis.layer && isHidden ? `neuron ${axis.neuron + 1}` : neuronTitle(axis.layer, axis.neuron, document),
  }));
}

/**
 * What is written beside an axis.
 * @param {Axis} axis @param {string} kind @param {object} document
 */
export function axisTitle(axis, kind, document) {
  if (axis.layer === 0) return neuronTitle(0, axis.neuron, document);
  return `${neuronTitle(axis.layer, axis.neuron, document)} · ${kind === "activation" ? "activation" : "pre-activation"}`;
}

/** @param {object} document @returns {string[]} every layer's name, the inputs first */
export const layerTitles = (document) => [0, ...document.layers.map((_, l) => l + 1)].map((l) => layerTitle(l, document));
