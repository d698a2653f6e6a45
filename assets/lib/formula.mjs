/** Formulas in plain text: of what a neuron computes and of what the decision map shows. */

import { formatScale } from "./format.mjs";

/**
 * The neuron in symbols: what is drawn.
 * @param {number} layer 0 for the inputs @param {number} neuron @param {import("./document.mjs").Layer[]} layers
 * @param {object} document
 */
export function formula(layer, neuron, layers, document) {
  if (layer === 0) return coordinate(neuron, document);
  const { inputs, activation, pre } = layers[layer - 1];
  const sources = layer === 1 ? ["x", "y"] : ["S₁", "S₂"];
  const terms = sources.map((source, i) => `w${"₁₂"[i]}·${pre === "identity" ? source : `${pre}(${source})`}`);
  const sum = [...(inputs > 2 ? [terms[0], "…"] : terms.slice(0, inputs)), "b"].join(" + ");
  const name = activation[neuron];
  return name === "identity" ? `a = z = ${sum}` : `a = ${name.replace("_", " ")}(z),  z = ${sum}`;
}

/** What the network sees of a coordinate. */
function coordinate(axis, { inputs }) {
  const name = "xy"[axis];
  const [centre, scale] = inputs ? [inputs.centre[axis], inputs.scale[axis]] : [0, 1];
  if (centre === 0 && scale === 1) return `the coordinate ${name} itself: a plane`;
  return `a plane: (${name} ${centre < 0 ? "+" : "−"} ${formatScale(Math.abs(centre))}) / ${formatScale(scale)}`;
}

/** Which class the decision map shows at a point. @param {number} classes */
export const decisionFormula = (classes) =>
  `decision = argmax over the classes' scores: at each (x, y) the class k, 1 to ${classes}, whose landscape aₖ(x, y) is the highest`;

/** What the lines on a landscape are. @param {string} step between two of them, as text */
export const levelSetFormula = (step) => `a level set is {(x, y) : a(x, y) = k · ${step}} for a whole number k; the bold one is k = 0`;
