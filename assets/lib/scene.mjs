/**
 * From a document to what the wall draws: tiles, texture rows, edges and data points.
 */

import { arrange } from "./arrange.mjs";
import { isClassification, layerTitle } from "./document.mjs";

const CROWD = 64; // weights of a layer that can be told apart at full strength
const TILE_REACH = 0.44; // of a tile's width: where the weights' curves begin and end

/**
 * @param {object} document @param {import("./document.mjs").Layer[]} layers
 * @param {number} width @param {number} height of the view in CSS pixels
 */
export function buildScene(document, layers, width, height) {
  const widths = [2, ...layers.map((layer) => layer.width)];
  const hasDecision = isClassification(document);
  const arrangement = arrange(widths, hasDecision, width, height);
  const firstRows = widths.map((_, layer) => widths.slice(0, layer).reduce((sum, count) => sum + count, 0));
  const tiles = arrangement.tiles.filter(({ layer }) => layer < widths.length);
  const rowOf = ({ layer, neuron }) => firstRows[layer] + neuron;
  return {
    arrangement,
    tiles,
    decision: hasDecision ? arrangement.tiles.at(-1) : null,
    edges: edgeEnds(layers, (layer, neuron) => tiles[rowOf({ layer, neuron })]),
    rows: tiles.length,
    firstRows,
    rowOf,
    outputs: widths.at(-1),
    isClassification: hasDecision,
  };
}

/** Start and end of every weight's curve, in the order of the weights in the parameter vector. */
function edgeEnds(layers, tileAt) {
  const ends = [];
  layers.forEach((layer, l) => {
    const own = layer.skip ? layer.inputs - 2 : layer.inputs;
    for (let k = 0; k < layer.width; k += 1) {
      const to = tileAt(l + 1, k);
      for (let i = 0; i < layer.inputs; i += 1) {
        const from = i < own ? tileAt(l, i) : tileAt(0, i - own);
        ends.push(from.x + TILE_REACH * from.width, from.y, to.x - TILE_REACH * to.width, to.y);
      }
    }
  });
  return new Float32Array(ends);
}

/**
 * The weights as the wall wants them: relative to the largest of their layer, and how opaque
 * their curve is: strong into the selected neuron, pale elsewhere, paler where they crowd.
 * @param {import("./document.mjs").Layer[]} layers @param {Float64Array} parameters
 * @param {{layer: number, neuron: number}} selection
 * @returns {Float32Array} pairs
 */
export function edgeWeights(layers, parameters, selection) {
  const pairs = [];
  layers.forEach((layer, l) => {
    const weights = parameters.subarray(layer.weights, layer.biases);
    const largest = weights.reduce((max, weight) => Math.max(max, Math.abs(weight)), 1e-12);
    const crowd = Math.min(1, Math.sqrt(CROWD / weights.length));
    weights.forEach((weight, i) => {
      const isSelected = selection.layer === l + 1 && selection.neuron === Math.floor(i / layer.inputs);
      const size = Math.abs(weight) / largest;
      pairs.push(weight / largest, isSelected ? 0.35 + 0.6 * size : (0.09 + 0.26 * size) * crowd);
    });
  });
  return new Float32Array(pairs);
}

/**
 * Data points in the unit square of the domain.
 * @param {?import("./metrics.mjs").Points} points @param {number[][]} domain
 * @returns {Float32Array} four numbers a point: x, y, class or value, 1 for a test point
 */
export function pointAttributes(points, domain) {
  if (!points) return new Float32Array(0);
  const [[x0, x1], [y0, y1]] = domain;
  return Float32Array.from(
    points.x.flatMap((x, i) => [
      (x - x0) / (x1 - x0),
      (points.y[i] - y0) / (y1 - y0),
      points.targets[i],
      Number(points.is_test[i]),
    ]),
  );
}

/**
 * The head of each column.
 * @param {object} document @param {import("./document.mjs").Layer[]} layers
 */
export function columnTitles(document, layers) {
  const count = (n, one, many) => `${n} ${n === 1 ? one : many}`;
  const details = layers.map(({ width, activation }, l) => {
    if (l === layers.length - 1) return isClassification(document) ? count(width, "peak", "peaks") : "answer";
    const [first] = activation;
    return `${width} ${activation.every((name) => name === first) ? first.replace("_", " ") : "mixed"}`;
  });
  const titles = ["x, y", ...details].map((detail, layer) => ({ title: layerTitle(layer, document), detail }));
  if (isClassification(document)) titles.push({ title: "decision", detail: "who is highest" });
  return titles;
}

/** A neuron's name. @param {number} layer @param {number} neuron @param {object} document */
export function neuronTitle(layer, neuron, document) {
  if (layer === 0) return `input ${"xy"[neuron]}`;
  const isOutput = layer === document.layers.length;
  if (isOutput && !isClassification(document)) return "output";
  return isOutput ? `class ${neuron + 1}` : `hidden ${layer} · neuron ${neuron + 1}`;
}

/**
 * The terms of a neuron's sum, its bias, the sum and the activation.
 * @returns {import("./terms.mjs").Term[]}
 */
export function termsOf(selection, document, layers) {
  const layer = layers[selection.layer - 1];
  const own = layer.skip ? layer.inputs - 2 : layer.inputs;
  const incoming = Array.from({ length: layer.inputs }, (_, i) => {
    const isInput = selection.layer === 1 || i >= own;
    const at = i < own ? i : i - own;
    const source = isInput ? "xy"[at] : `S${subscript(i + 1)}`;
    const from = neuronTitle(isInput ? 0 : selection.layer - 1, at, document);
    const shown = layer.pre === "identity" ? source : `${layer.pre}(${source})`;
    return {
      symbol: `w${subscript(i + 1)}·${shown}`,
      name: `weight of ${from}`,
      parameter: layer.weights + selection.neuron * layer.inputs + i,
    };
  });
  const nonlinearity = layer.activation[selection.neuron];
  return [
    ...incoming,
    { symbol: "b", name: "bias", parameter: layer.biases + selection.neuron },
    { symbol: "z", name: "pre-activation", parameter: null },
    { symbol: nonlinearity === "identity" ? "a = z" : "a", name: "activation", parameter: null, nonlinearity },
  ];
}

const subscript = (number) => [...String(number)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
