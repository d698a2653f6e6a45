/**
 * What lies over the wall as elements: column heads and one button per neuron, so that every
 * landscape can be reached with the keyboard and read out.
 */

import { element, setText } from "./dom.mjs";
import { formatScale } from "./format.mjs";

const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export class Overlay {
  /** @param {HTMLElement} root @param {(layer: number, neuron: number) => void} onSelect */
  constructor(root, onSelect) {
    this.root = root;
    this.onSelect = onSelect;
    this.heads = [];
    this.buttons = new Map();
    root.addEventListener("click", (event) => {
      const tile = event.target.closest(".tile");
      if (tile) onSelect(Number(tile.dataset.layer), Number(tile.dataset.neuron));
    });
    root.addEventListener("keydown", (event) => this.#walk(event));
  }

  /**
   * @param {ReturnType<import("./arrange.mjs").arrange>} arrangement
   * @param {Array<{title: string, detail: string}>} titles one a column
   * @param {(layer: number, neuron: number) => string} nameOf empty for what is no neuron
   * @param {(layer: number, neuron: number) => string} formulaOf what is drawn, for the tooltip
   */
  build({ columns, tiles, width, height }, titles, nameOf, formulaOf) {
    this.widths = columns.map(({ layer }) => tiles.filter((tile) => tile.layer === layer).length);
    const pitch = width / columns.length;
    this.heads = columns.map(({ x, layer }) =>
      element("div", { class: "head", style: `left:${x}px;width:${pitch}px` }, [
        element("b", {}, [titles[layer].title]),
        element("span", {}, [titles[layer].detail]),
      ]),
    );
    this.buttons = new Map(
      tiles
        .filter((tile) => nameOf(tile.layer, tile.neuron))
        .map((tile) => [`${tile.layer}.${tile.neuron}`, tileButton(tile, nameOf(tile.layer, tile.neuron), formulaOf(tile.layer, tile.neuron))]),
    );
    const maps = tiles.filter(({ layer, neuron }) => !nameOf(layer, neuron));
    const notes = maps.map((tile) => element("div", { class: "note", title: formulaOf(tile.layer, tile.neuron), style: place(tile) }));
    this.root.style.width = `${width}px`;
    this.root.style.height = `${height}px`;
    const hadFocus = this.root.contains(document.activeElement);
    this.root.replaceChildren(...this.heads, ...notes, ...this.buttons.values());
    if (this.selected) this.select(this.selected, hadFocus);
  }

  /** Print a layer's height scale under its name. @param {number} layer @param {string} detail @param {number} scale */
  setScale(layer, detail, scale) {
    setText(this.heads[layer].lastChild, `${detail} · ±${formatScale(scale)}`);
  }

  /** @param {{layer: number, neuron: number}} selection @param {boolean} withFocus */
  select(selection, withFocus = false) {
    this.selected = selection;
    for (const [key, button] of this.buttons) {
      const isSelected = key === `${selection.layer}.${selection.neuron}`;
      button.setAttribute("aria-pressed", String(isSelected));
      button.tabIndex = isSelected ? 0 : -1;
      if (isSelected && withFocus) button.focus();
    }
  }

  #walk(event) {
    const step = STEPS[event.key];
    const tile = event.target.closest(".tile");
    if (!step || !tile || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const layer = Math.min(Math.max(Number(tile.dataset.layer) + step[0], 0), this.widths.length - 1);
    const from = Number(tile.dataset.neuron);
    const neuron = Math.min(Math.max(from + step[1], 0), this.widths[layer] - 1);
    if (!this.buttons.has(`${layer}.${neuron}`)) return;
    this.onSelect(layer, neuron);
    this.buttons.get(`${layer}.${neuron}`).focus();
  }
}

const place = ({ x, y, width, height }) =>
  `left:${x - width / 2}px;top:${y - height / 2}px;width:${width}px;height:${height}px`;

function tileButton(tile, name, formula) {
  const { layer, neuron } = tile;
  return element("button", {
    class: "tile",
    type: "button",
    title: `${name}: ${formula}`,
    "data-layer": layer,
    "data-neuron": neuron,
    "aria-label": name,
    "aria-pressed": "false",
    tabIndex: -1,
    style: place(tile),
  });
}
