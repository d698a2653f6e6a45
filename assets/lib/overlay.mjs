/**
 * What lies over the wall as elements: column heads and one button per neuron, so that every
 * landscape can be reached with the keyboard and read out.
 */

import { element, setText } from "./dom.mjs";
import { formatScale } from "./format.mjs";
import { decisionSquare } from "./scene.mjs";

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
      if (tile && Number(tile.dataset.layer) <= this.lastLayer) onSelect(Number(tile.dataset.layer), Number(tile.dataset.neuron));
    });
    root.addEventListener("keydown", (event) => this.#walk(event));
  }

  /**
   * @param {ReturnType<import("./arrange.mjs").arrange>} arrangement
   * @param {Array<{title: string, detail: string}>} titles one a column
   * @param {(layer: number, neuron: number) => string} nameOf
   * @param {(layer: number, neuron: number) => string} formulaOf what is drawn, for the tooltip
   * @param {(layer: number, neuron: number) => string[]} statesOf
   * @param {?import("./arrange.mjs").Tile} decision
   */
  build({ columns, tiles, width, height }, titles, { nameOf, formulaOf, statesOf }, decision) {
    this.lastLayer = columns.length - (decision ? 2 : 1); // of neurons; the decision map is none
    this.widths = columns.map(({ layer }) => tiles.filter((tile) => tile.layer === layer).length);
    const pitch = width / columns.length;
    this.heads = columns.map(({ x, layer }) =>
      element("div", { class: "head", style: `left:${x}px;width:${pitch}px` }, [
        element("b", {}, [titles[layer].title]),
        element("span", {}, [titles[layer].detail]),
      ]),
    );
    this.buttons = new Map(
      tiles.map((tile) => {
        const { layer, neuron } = tile;
        const [name, formula, states] = [nameOf, formulaOf, statesOf].map((tell) => tell(layer, neuron));
        return [`${layer}.${neuron}`, tileButton(tile, name, formula, states)];
      }),
    );
    this.root.style.width = `${width}px`;
    this.root.style.height = `${height}px`;
    const hadFocus = this.root.contains(document.activeElement);
    this.hasReadings = false;
    this.root.classList.remove("has-readings");
    this.square = decision && decisionSquare(decision);
    this.ring = decision && element("i", { class: "probe-ring", "aria-hidden": "true" });
    this.root.replaceChildren(...this.heads, ...this.buttons.values(), ...(this.ring ? [this.ring] : []));
    if (this.selected) this.select(this.selected, hadFocus);
  }

  /** Print a layer's height scale under its name. @param {number} layer @param {string} detail @param {number} scale */
  setScale(layer, detail, scale) {
    setText(this.heads[layer].lastChild, `${detail} · ±${formatScale(scale)}`);
  }

  /**
   * Write a value on every tile, and mark a place on the decision map.
   * @param {?(layer: number, neuron: number) => string} textOf null for nothing @param {{u: number, v: number}} at in the unit square
   */
  setReadings(textOf, at) {
    if (!textOf && !this.hasReadings) return;
    this.hasReadings = textOf !== null;
    this.root.classList.toggle("has-readings", this.hasReadings);
    if (!textOf) return;
    for (const [key, button] of this.buttons) {
      const [layer, neuron] = key.split(".").map(Number);
      setText(readingOf(button), textOf(layer, neuron));
    }
    if (!this.ring) return;
    this.ring.style.left = `${this.square.x + (2 * at.u - 1) * this.square.half}px`;
    this.ring.style.top = `${this.square.y - (2 * at.v - 1) * this.square.half}px`;
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
    const layer = Math.min(Math.max(Number(tile.dataset.layer) + step[0], 0), this.lastLayer);
    const from = Number(tile.dataset.neuron);
    const neuron = Math.min(Math.max(from + step[1], 0), this.widths[layer] - 1);
    this.onSelect(layer, neuron);
    this.buttons.get(`${layer}.${neuron}`).focus();
  }
}

/** What a tile says of the probe; made when first wanted. */
function readingOf(button) {
  if (!button.firstChild) button.append(element("span", { class: "reading number", "aria-hidden": "true" }));
  return button.firstChild;
}

const place = ({ x, y, width, height }) =>
  `left:${x - width / 2}px;top:${y - height / 2}px;width:${width}px;height:${height}px`;

function tileButton(tile, name, formula, states) {
  const { layer, neuron } = tile;
  return element("button", {
    class: ["tile", ...states.map((state) => `is-${state}`)].join(" "),
    type: "button",
    title: `${[name, ...states].join(", ")}: ${formula}`,
    "data-layer": layer,
    "data-neuron": neuron,
    "aria-label": [name, ...states].join(", "),
    "aria-pressed": "false",
    tabIndex: -1,
    style: place(tile),
  });
}
