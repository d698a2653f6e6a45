/**
 * From a document to what the wall draws: tiles, texture rows, edges and data points.
 */

import { arrange } from "./arrange.mjs";
import { isClassification, layerTitle, placeOfParameter } from "./document.mjs";
import { edgeEnds } from "./edges.mjs";

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

export const WRONG = 2; // added to a point's marks where another class than its own is the highest

/**
 * Data points in the unit square of the domain.
 * @param {?import("./metrics.mjs").Points} points @param {number[][]} domain
 * @returns {Float32Array} four numbers a point: x, y, class or value, marks: 1 for a test point, WRONG more for a wrong one
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
    if (l === layers.length - 1) return isClassification(document) ? classNames(document) || count(width, "peak", "peaks") : "answer";
    const [first] = activation;
    return `${width} ${activation.every((name) => name === first) ? first.replace("_", " ") : "mixed"}`;
  });
  const titles = ["x, y", ...details].map((detail, layer) => ({ title: layerTitle(layer, document), detail }));
  if (isClassification(document)) titles.push({ title: "decision", detail: "who is highest" });
  return titles;
}

/** Where the decision map lies. @param {import("./arrange.mjs").Tile} tile @returns {{x: number, y: number, half: number}} centre and half its side */
export const decisionSquare = ({ x, y, width, height }) => ({ x, y, half: Math.min(width, height) / 2 - 4 });

const ROOM = 16; // characters of a column's head, beside its scale

/** The classes' names where they are short enough for a column's head; empty where not. */
function classNames(document) {
  const text = document.data.labels?.join(", ") ?? "";
  return text.length <= ROOM ? text : "";
}

/** A neuron's name. @param {number} layer @param {number} neuron @param {object} document */
export function neuronTitle(layer, neuron, document) {
  if (layer === 0) return `input ${"xy"[neuron]}`;
  const isOutput = layer === document.layers.length;
  if (isOutput && !isClassification(document)) return "output";
  if (isOutput) return document.data.labels?.[neuron] ?? `class ${neuron + 1}`;
  return `hidden ${layer} · neuron ${neuron + 1}`;
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

/** A parameter's name. @param {object} document @param {import("./document.mjs").Layer[]} layers @param {number} index */
export function parameterName(document, layers, index) {
  const { layer, neuron, input } = placeOfParameter(layers, index);
  const owner = neuronTitle(layer, neuron, document);
  if (input === null) return `bias of ${owner}`;
  const { skip, inputs } = layers[layer - 1];
  const own = skip ? inputs - 2 : inputs;
  const source = input < own ? neuronTitle(layer - 1, input, document) : neuronTitle(0, input - own, document);
  return `weight of ${source} in ${owner}`;
}
