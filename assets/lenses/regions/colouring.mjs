/**
 * How regions can be coloured: by the layer they were born at, by gradient, by class. A row each; what a row makes is
 * drawn on the canvas and in the SVG alike.
 *
 * @typedef {object} Look what is looked at
 * @property {import("../../lib/regions.mjs").Answer} answer
 * @property {object} document what it is about @property {import("../../lib/document.mjs").Layer[]} layers
 * @property {Float64Array} parameters @property {boolean} areProbabilities whether the page draws outputs as probabilities
 * @property {number} layer whose partition is shown, from 1 @property {?number} neuron the selected one; null if it is of another layer
 *
 * @typedef {{colour: ?string, members: ArrayLike<number>}} Group polygons of one colour; of none: hatched
 * @typedef {{colour: ?string, text: string}} Swatch
 * @typedef {{colours: string[], ends: [string, string]}} Ramp
 * @typedef {object} Painting
 * @property {import("../../lib/regions.mjs").Polygons} polygons @property {Group[]} groups
 * @property {?Float32Array} boundary of classes, four numbers a piece
 * @property {Swatch[]} swatches @property {?Ramp} ramp of the legend
 */

import { isClassification, layerTitle } from "../../lib/document.mjs";
import { formatCount } from "../../lib/format.mjs";
import { rgb } from "../../lib/gl.mjs";
import { centreOf } from "../../lib/polygons.mjs";
import { endText } from "../../lib/regions.mjs";
import { neuronTitle } from "../../lib/scene.mjs";
import { classColour } from "../../lib/theme.mjs";
import { affineMaps, gradientSize } from "./affine.mjs";
import { landscapeTitle, significant } from "./words.mjs";

const TINTS = { first: 0.13, last: 0.62 }; // how much of the accent's colour the first and the last layer's regions have
const CLASS_TINT = 0.5;
const SHADES = 24; // of gradients

/** A colour between two. @param {string} from #rrggbb @param {string} to @param {number} share of the second */
export function mix(from, to, share) {
  const [start, end] = [rgb(from), rgb(to)];
  const hex = (part, i) => Math.round(255 * (part + share * (end[i] - part))).toString(16).padStart(2, "0");
  return `#${start.map(hex).join("")}`;
}

/** The tint of a layer's regions. @param {number} born 0 for what was never cut @param {number} last layer that has any */
function tint(born, last, { panel, accent }) {
  if (born === 0) return panel;
  const { first, last: most } = TINTS;
  return mix(panel, accent, first + ((most - first) * (born - 1)) / Math.max(last - 1, 1));
}

/** @param {Look} look @param {Record<string, string>} colours @returns {Painting} */
function byBirth({ answer, document, layer }, colours) {
  const partition = answer.partitions[layer - 1];
  const members = Array.from({ length: layer + 1 }, () => []);
  partition.born.forEach((born, i) => members[born].push(i));
  const groups = members.map((own, born) => ({ colour: tint(born, answer.partitions.length, colours), members: own }));
  const swatches = groups.map(({ colour, members: { length } }, born) => {
    return { colour, text: `${born ? layerTitle(born, document) : "never cut"}: ${formatCount(length)}`, isEmpty: !length };
  });
  // a layer that bore none is said too; that something was left uncut only where it was
  return { polygons: partition, groups, boundary: null, swatches: swatches.filter(({ isEmpty }, born) => born || !isEmpty), ramp: null };
}

/**
 * The gradient's size on every region of the partition.
 * @param {Look} look @returns {Float64Array} in the data's units
 */
export function gradientSizes(look) {
  const { answer, document, layer, neuron } = look;
  const partition = answer.partitions[layer - 1];
  return Float64Array.from({ length: partition.count }, (_, i) => {
    const maps = affineMaps(look, centreOf(partition, i), layer);
    return gradientSize(maps[layer - 1].activation, neuron, document.domain);
  });
}

/** @param {Look} look @param {Record<string, string>} colours @returns {Painting} */
function byGradient(look, colours) {
  const sizes = gradientSizes(look);
  const most = sizes.reduce((largest, size) => Math.max(largest, size), 0);
  const shades = ramp(colours);
  const members = shades.map(() => []);
  const flat = [];
  sizes.forEach((size, i) => {
    if (size === 0) flat.push(i);
    else members[Math.min(Math.floor((SHADES * size) / most), SHADES - 1)].push(i);
  });
  const groups = shades.map((colour, i) => ({ colour, members: members[i] }));
  const swatches = flat.length ? [{ colour: null, text: `flat: ${formatCount(flat.length)}` }] : [];
  return {
    polygons: look.answer.partitions[look.layer - 1],
    groups: [...groups, { colour: null, members: flat }],
    boundary: null,
    swatches,
    ramp: most > 0 ? { colours: shades, ends: ["0", significant(most)] } : null,
  };
}

/** The upper half of the heights' colours in even steps, without its palest part, which is that of nothing. */
function ramp(colours) {
  const [none, some, much] = [2, 3, 4].map((i) => colours[`height-${i}`]);
  return Array.from({ length: SHADES }, (_, i) => {
    const t = 0.12 + (0.88 * i) / (SHADES - 1);
    return t < 0.55 ? mix(none, some, t / 0.55) : mix(some, much, (t - 0.55) / 0.45);
  });
}

/** @param {Look} look @param {Record<string, string>} colours @returns {Painting} */
function byClass({ answer: { classes }, document }, colours) {
  const members = Array.from({ length: document.data.classes }, () => []);
  classes.classes.forEach((k, i) => members[k].push(i));
  const groups = members.map((own, k) => ({ colour: mix(colours.panel, classColour(k, colours), CLASS_TINT), members: own }));
  const swatches = groups.map(({ colour }, k) => ({ colour, text: neuronTitle(document.layers.length, k, document) }));
  return { polygons: classes, groups, boundary: classes.boundary, swatches, ramp: null };
}

const always = (text) => () => text;

/** `full` says what the colours are; `missing` why they cannot be had, and nothing where they can. */
export const COLOURINGS = [
  { name: "birth", title: "by layer", full: always("coloured by layer of birth"), hint: "The layer that cut a region last", missing: always(""), paint: byBirth },
  {
    name: "gradient",
    title: "gradient",
    full: (look) => `coloured by the gradient's size of ${landscapeTitle(look)}`,
    hint: "How steep the selected neuron's activation is on each region, in the data's units",
    missing: ({ neuron }) => (neuron === null ? "The selected neuron is of a layer whose regions are too many" : ""),
    paint: byGradient,
  },
  {
    name: "class",
    title: "class",
    full: always("coloured by the highest class"),
    hint: "Whose score is the highest, and the exact boundary between the classes",
    missing: whyNoClasses,
    paint: byClass,
  },
];

function whyNoClasses({ answer, document }) {
  if (answer.classes) return "";
  if (!isClassification(document)) return "There are no classes: this network answers with a number";
  return answer.end ? `There are no regions of the classes: ${endText(answer)}` : "The classes have no scores whose highest could be told";
}
