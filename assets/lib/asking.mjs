/**
 * When the server is asked about the network: while somebody wants to know, once the page has come to rest, and now
 * and then while it trains. Never during a gesture, and never twice at once.
 *
 * Events: "answer" when `answer` changed, "change" when whether it is still true, or `error`, did.
 */

import { NOT_LOADED } from "./dom.mjs";
import { ask } from "./post.mjs";

const REST = 300; // ms without a change before the server is asked
const PATIENCE = 60_000; // ms to wait for an answer: a connection may hang without being closed

/**
 * @typedef {object} Question
 * @property {string} path of the route
 * @property {number} spacing ms between requests while training
 * @property {(body: object) => object} read what the server answered, as it is wanted here
 * @property {() => object} [about] what is asked besides the network; whoever changes it says so with changed()
 */

export class Asking extends EventTarget {
  #question;

  /** @param {object} parts session, trainer, editing @param {Question} question */
  constructor({ session, trainer, editing }, question) {
    super();
    Object.assign(this, { session, trainer, editing });
    this.#question = question;
    /** @type {?object} what was read, and what it is about: `document`, and what else was asked */
    this.answer = null;
    this.error = "";
    this.isStale = true; // whether the network has changed since what the answer speaks of
    this.changes = 0;
    this.settled = -1; // the changes that the last request knew of, answered or refused
    this.wanting = new Set();
    this.isUnderWay = false;
    this.timer = null;
    this.askedAt = -Infinity;
    for (const type of ["parameters", "settings"]) session.addEventListener(type, () => this.changed());
    trainer.addEventListener("state", () => this.#planIfNew());
    document.addEventListener("visibilitychange", () => this.#planIfNew());
  }

  /** @param {any} who wants to know, until it says release */
  want(who) {
    this.wanting.add(who);
    this.dispatchEvent(new Event("change"));
    if (this.isStale || this.error) this.#ask();
  }

  release(who) {
    this.wanting.delete(who);
    if (this.wanting.size) return;
    clearTimeout(this.timer);
    this.timer = null;
  }

  /** Say that the answer is to another question than would be asked now. */
  changed() {
    this.isStale = true;
    this.changes += 1;
    this.#planIfNew();
  }

  #planIfNew() {
    if (!this.wanting.size || this.settled === this.changes) return;
    this.dispatchEvent(new Event("change"));
    this.#plan();
  }

  /** Training does not wait until it rests, which it never does; everything else begins to wait anew with each change. */
  #plan() {
    if (this.isUnderWay || document.hidden) return;
    const { isRunning } = this.trainer;
    if (isRunning && this.timer !== null) return;
    clearTimeout(this.timer);
    const wait = isRunning ? Math.max(this.askedAt + this.#question.spacing - performance.now(), 0) : REST;
    this.timer = setTimeout(() => this.#ask(), wait);
  }

  async #ask() {
    clearTimeout(this.timer);
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
    const about = this.#question.about?.();
    try {
      this.answer = { document: asked, ...about, ...(await this.#request({ model: asked, ...about })) };
      this.error = "";
    } catch ({ message }) {
      this.error = message;
    }
    this.isUnderWay = false;
    this.settled = changes; // where there is no answer, the next change asks again
    if (!this.error) this.isStale = this.changes !== changes;
    if (!this.error) this.dispatchEvent(new Event("answer"));
    this.dispatchEvent(new Event("change"));
    this.#planIfNew();
  }

  async #request(question) {
    const { path, read } = this.#question;
    const response = await ask(path, question, AbortSignal.timeout(PATIENCE)).catch(() => {
      throw new Error(NOT_LOADED);
    });
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(body.error ?? NOT_LOADED);
    return read(body);
  }
}
