/**
 * The slider and the number of one parameter, and the mark beside the slider that shows which way
 * training would move it.
 */

import { roundUp } from "./arrange.mjs";
import { element, setProperty } from "./dom.mjs";
import { formatNumber } from "./format.mjs";
import { LARGEST_PARAMETER } from "./session.mjs";

const LEAST_REACH = 4; // a slider reaches at least from −4 to 4
const NUDGES = 200; // steps across a slider

/**
 * @typedef {object} Pull what training would do to a parameter
 * @property {number} descent −∂loss/∂parameter
 * @property {number} share of the largest of its neuron's, −1 to 1
 */

export class TermEditor {
  /**
   * @param {string} name the parameter's, read out @param {string} letter as in formulas, w or b
   * @param {number} initial
   * @param {object} hooks
   * @param {(value: number) => void} hooks.change
   * @param {() => void} hooks.end after the last change of a gesture
   */
  constructor(name, letter, initial, { change, end }) {
    this.name = name;
    this.letter = letter;
    this.reach = roundUp(Math.max(LEAST_REACH, 1.5 * Math.abs(initial)));
    this.hooks = { change, end };
    this.number = element("input", { type: "number", step: "any", class: "number", "aria-label": `${name}, value` });
    this.range = element("input", { type: "range", min: -this.reach, max: this.reach, step: "any", "aria-label": name });
    this.mark = element("i", { class: "pull", role: "img", hidden: true });
    this.nodes = [this.number, element("div", { class: "term-slider" }, [this.range, this.mark])];
    this.#listen();
  }

  /** @param {number} value */
  show(value) {
    const { number, range } = this;
    if (document.activeElement !== number) this.#write(value);
    if (Math.abs(value) > Number(range.max)) {
      range.max = roundUp(Math.abs(value));
      range.min = -range.max;
    }
    if (Number(range.value) !== value) range.value = value;
    this.mark.style.setProperty("--at", 0.5 + value / (2 * Number(range.max)));
  }

  /** @param {?Pull} pull null where it is not known */
  showPull(pull) {
    this.mark.hidden = !pull || pull.share === 0;
    const text = pull ? pullText(pull.descent, this.letter) : "";
    setProperty(this.range, "title", text);
    if (!pull) return;
    this.mark.title = text;
    this.mark.setAttribute("aria-label", `${this.name}: ${text}`);
    this.mark.classList.toggle("is-down", pull.share < 0);
    this.mark.style.setProperty("--size", Math.abs(pull.share));
  }

  /** Set the parameter to 0, as one gesture. */
  zero() {
    this.#once("0");
    this.#write(0);
  }

  #listen() {
    const { number, range } = this;
    range.addEventListener("input", () => this.#set(range.value));
    for (const type of ["change", "keyup", "pointerup", "pointercancel", "blur"]) {
      range.addEventListener(type, () => this.hooks.end());
    }
    range.addEventListener("keydown", (event) => this.#nudge(event));
    number.addEventListener("change", () => this.#once(number.value));
    for (const control of [number, range]) control.addEventListener("dblclick", () => this.zero());
  }

  #set(text) {
    const value = Number(text);
    if (text !== "" && Math.abs(value) <= LARGEST_PARAMETER) this.hooks.change(value);
  }

  #once(text) {
    this.#set(text);
    this.hooks.end();
  }

  #write(value) {
    setProperty(this.number, "value", formatNumber(value).replaceAll("−", "-"));
  }

  /** A range with step "any" moves by a hundredth of its length on an arrow key; ours by half of that, and by ten with shift. */
  #nudge(event) {
    const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    this.#set(String(Number(this.range.value) + (direction * (event.shiftKey ? 10 : 1) * 2 * this.reach) / NUDGES));
  }
}

/** @param {number} descent −∂loss/∂parameter @param {string} letter */
function pullText(descent, letter) {
  const verb = descent > 0 ? "increase it" : "decrease it";
  const number = descent === 0 ? "0" : formatNumber(descent, 3);
  return `training would ${descent === 0 ? "leave it" : verb}: −∂loss/∂${letter} = ${number}`;
}
