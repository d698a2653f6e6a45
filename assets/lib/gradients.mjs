/**
 * What training would do: the gradient of the loss at the present parameters, asked of the server
 * when the page has come to rest, and forgotten as soon as anything changes.
 *
 * Event: "change" when `values` did.
 */

import { decodeFloat64 } from "./document.mjs";
import { element } from "./dom.mjs";
import { ask } from "./post.mjs";
import { recall, remember } from "./storage.mjs";

const REST = 600; // ms without a change before the server is asked
const STORAGE_KEY = "relief.pull";

export class Gradients extends EventTarget {
  /** @param {object} parts session, trainer, editing, storage */
  constructor({ session, trainer, editing, storage }) {
    super();
    Object.assign(this, { session, trainer, editing, storage });
    this.requests = 0;
    this.timer = null;
    this.abort = null;
    /** @type {?Float64Array} ∂loss/∂parameter for every parameter; null where it is not known */
    this.values = null;
    this.isWanted = recall(storage, STORAGE_KEY) !== "off";
    for (const type of ["parameters", "settings"]) session.addEventListener(type, () => this.#forget());
    trainer.addEventListener("state", () => this.#forget());
    document.addEventListener("visibilitychange", () => {
      if (!this.values) this.#forget();
    });
  }

  /** @param {boolean} isWanted whether to ask at all; remembered in this browser */
  want(isWanted) {
    this.isWanted = isWanted;
    remember(this.storage, STORAGE_KEY, isWanted ? "on" : "off");
    this.#forget();
  }

  #forget() {
    this.abort?.abort();
    clearTimeout(this.timer);
    this.timer = this.isWanted ? setTimeout(() => this.#ask(), REST) : null;
    if (!this.values) return;
    this.values = null;
    this.dispatchEvent(new Event("change"));
  }

  /** Whether an answer would be of use: it waits for the next change otherwise. */
  get #isAtRest() {
    const { session, trainer } = this;
    const hasLoss = Number.isFinite(session.metrics?.train_loss);
    return trainer.state === "paused" && !document.hidden && session.document !== null && hasLoss;
  }

  async #ask() {
    if (this.editing.isUnderWay) {
      this.#forget(); // a gesture that stands still is not over
      return;
    }
    if (!this.#isAtRest) return;
    this.abort = new AbortController();
    const { signal } = this.abort;
    const values = await this.#request(signal).catch(() => null); // without an answer there are no marks
    if (signal.aborted || !values) return;
    this.values = values;
    this.dispatchEvent(new Event("change"));
  }

  async #request(signal) {
    this.requests += 1;
    const response = await ask("/api/gradient", { model: this.session.model() }, signal);
    return response.ok ? decodeFloat64((await response.json()).gradient) : null;
  }
}

/** Add the box that says whether it is wanted. @param {HTMLElement} label @param {Gradients} gradients */
export function addBox(label, gradients) {
  const box = element("input", { type: "checkbox", checked: gradients.isWanted });
  box.addEventListener("change", () => gradients.want(box.checked));
  label.append(box, "what training would do");
  label.title = "beside each slider, −∂loss/∂parameter over all training points, while training is paused";
}

/**
 * What training would do to some parameters, relative to the one it would move most.
 * @param {Float64Array} gradient @param {number[]} parameters their indices
 * @returns {import("./termeditor.mjs").Pull[]}
 */
export function pulls(gradient, parameters) {
  const descents = parameters.map((index) => 0 - gradient[index]);
  const largest = Math.max(...descents.map(Math.abs));
  return descents.map((descent) => ({ descent, share: largest > 0 ? descent / largest : 0 }));
}
