/** Tables beside the map: how many regions there are after every layer, and every neuron's affine map on one of them. */

import { layerTitle } from "../../lib/document.mjs";
import { element, setText } from "../../lib/dom.mjs";
import { neuronTitle } from "../../lib/scene.mjs";
import { coefficientText, countText, shareText } from "./words.mjs";

const MOST = "An upper bound: no network of this shape has more regions, whatever its weights. In every region before it a layer's creases are " +
  "straight lines, and n lines cut a plane into 1 + n + n(n − 1)/2 parts at most, fewer where some are parallel (Zaslavsky, 1975; Montúfar, 2017)";
const COUNT_HEADS = [["after", ""], ["regions", "Polygons on which every neuron up to this layer is affine"], ["at most", MOST], ["share", "regions / at most"]];
const MAP_HEADS = [["neuron", ""], ["slope x", "∂a/∂x"], ["slope y", "∂a/∂y"], ["constant", "What the affine map is at x = y = 0"]];

const cell = (text) => element("td", { class: "number" }, [text]);
const head = ([text, title]) => element("th", { scope: "col", title }, [text]);
const table = (heads, rows) => [element("thead", {}, [element("tr", {}, heads.map(head))]), element("tbody", {}, rows)];

/**
 * @param {HTMLTableElement} node @param {import("../../lib/regions.mjs").Answer} answer
 * @param {number} shown the layer whose partition is on the map; 0 for none
 */
export function showCounts(node, { layers, document }, shown) {
  const rows = layers.map(({ regions, most }, l) => {
    const name = element("th", { scope: "row" }, [layerTitle(l + 1, document)]);
    const row = element("tr", {}, [name, cell(countText(regions)), cell(countText(most)), cell(shareText(regions / most))]);
    if (l + 1 === shown) row.setAttribute("aria-current", "true");
    return row;
  });
  node.replaceChildren(...table(COUNT_HEADS, rows));
}

/** Every neuron's map of a layer; rows are made once and then written anew. */
export class MapsTable {
  /** @param {HTMLTableElement} node */
  constructor(node) {
    this.node = node;
    this.names = ""; // of the rows there are
    this.cells = [];
  }

  /**
   * @param {number[][]} maps p, q, r of each @param {number} layer @param {?number} selected @param {object} document
   */
  show(maps, layer, selected, document) {
    this.#offer(maps.map((_, k) => nameOf(layer, k, document)));
    this.cells.forEach((own, k) => own.forEach((node, i) => {
      const value = maps[k][i];
      setText(node, coefficientText(value));
      node.classList.toggle("is-zero", value === 0);
    }));
    [...this.node.tBodies[0].rows].forEach((row, k) => {
      if (k === selected) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }

  #offer(names) {
    const text = JSON.stringify(names);
    if (text === this.names) return;
    this.names = text;
    this.cells = names.map(() => [0, 1, 2].map(() => cell("")));
    const rows = names.map((name, k) => element("tr", {}, [element("th", { scope: "row" }, [name]), ...this.cells[k]]));
    this.node.replaceChildren(...table(MAP_HEADS, rows));
  }
}

/** A neuron's name within its layer. @param {number} layer @param {number} neuron @param {object} document */
export const nameOf = (layer, neuron, document) =>
  layer < document.layers.length ? `neuron ${neuron + 1}` : neuronTitle(layer, neuron, document);
