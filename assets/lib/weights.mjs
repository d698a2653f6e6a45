/**
 * Weights and biases on the wall: the pointer over a line shows its number, dragging it up or down
 * changes it, a double click sets it to 0. A click, or the key w, puts the keyboard on it.
 */

import { roundUp } from "./arrange.mjs";
import { placeOfParameter } from "./document.mjs";
import { element, placeIn, setText } from "./dom.mjs";
import { edgeAt, edgeMiddle } from "./edges.mjs";
import { formatNumber } from "./format.mjs";
import { parameterName } from "./scene.mjs";

const LEAST_REACH = 4; // a drag over SPAN px goes at least this far
const SPAN = 160; // px
const FINE = 0.1; // of the usual step, with shift
const NUDGE = 0.01; // of the reach, for an arrow key
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
const WALKS = { ArrowLeft: -1, ArrowRight: 1 };
const ZEROES = ["0", "Delete", "Backspace"];

export class Weights {
  /**
   * @param {HTMLElement} frame the wall's element
   * @param {import("./session.mjs").Session} session
   * @param {object} hooks
   * @param {() => {ends: Float32Array, weights: Float32Array}} hooks.lines as they are drawn
   * @param {() => boolean} hooks.isUnderWay whether a gesture is
   * @param {() => void} hooks.start before every change of a gesture
   * @param {(index: number, value: number) => void} hooks.change
   * @param {() => void} hooks.end after it, or where there is none
   * @param {() => void} hooks.refresh when another line is held
   * @param {() => void} hooks.leave gives the keyboard back to the wall
   */
  constructor(frame, session, hooks) {
    Object.assign(this, { frame, session, hooks });
    this.held = -1; // the parameter whose line is under the pointer, or has the keyboard
    this.isPointedAt = false;
    this.handle = element("div", { class: "weight-handle", role: "slider", tabIndex: -1, hidden: true });
    frame.append(this.handle);
    frame.addEventListener("pointermove", (event) => this.#follow(event));
    frame.addEventListener("pointerdown", (event) => this.#follow(event));
    frame.addEventListener("pointerleave", () => {
      this.isPointedAt = false;
      this.#letGo();
    });
    frame.addEventListener("click", (event) => this.#click(event), true); // before the tile it may lie on
    frame.addEventListener("dblclick", () => this.held >= 0 && this.#set(0));
    this.handle.addEventListener("keydown", (event) => this.#press(event));
    this.handle.addEventListener("keyup", () => this.release());
    this.handle.addEventListener("blur", () => {
      this.release();
      if (!this.isPointedAt) this.#letGo();
    });
  }

  get hasKeyboard() {
    return document.activeElement === this.handle;
  }

  /** Put the keyboard on a parameter. @param {number} index */
  focus(index) {
    this.#hold(index);
    this.handle.tabIndex = 0;
    this.handle.focus();
  }

  /** Begin to drag the line that is held. @returns {boolean} whether there is one */
  begin() {
    if (this.held < 0) return false;
    this.hooks.start();
    return true;
  }

  /** @param {number} dy px dragged down @param {boolean} isFine */
  drag(dy, isFine) {
    this.#change(this.#value - (dy / SPAN) * this.reach * (isFine ? FINE : 1));
  }

  /** End a drag, or a key's press. */
  release() {
    this.hooks.end();
  }

  /** Show the present number; to be called when parameters or lines have changed. */
  update() {
    if (this.held < 0) return;
    if (this.held >= this.session.parameters.length) {
      this.#hold(-1);
      return;
    }
    const value = this.#value;
    setText(this.handle, `${placeOfParameter(this.session.layers, this.held).input === null ? "b" : "w"} = ${formatNumber(value)}`);
    this.handle.setAttribute("aria-valuenow", String(value));
    this.handle.setAttribute("aria-valuetext", formatNumber(value, 4));
  }

  get #value() {
    return this.session.parameters[this.held];
  }

  #follow(event) {
    if (this.hooks.isUnderWay() || (event.buttons && event.type === "pointermove")) return;
    const { x, y } = placeIn(this.frame, event);
    const { ends, weights } = this.hooks.lines();
    const isOnTile = event.target.closest(".tile") !== null; // only its bias is drawn there
    const index = edgeAt(ends, weights, x, y, isOnTile);
    this.isPointedAt = index >= 0;
    if (this.isPointedAt || !this.hasKeyboard) this.#hold(index, [x, y]);
  }

  #letGo() {
    if (!this.hooks.isUnderWay() && !this.hasKeyboard) this.#hold(-1);
  }

  /** @param {number} index −1 for none @param {number[]} at where its number is written */
  #hold(index, at = index >= 0 ? edgeMiddle(this.hooks.lines().ends, index) : [0, 0]) {
    const isNew = index !== this.held;
    this.held = index;
    this.frame.classList.toggle("is-on-weight", index >= 0);
    this.handle.hidden = index < 0;
    if (index < 0) {
      this.handle.tabIndex = -1;
      if (isNew) this.hooks.refresh();
      return;
    }
    this.reach = roundUp(Math.max(LEAST_REACH, 1.5 * Math.abs(this.#value)));
    this.handle.style.left = `${at[0]}px`;
    this.handle.style.top = `${at[1]}px`;
    if (isNew) {
      this.handle.setAttribute("aria-label", parameterName(this.session.document, this.session.layers, index));
      this.handle.setAttribute("aria-valuemin", String(-this.reach));
      this.handle.setAttribute("aria-valuemax", String(this.reach));
      this.hooks.refresh();
    }
    this.update();
  }

  #click(event) {
    if (this.held < 0 || event.detail === 0) return; // a key's click has no place
    event.stopPropagation();
    this.focus(this.held);
  }

  #press(event) {
    const { key, shiftKey } = event;
    if (key === "Escape" || key === "Enter") this.hooks.leave();
    else if (STEPS[key]) this.#change(this.#value + STEPS[key] * NUDGE * this.reach * (shiftKey ? FINE : 1));
    else if (WALKS[key]) this.#walk(WALKS[key]);
    else if (ZEROES.includes(key)) this.#set(0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** To the next weight of the same neuron; its bias comes last. */
  #walk(step) {
    const { layers } = this.session;
    const own = parametersOf(layers, placeOfParameter(layers, this.held));
    const at = own.indexOf(this.held) + step;
    if (own[at] !== undefined) this.#hold(own[at]);
  }

  #set(value) {
    this.#change(value);
    this.release();
  }

  #change(value) {
    this.hooks.start();
    this.hooks.change(this.held, value);
  }
}

/** The parameters of one neuron, its bias last. @param {Array} layers @param {{layer: number, neuron: number}} place */
export function parametersOf(layers, { layer, neuron }) {
  const { inputs, weights, biases } = layers[layer - 1];
  return [...Array.from({ length: inputs }, (_, i) => weights + neuron * inputs + i), biases + neuron];
}
