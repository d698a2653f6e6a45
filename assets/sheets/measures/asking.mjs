/**
 * When the server is asked to measure: while somebody looks, once the page has come to rest, and now and then
 * while it trains. Never during a gesture, and never twice at once.
 *
 * Events: "answer" when `answer` changed, "change" when whether it is still true, or `error`, did.
 */

import { NOT_LOADED } from "../../lib/dom.mjs";
import { ask } from "../../lib/post.mjs";

const REST = 300; // ms without a change before the server is asked
const SPACING = 500; // ms between requests while training
const PATIENCE = 60_000; // ms to wait for an answer: a connection may hang without being closed

/** @typedef {{document: object, measures: object}} Answer what was measured, and what the server answered */

export class Asking extends EventTarget {
  /** @param {object} parts session, trainer, editing */
  constructor({ session, trainer, editing }) {
    super();
    Object.assign(this, { session, trainer, editing });
    /** @type {?Answer} */
    this.answer = null;
    this.error = "";
    this.isStale = true; // whether the network has changed since what the answer speaks of
    this.changes = 0;
    this.isWanted = false;
    this.isUnderWay = false;
    this.timer = null;
    this.askedAt = -Infinity;
    for (const type of ["parameters", "settings"]) session.addEventListener(type, () => this.#changed());
    trainer.addEventListener("state", () => this.#planIfStale());
    document.addEventListener("visibilitychange", () => this.#planIfStale());
  }

  start() {
    this.isWanted = true;
    this.dispatchEvent(new Event("change"));
    if (this.isStale || this.error) this.#ask();
  }

  stop() {
    this.isWanted = false;
    clearTimeout(this.timer);
    this.timer = null;
  }

  #changed() {
    this.isStale = true;
    this.changes += 1;
    if (!this.isWanted) return;
    this.dispatchEvent(new Event("change"));
    this.#plan();
  }

  #planIfStale() {
    if (!this.isWanted || !this.isStale) return;
    this.dispatchEvent(new Event("change"));
    this.#plan();
  }

  /** Training does not wait until it rests, which it never does; everything else begins to wait anew with each change. */
  #plan() {
    if (this.isUnderWay || document.hidden) return;
    const { isRunning } = this.trainer;
    if (isRunning && this.timer !== null) return;
    clearTimeout(this.timer);
    const wait = isRunning ? Math.max(this.askedAt + SPACING - performance.now(), 0) : REST;
    this.timer = setTimeout(() => this.#ask(), wait);
  }

  async #ask() {
    this.timer = null;
    if (this.editing.isUnderWay) {
      this.#plan(); // a gesture that stands still is not over
      return;
    }
    if (!this.session.document || this.isUnderWay) return;
    this.isUnderWay = true;
    const { changes } = this;
    this.askedAt = performance.now();
    const asked = this.session.model({ ...this.session, progress: { epoch: this.session.progress.epoch, batch: 0, state: "" } });
    try {
      this.answer = { document: asked, measures: await request(asked) };
      this.error = "";
    } catch ({ message }) {
      this.error = message;
    }
    this.isUnderWay = false;
    this.isStale = this.changes !== changes; // where there is no answer, the next change asks again
    if (!this.error) this.dispatchEvent(new Event("answer"));
    this.dispatchEvent(new Event("change"));
    this.#planIfStale();
  }
}

async function request(model) {
  const response = await ask("/api/measures", { model }, AbortSignal.timeout(PATIENCE)).catch(() => {
    throw new Error(NOT_LOADED);
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? NOT_LOADED);
  return body;
}
