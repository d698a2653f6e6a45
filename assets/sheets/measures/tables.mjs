/** Measures as tables. */

import { layerTitle } from "../../lib/document.mjs";
import { element } from "../../lib/dom.mjs";
import { formatCount, formatNumber } from "../../lib/format.mjs";
import { neuronTitle } from "../../lib/scene.mjs";

const SMALLEST = -8; // powers of ten at the ends of the bars
const LARGEST = 2;
const STRONGEST = 40; // percent of its class's colour in a cell that holds all points of a row

const head = (text, scope, properties = {}) => element("th", { scope, ...properties }, [text]);
const cell = (text, properties = {}) => element("td", properties, [text]);
const row = (cells) => element("tr", {}, cells);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/**
 * Which classes are taken for which.
 * @param {import("../measures.mjs").Answer} answer @param {"train" | "test"} set @returns {HTMLElement}
 */
export function confusionTable({ document, measures }, set) {
  const counts = measures[set].confusion;
  const classes = counts.length;
  const hasNone = counts.some((numbers) => numbers[classes] > 0);
  const shown = hasNone ? classes + 1 : classes;
  const name = (k) => neuronTitle(document.layers.length, k, document);
  const numbered = (k) => (document.data.labels?.[k] ? `${k + 1} ${name(k)}` : name(k)); // heads of columns have no room for names
  const columnHead = (k) => {
    if (k === classes) return head("none", "col", { title: "an output is undefined there, so that no class is the highest" });
    return element("th", { scope: "col", title: `taken for ${name(k)}` }, [dot(k), String(k + 1)]);
  };
  const rows = counts.map((numbers, k) => {
    const total = sum(numbers);
    const cells = numbers.slice(0, shown).map((count, taken) => countCell(count, total, taken, taken === k));
    const right = total ? `${Math.floor((100 * numbers[k]) / total)} %` : "–"; // rounded down: 100 % means all
    return row([element("th", { scope: "row" }, [dot(k), numbered(k)]), ...cells, cell(right, { class: "number right" })]);
  });
  return element("table", { class: "confusion" }, [
    element("caption", {}, [`${formatCount(measures[set].points)} ${set === "train" ? "training" : "test"} points`]),
    element("thead", {}, [
      row([
        element("th", { scope: "col", rowSpan: 2, class: "corner" }, ["class"]),
        element("th", { scope: "colgroup", colSpan: shown }, ["taken for"]),
        element("th", { scope: "col", rowSpan: 2, class: "right" }, ["right"]),
      ]),
      row(Array.from({ length: shown }, (_, k) => columnHead(k))),
    ]),
    element("tbody", {}, rows),
  ]);
}

const dot = (k) => {
  const mark = element("i", { class: "class-dot", "aria-hidden": "true" });
  mark.style.setProperty("--own", `var(--class-${k % 6})`);
  return mark;
};

function countCell(count, total, taken, isRight) {
  const node = cell(formatCount(count), { class: `number count${isRight ? " is-right" : ""}${count ? "" : " is-zero"}` });
  node.style.setProperty("--own", `var(--class-${taken % 6})`);
  node.style.setProperty("--strength", `${total ? (STRONGEST * count) / total : 0}%`);
  return node;
}

/** How much of the targets' variation the network explains. @param {object} measures @returns {HTMLElement[]} */
export function explainedVariation({ train, test }) {
  const number = (name, fit) =>
    element("div", { class: "stat" }, [element("b", {}, [fit.r_squared === null ? "–" : formatNumber(fit.r_squared, 3)]), element("span", {}, [name])]);
  const note = "1 − Σ (a − t)² / Σ (t − t̄)²: 1 where every target is met, 0 where answering their mean t̄ would be as good.";
  return [
    element("div", { class: "stats" }, [number("train", train), ...(test ? [number("test", test)] : [])]),
    element("p", { class: "note-line" }, [note]),
  ];
}

/** How much gradient reaches every layer, and who lets none through. @param {import("../measures.mjs").Answer} answer @returns {HTMLElement} */
export function layersTable({ document, measures }) {
  const rows = measures.layers.map((layer, l) => {
    const { width, frozen, off } = document.layers[l];
    const isHeld = new Set([...frozen, ...off]).size === width;
    return row([
      head(layerTitle(l + 1, document), "row"),
      cell(isHeld ? "frozen" : normText(layer.gradient_norm), { class: "number norm" }),
      element("td", { class: "bar-cell" }, [bar(layer.gradient_norm)]),
      neuronsCell(layer.dead, width),
      neuronsCell(layer.saturated, width),
    ]);
  });
  const ends = [SMALLEST, LARGEST].map((power) => element("span", {}, ["10", element("sup", {}, [formatNumber(power, 0)])]));
  return element("table", { class: "layers-table" }, [
    element("thead", {}, [
      row([
        head("layer", "col"),
        head("gradient", "col", { colSpan: 2, title: "Euclidean norm of ∂loss/∂parameter over the layer's weights and biases, penalties included" }),
        head("dead", "col", { title: "neurons whose slope is 0 at every training point" }),
        head("saturated", "col", { title: "neurons whose slope is below 5 % of the steepest at 75 % of the training points or more" }),
      ]),
    ]),
    element("tbody", {}, rows),
    element("tfoot", { "aria-hidden": "true" }, [row([cell("", { colSpan: 2 }), element("td", { class: "bar-ends" }, ends), cell("", { colSpan: 2 })])]),
  ]);
}

/** Two digits that count. */
function normText(norm) {
  if (norm === null) return "not finite";
  return norm === 0 || (norm >= 1e-3 && norm < 1e3) ? String(Number(norm.toPrecision(2))) : formatNumber(norm, 0);
}

/** A norm on a scale of powers of ten; one beyond it is marked as such. */
function bar(norm) {
  const place = norm === null ? 0 : (Math.log10(norm) - SMALLEST) / (LARGEST - SMALLEST);
  const node = element("div", { class: "bar", "aria-hidden": "true" }, [element("i")]);
  node.firstChild.style.width = `${100 * Math.min(Math.max(place, 0), 1)}%`;
  node.classList.toggle("is-beyond", place > 1);
  return node;
}

function neuronsCell(neurons, width) {
  if (!neurons.length) return cell("0", { class: "number is-zero" });
  return element("td", { class: "number" }, [`${neurons.length} of ${width}`, element("small", {}, [ranges(neurons)])]);
}

/** Which neurons, counted from 1, neighbours as ranges. @param {number[]} neurons ascending from 0 */
export function ranges(neurons) {
  const runs = [];
  for (const neuron of neurons) {
    if (runs.at(-1)?.[1] === neuron - 1) runs.at(-1)[1] = neuron;
    else runs.push([neuron, neuron]);
  }
  return runs.map(([first, last]) => (first === last ? `${first + 1}` : `${first + 1}–${last + 1}`)).join(", ");
}
