/**
 * What can be done to the selected neuron besides changing its numbers: freeze it or its layer,
 * which training then leaves alone, and switch it off, which makes its landscape flat.
 */

import { element } from "./dom.mjs";

/** @typedef {{id: string, control: string, text: string, key: string, title: string, isOn: (layer: object, neuron: number) => boolean}} Tool */

const has = (list, neuron) => (list ?? []).includes(neuron);

/** @type {Tool[]} */
const TOOLS = [
  {
    id: "freeze",
    control: "neuron-frozen",
    text: "freeze",
    title: "Training leaves this neuron's weights and bias alone (f)",
    isOn: ({ frozen }, neuron) => has(frozen, neuron),
  },
  {
    id: "freeze-layer",
    control: "layer-frozen",
    text: "freeze layer",
    title: "Training leaves this layer's weights and biases alone (Shift+F)",
    isOn: ({ frozen, width }) => (frozen ?? []).length === width,
  },
  {
    id: "switch-off",
    control: "neuron-off",
    text: "switch off",
    title: "This neuron answers 0 everywhere, and nothing downstream hears of it (o)",
    isOn: ({ off }, neuron) => has(off, neuron),
  },
];

export class NeuronTools {
  /**
   * @param {HTMLElement} root
   * @param {(change: object) => void} change sends what was done to Python
   */
  constructor(root, change) {
    this.change = change;
    this.root = root;
    this.place = null;
    this.buttons = TOOLS.map((tool) => {
      const button = element("button", { type: "button", class: "toggle", id: tool.id, title: tool.title }, [tool.text]);
      button.addEventListener("click", () => this.toggle(tool.id));
      return button;
    });
    root.append(...this.buttons);
  }

  /** @param {object} document @param {{layer: number, neuron: number}} selection */
  show(document, { layer, neuron }) {
    const isNeuron = layer >= 1 && layer <= document.layers.length;
    this.place = isNeuron ? { layer: layer - 1, neuron } : null;
    this.root.hidden = !isNeuron;
    this.states = TOOLS.map(({ isOn }) => isNeuron && isOn(document.layers[layer - 1], neuron));
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(this.states[i])));
  }

  /** @param {string} id of a tool */
  toggle(id) {
    const i = TOOLS.findIndex((tool) => tool.id === id);
    if (this.place) this.change({ control: TOOLS[i].control, value: !this.states[i], ...this.place });
  }
}

/** What a neuron is, besides its name: words for its name and for its tile's classes. @returns {string[]} */
export function statesOf(document, layer, neuron) {
  const own = document.layers[layer - 1];
  if (!own) return [];
  return [...(has(own.frozen, neuron) ? ["frozen"] : []), ...(has(own.off, neuron) ? ["off"] : [])];
}
