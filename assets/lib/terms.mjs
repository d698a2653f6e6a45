/**
 * The composition strip: w₁·S₁ + w₂·S₂ + … + b = z → activation for the selected neuron. Each
 * term is a landscape with its weight under it, as a slider and as a number; all terms and their
 * sum are drawn at one scale.
 */

import { heightScale, roundUp } from "./arrange.mjs";
import { element, setText } from "./dom.mjs";
import { formatNumber, formatScale } from "./format.mjs";
import { LARGEST_PARAMETER } from "./session.mjs";
import { Wall } from "./wall.mjs";

const PICTURE = { width: 60, height: 54 }; // CSS pixels of a term's landscape
const LEAST_REACH = 4; // a slider reaches at least from −4 to 4
const NUDGES = 200; // steps across a slider

/**
 * @typedef {object} Term
 * @property {string} symbol as in the formula
 * @property {string} name read out
 * @property {?number} parameter index into the parameter vector; null for the sum and the activation
 */

export class Terms {
  /**
   * @param {HTMLElement} root
   * @param {object} hooks
   * @param {() => void} hooks.start before a gesture
   * @param {(index: number, value: number) => void} hooks.change
   * @param {() => void} hooks.end after it
   * @param {number} gridSize
   */
  constructor(root, hooks, gridSize) {
    this.root = root;
    this.hooks = hooks;
    this.gridSize = gridSize;
    this.isEditing = false;
    this.canvas = element("canvas", { class: "term-canvas", "aria-hidden": "true" });
    try {
      this.wall = new Wall(this.canvas, gridSize);
    } catch {
      this.wall = null; // without WebGL the strip keeps its numbers and sliders
    }
  }

  /** @param {Record<string, string>} colours */
  setColours(colours) {
    this.wall?.setColours(colours);
  }

  /**
   * Show another neuron.
   * @param {Term[]} terms incoming ones and the bias, then the sum, then the activation
   * @param {Float64Array} parameters
   */
  build(terms, parameters) {
    this.#finish(); // the slider in hand, if there is one, is about to go
    this.terms = terms;
    this.rows = terms.map((term) => this.#row(term, parameters));
    const pieces = this.rows.flatMap(({ node, term }, i) => [operator(terms, term, i), node]);
    this.root.replaceChildren(this.canvas, ...pieces.filter(Boolean));
    this.canvas.hidden = terms.length === 0;
    this.arrange();
  }

  /** Place the pictures where the layout has put their terms. */
  arrange() {
    if (!this.wall || !this.terms?.length) return;
    const tiles = this.rows.map(({ picture }, layer) => ({
      layer,
      neuron: 0,
      x: picture.offsetLeft + picture.offsetWidth / 2,
      y: picture.offsetTop + picture.offsetHeight / 2,
      width: picture.offsetWidth,
      height: picture.offsetHeight,
    }));
    const right = Math.max(this.root.clientWidth, ...tiles.map(({ x, width }) => x + width / 2));
    const bottom = Math.max(1, ...tiles.map(({ y, height }) => y + height / 2));
    this.canvas.style.width = `${right}px`;
    this.canvas.style.height = `${bottom}px`;
    this.wall.resize(right, bottom, Math.min(devicePixelRatio, 2));
    this.wall.setScene({
      tiles,
      decision: null,
      edges: new Float32Array(0),
      rows: tiles.length,
      rowOf: (tile) => tile.layer,
      outputs: 0,
      isClassification: false,
    });
    this.wall.setHeights(tiles.length - 3, new Float64Array(this.gridSize ** 2).fill(1));
  }

  /**
   * Show the present numbers and landscapes.
   * @param {object} now
   * @param {Float64Array} now.parameters
   * @param {Float64Array[]} now.inputs the landscape of every input, before its weight
   * @param {Float64Array} now.preactivation @param {Float64Array} now.activation
   * @param {number} now.activationScale as on the wall
   */
  update({ parameters, inputs, preactivation, activation, activationScale }) {
    const weights = this.rows.map(({ term }) => (term.parameter === null ? 1 : parameters[term.parameter]));
    this.rows.forEach((row, i) => row.show?.(weights[i]));
    const reach = inputs.map((values, i) => Math.abs(weights[i]) * heightScale(values));
    const scale = roundUp(Math.max(0.01, ...reach, Math.abs(weights[inputs.length]), heightScale(preactivation)));
    setText(this.rows.at(-2).value, `±${formatScale(scale)}`);
    setText(this.rows.at(-1).value, `±${formatScale(activationScale)}`);
    if (!this.wall) return;
    [...inputs, null, preactivation, activation].forEach((values, row) => values && this.wall.setHeights(row, values));
    this.wall.setGains(weights.map((weight, i) => (i === weights.length - 1 ? 1 / activationScale : weight / scale)));
  }

  /** @param {number} azimuth @param {number} tilt those of the wall */
  draw(azimuth, tilt) {
    if (!this.wall || !this.terms?.length) return;
    this.wall.azimuth = azimuth;
    this.wall.tilt = tilt;
    this.wall.draw();
  }

  #row(term, parameters) {
    const picture = element("div", { class: "picture", style: `width:${PICTURE.width}px;height:${PICTURE.height}px` });
    const symbol = element("span", { class: "symbol" }, [term.symbol]);
    if (term.parameter === null) {
      const value = element("span", { class: "number value" });
      return { term, picture, value, node: element("div", { class: "term result" }, [picture, symbol, value]) };
    }
    const { number, range, show } = this.#editor(term, parameters[term.parameter]);
    return { term, picture, show, node: element("div", { class: "term" }, [picture, symbol, number, range]) };
  }

