/** What stands beside the map: menus, colours, legend, counts, the numbers of one region. */

import { layerTitle } from "../../lib/document.mjs";
import { element, setProperty, setText } from "../../lib/dom.mjs";
import { COLOURINGS } from "./colouring.mjs";
import { nameOf } from "./tables.mjs";

const COLOURS = "colours of the map";

/** @param {string} id @param {string} tag @param {object} properties @param {Array} children */
const part = (id, tag, properties = {}, children = []) => element(tag, { id: `regions-${id}`, ...properties }, children);
const menu = (id, label) => [element("label", { htmlFor: `regions-${id}`, class: "label" }, [label]), part(id, "select")];
const toggle = (id, text, properties) => part(id, "button", { class: "toggle", type: "button", ...properties }, [text]);

/** Build it. @param {HTMLElement} side @returns {(id: string) => HTMLElement} finds an element */
export function buildSide(side) {
  const buttons = COLOURINGS.map(({ name, title }) => toggle(`by-${name}`, title, { "data-colouring": name }));
  side.append(
    element("div", { class: "regions-menus" }, [...menu("layer", "layer"), ...menu("neuron", "neuron")]),
    element("div", { class: "regions-row" }, [
      part("colours", "div", { role: "group", "aria-label": COLOURS }, buttons),
      toggle("points", "data", { title: "Draw the data points", "aria-pressed": "true" }),
    ]),
    part("legend", "div"),
    element("div", { class: "regions-row regions-head" }, [
      part("title", "h2"),
      part("save", "button", { class: "quiet", type: "button", title: "The present map as a file to print, 180 mm wide" }, ["save as SVG"]),
    ]),
    part("note", "p", { role: "status" }),
    part("counts", "table"),
    part("here", "h2", {}, ["Here"]),
    part("reading", "p", { class: "number" }),
    part("maps-frame", "div", { role: "group", "aria-label": "affine maps of the layer's neurons here" }, [part("maps", "table")]),
  );
  return (id) => side.querySelector(`#regions-${id}`);
}

/** The menus of layers and of a layer's neurons, which show what is selected. */
export class Menus {
  /** @param {(id: string) => HTMLSelectElement} find @param {(layer: number, neuron: number) => void} select */
  constructor(find, select) {
    Object.assign(this, { layer: find("layer"), neuron: find("neuron"), offered: "" });
    this.layer.addEventListener("change", () => select(Number(this.layer.value), 0));
    this.neuron.addEventListener("change", () => select(Number(this.layer.value), Number(this.neuron.value)));
  }

  /** @param {{layer: number, neuron: number}} selected @param {object} document */
  show({ layer, neuron }, document) {
    const layers = document.layers.map((_, l) => layerTitle(l + 1, document));
    const neurons = Array.from({ length: document.layers[layer - 1].width }, (_, k) => nameOf(layer, k, document));
    const offered = JSON.stringify([layers, neurons]);
    if (offered !== this.offered) {
      this.offered = offered;
      this.layer.replaceChildren(...layers.map((title, l) => element("option", { value: l + 1 }, [title])));
      this.neuron.replaceChildren(...neurons.map((title, k) => element("option", { value: k }, [title])));
    }
    setProperty(this.layer, "value", String(layer));
    setProperty(this.neuron, "value", String(neuron));
  }
}

/**
 * Which colourings there are, which is chosen, and why others cannot be.
 * @param {(id: string) => HTMLElement} find @param {?import("./colouring.mjs").Look} look @param {string} chosen
 */
export function showColourings(find, look, chosen) {
  for (const { name, hint, missing } of COLOURINGS) {
    const button = find(`by-${name}`);
    const why = look ? missing(look) : "";
    setProperty(button, "aria-disabled", String(why !== "")); // not disabled, or the reason could not be reached
    setProperty(button, "aria-pressed", String(name === chosen));
    setProperty(button, "title", why ? `${why}.` : hint);
  }
}

/** @param {HTMLElement} node @param {{swatches: import("./colouring.mjs").Swatch[], ramp: ?import("./colouring.mjs").Ramp}} legend */
export function showLegend(node, { swatches, ramp }) {
  const bar = () => {
    const strip = element("i", { class: "regions-ramp" });
    strip.style.background = `linear-gradient(90deg, ${ramp.colours.join()})`;
    return element("span", {}, [ramp.ends[0], strip, ramp.ends[1]]);
  };
  const mark = ({ colour, text }) => {
    const own = element("i", { class: colour ? "regions-swatch" : "regions-swatch is-hatched" });
    if (colour) own.style.background = colour;
    return element("span", {}, [own, text]);
  };
  node.replaceChildren(...(ramp ? [bar()] : []), ...swatches.map(mark));
}

/** Write a paragraph, of lines. @param {HTMLElement} node @param {string[]} lines */
export const write = (node, lines) => setText(node, lines.join("\n"));
