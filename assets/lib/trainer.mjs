/**
 * The trainer: reads the training stream, hands its moments out one an animation frame, and goes
 * on from the last checkpoint when the connection breaks.
 *
 * Closing the connection ends a run. An edit is therefore hold(), the edit, release(): the run
 * ends at its last checkpoint and another begins from the edited document.
 *
 * Events: "state" when `state` or `notice` changed.
 */

import { decodeFloat32, decodeFloat64 } from "./document.mjs";
import { ConnectionLost, orLost, readLines } from "./ndjson.mjs";

const BACKLOG = 6; // moments that may wait for their frame before some are passed over
const MOST_WAITING = 240; // moments: a hidden page gets no frames, and its run goes on
const BACKOFF = [250, 500, 1000, 2000, 4000]; // ms before trying to connect again

export class Trainer extends EventTarget {
  /**
   * @param {import("./session.mjs").Session} session
   * @param {import("./history.mjs").History} history
   */
  constructor(session, history) {
    super();
    this.session = session;
    this.history = history;
    /** @type {"paused" | "running" | "reconnecting" | "held"} */
    this.state = "paused";
    this.notice = "";
    this.rate = null; // epochs a second; null for as fast as it goes
    this.requests = 0;
    this.snapshots = 0;
    this.queue = [];
    this.checkpoint = null;
    this.abort = null;
    this.lastEpoch = null; // where step() ends; null for play()
    this.whenDone = null;
  }

  get isRunning() {
    return this.state === "running" || this.state === "reconnecting";
  }

  /** Train until paused. */
  play() {
    if (this.state !== "paused") return;
    this.session.remember();
    this.lastEpoch = null;
    this.#start();
  }

  /** Train for so many epochs, then pause. @param {number} epochs @returns {Promise<void>} when paused again */
  step(epochs) {
    if (this.state !== "paused") this.pause();
    this.session.remember();
    this.lastEpoch = this.session.progress.epoch + epochs;
    const done = new Promise((resolve) => (this.whenDone = resolve));
    this.#start();
    return done;
  }

  /** Stop at the last checkpoint that arrived. */
  pause() {
    if (this.isRunning) this.#stop();
    if (this.state !== "paused") this.#become("paused");
  }

  /** Interrupt a run for an edit. */
  hold() {
    if (!this.isRunning) return;
    this.#stop();
    this.#become("held");
  }

  /** Go on after an edit, from the document as it now is. */
  release() {
    if (this.state === "held") this.#start();
  }

  /** @param {?number} rate epochs a second; null for as fast as it goes */
  setRate(rate) {
    if (rate === this.rate) return;
    this.hold();
    this.rate = rate;
    this.release();
  }

  /** Show what has arrived; to be called once an animation frame. @returns {boolean} whether more frames are needed */
  frame() {
    const passed = Math.max(1, this.queue.length - BACKLOG);
    const due = this.queue.splice(0, passed);
    due.forEach((moment) => this.#record(moment));
    if (due.length) this.#show(due.at(-1));
    if (this.ending && !this.queue.length) this.#finish(this.ending);
    return this.isRunning || this.queue.length > 0;
  }

  #start() {
    this.checkpoint = this.#present();
    this.ending = null;
    if (this.lastEpoch !== null && this.checkpoint.epoch >= this.lastEpoch) {
      this.#become("paused");
      return;
    }
    this.abort = new AbortController();
    this.#become("running");
    this.#connect(this.abort.signal);
  }

  #present() {
    const { parameters, progress, metrics } = this.session;
    return { epoch: progress.epoch, parameters, progress, metrics };
  }

  #stop() {
    this.abort?.abort();
    this.queue.splice(0).forEach((moment) => this.#record(moment));
    this.ending = null;
    const { checkpoint } = this;
    this.history.forgetAfter(checkpoint.epoch);
    if (checkpoint.progress.batch === 0) this.history.add(checkpoint);
    this.#show(checkpoint);
  }

  #finish({ end, where, why }) {
    this.#stop();
    this.#become("paused", end === "diverged" ? `Training stopped at its last finite step: ${why} (${where}).` : "");
  }

  #become(state, notice = "") {
    this.state = state;
    this.notice = notice;
    this.dispatchEvent(new Event("state"));
    if (state === "paused") {
      this.whenDone?.();
      this.whenDone = null;
    }
  }

  #show({ parameters, progress, epoch, metrics }) {
    this.session.show(parameters, progress ?? { epoch, batch: 0, state: "" }, metrics);
  }

  #record(moment) {
    this.snapshots += 1;
    if (!moment.progress || moment.progress.batch === 0) this.history.add(moment);
  }

  /** Keep a connection until the run ends or is aborted. */
  async #connect(signal) {
    for (let failures = 0; !signal.aborted; failures += 1) {
      let wait = BACKOFF[Math.min(failures, BACKOFF.length - 1)];
      let notice = "The connection broke; reconnecting…";
      try {
        const response = await this.#request(signal);
        if (response.ok) {
          if (this.state === "reconnecting") this.#become("running");
          failures = await this.#read(response, signal, failures);
          if (this.ending) return;
        } else if (response.status === 503) {
          wait = 1000 * Number(response.headers.get("Retry-After") ?? 2);
          notice = "The server is busy; waiting for a place…";
        } else {
          this.#refused(await response.json(), signal);
          return;
        }
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
      }
      if (signal.aborted) return;
      this.#become("reconnecting", notice);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  #request(signal) {
    const body = { model: this.session.model(this.checkpoint) };
    if (this.lastEpoch !== null) body.epochs = this.lastEpoch - this.checkpoint.epoch;
    if (this.rate !== null) body.rate = this.rate;
    this.requests += 1;
    return orLost(
      fetch("/api/train", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal,
      }),
    );
  }

  async #read(response, signal, failures) {
    for await (const line of readLines(response.body)) {
      if (signal.aborted) return failures;
      failures = -1; // something arrived: the next failure is the first again
      this.#receive(line);
    }
    return failures;
  }

  #receive({ epoch, parameters, progress = null, end, where, why, ...metrics }) {
    const numbers = progress ? decodeFloat64(parameters) : Float64Array.from(decodeFloat32(parameters));
    const moment = { epoch, parameters: numbers, progress, metrics };
    if (progress) this.checkpoint = moment;
    this.queue.push(moment);
    if (this.queue.length > MOST_WAITING) this.#record(this.queue.shift());
    if (end) this.ending = { end, where, why };
    this.dispatchEvent(new Event("arrival"));
  }

  #refused({ error, where }, signal) {
    if (signal.aborted) return;
    this.#stop();
    this.#become("paused", `The server refused to train: ${error}${where ? ` (${where})` : ""}.`);
  }
}