  #editor(term, initial) {
    const reach = roundUp(Math.max(LEAST_REACH, 1.5 * Math.abs(initial)));
    const number = element("input", {
      type: "number",
      step: "any",
      class: "number",
      "aria-label": `${term.name}, value`,
    });
    const range = element("input", { type: "range", min: -reach, max: reach, step: "any", "aria-label": term.name });
    const set = (text) => {
      const value = Number(text);
      if (text === "" || !Number.isFinite(value) || Math.abs(value) > LARGEST_PARAMETER) return;
      this.#begin();
      this.hooks.change(term.parameter, value);
    };
    range.addEventListener("input", () => set(range.value));
    for (const type of ["change", "keyup", "pointerup", "pointercancel", "blur"]) {
      range.addEventListener(type, () => this.#finish());
    }
    range.addEventListener("keydown", (event) => nudge(event, range, reach, set));
    range.addEventListener("dblclick", () => this.#once(set, "0"));
    number.addEventListener("change", () => this.#once(set, number.value));
    const show = (value) => {
      if (document.activeElement !== number) number.value = formatNumber(value).replace("−", "-");
      if (Math.abs(value) > Number(range.max)) {
        range.max = roundUp(Math.abs(value));
        range.min = -range.max;
      }
      if (Number(range.value) !== value) range.value = value;
    };
    return { number, range, show };
  }

  #once(set, text) {
    set(text);
    this.#finish();
  }

  #begin() {
    if (this.isEditing) return;
    this.isEditing = true;
    this.hooks.start();
  }

  #finish() {
    if (!this.isEditing) return;
    this.isEditing = false;
    this.hooks.end();
  }
}

/** A range with step "any" moves by a hundredth of its length on an arrow key; ours by half of that, and by ten with shift. */
function nudge(event, range, reach, set) {
  const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
  if (!direction) return;
  event.preventDefault();
  set(String(Number(range.value) + (direction * (event.shiftKey ? 10 : 1) * 2 * reach) / NUDGES));
}

/** What stands before a term: + between the parts of the sum, = before the sum, → before the activation. */
function operator(terms, term, i) {
  if (i === 0) return null;
  const sign = { [terms.length - 2]: "=", [terms.length - 1]: "→" }[i] ?? "+";
  return element("span", { class: "operator", "aria-hidden": "true" }, [sign]);
}
