/**
 * The polygons on which the network is affine, and the creases between them, as the server computes them: one answer
 * for whoever draws some of it.
 */

import { Asking } from "./asking.mjs";
import { decodeBytes, decodeFloat32, layerTitle } from "./document.mjs";

const QUESTION = { path: "/api/regions", spacing: 100, read: readAnswer };

/** The page's one Regions, made when first wanted. @param {object} parts of the page (see main.mjs) @returns {Regions} */
export const regionsOf = (parts) => (parts.regions ??= new Regions(parts));

/**
 * Places are in the unit square of the domain: (0, 0) is its lower left corner, v goes upwards.
 *
 * @typedef {object} Creases every piece once, also where neurons share it
 * @property {Float32Array} ends four numbers a crease: u0, v0, u1, v1
 * @property {Uint8Array} layers the layer from 1 whose kink it is
 * @property {Int16Array} neurons the first neuron from 0; −1: of what stands before the layer's weights
 * @property {Uint32Array} bends a bit for each neuron of its layer, whether it bends there
 * @property {number} count
 *
 * @typedef {object} Polygons one after another
 * @property {Float32Array} corners two numbers a corner, anticlockwise
 * @property {Uint32Array} starts the first corner of each, and behind the last one the number of corners
 * @property {number} count of polygons
 *
 * @typedef {Polygons & {born: Uint8Array, edges: Int32Array}} Partition the polygons after a layer: the last layer that
 *   cut each, and of each corner the edge to the next one: −1 on the border, else 2 · crease + side
 *
 * @typedef {object} Answer
 * @property {object} document what it is about
 * @property {{regions: number, most: number}[]} layers of layers 1, 2, …
 * @property {?{kind: "smooth" | "many" | "large", where: string, why: string}} end why deeper layers have none
 * @property {Creases} creases
 * @property {Partition[]} partitions of layers 1, 2, …
 * @property {?(Polygons & {classes: Uint8Array, boundary: Float32Array})} classes who is highest in each; the boundary
 *   has four numbers a piece
 */
export class Regions extends Asking {
  /** @param {object} parts session, trainer, editing */
  constructor(parts) {
    super(parts, QUESTION);
  }
}

/** Why layers have no regions, layers called as on the page. @param {Answer} answer whose `end` is not null @returns {string} */
export function endText({ end, document }) {
  return end.why.replace(/\blayer (\d+)/, (_, number) => {
    const title = layerTitle(Number(number), document);
    return title === "classes" ? "the layer of classes" : title; // what it has or makes is one layer's
  });
}

/** @param {object} body of POST /api/regions @returns {Omit<Answer, "document">} */
export function readAnswer({ layers, end, creases, partitions, classes }) {
  const kinks = new Uint8Array(decodeBytes(creases.layers));
  return {
    layers,
    end,
    creases: {
      ends: decodeFloat32(creases.ends),
      layers: kinks,
      neurons: new Int16Array(decodeBytes(creases.neurons)),
      bends: new Uint32Array(decodeBytes(creases.bends)),
      count: kinks.length,
    },
    partitions: readPartitions(partitions),
    classes: classes && {
      ...polygons(classes),
      classes: new Uint8Array(decodeBytes(classes.classes)),
      boundary: decodeFloat32(classes.boundary),
    },
  };
}

/** Where a layer cuts nothing, its partition is that of the layer before. */
function readPartitions(partitions) {
  const found = [];
  for (const partition of partitions) found.push(partition ? readPartition(partition) : found.at(-1));
  return found;
}

const readPartition = ({ born, edges, ...rest }) => ({
  ...polygons(rest),
  born: new Uint8Array(decodeBytes(born)),
  edges: new Int32Array(decodeBytes(edges)),
});

function polygons({ corners, counts }) {
  const sizes = new Uint16Array(decodeBytes(counts));
  const starts = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, i) => (starts[i + 1] = starts[i] + size));
  return { corners: decodeFloat32(corners), starts, count: sizes.length };
}
