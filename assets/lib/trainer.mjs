/**
 * The trainer: reads the training stream, hands its moments out one an animation frame, and goes
 * on from the last checkpoint when the connection breaks.
 *
 * Closing the connection ends a run. An edit is therefore hold(), the edit, release(): the run
 * ends at its last checkpoint and another begins from the edited document.
 *
 * Events: "state" when `state` or `notice` changed, "arrival" when there is something for the next frame.
 */

import { decodeFloat32, decodeFloat64 } from "./document.mjs";
import { ConnectionLost, orLost, readLines } from "./ndjson.mjs";
import { Playback } from "./playback.mjs";
import { post, retryAfter } from "./post.mjs";

const SILENCE = 10_000; // ms after which a connection counts as dead: a server that is well says something every 2 s
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
    this.playback = new Playback();
    this.checkpoint = null;
    this.abort = null;
    this.failures = 0; // attempts since something last arrived
    this.lastEpoch = null; // where step() ends; null for play()
    this.whenDone = null;
  }

  get isRunning() {
    return this.state === "running" || this.state === "reconnecting";
  }

  /** Train until paused. */
  play() {
    if (this.state !== "paused" || !this.session.document) return;
    this.session.remember();
    this.lastEpoch = null;
    this.#start();
  }

  /** Train for so many epochs, then pause. @param {number} epochs @returns {Promise<void>} when paused again */
  async step(epochs) {
    if (!this.session.document) return;
    if (this.state !== "paused") this.pause();
    this.session.remember();
    this.lastEpoch = this.session.progress.epoch + epochs;
    const done = new Promise((resolve) => (this.whenDone = resolve));
    this.#start();
    await done;
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

  /** Show what has arrived; to be called once an animation frame. @returns {boolean} whether more is waiting for the next */
  frame() {
    const due = this.playback.due();
    due.forEach((moment) => this.#record(moment));
    if (due.length) this.#show(due.at(-1));
    const isOver = !this.playback.waiting.length;
    if (this.ending && isOver) this.#finish(this.ending);
    return !isOver;
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
    this.playback.clear().forEach((moment) => this.#record(moment));
    this.ending = null;
    const { checkpoint } = this;
    this.history.forgetAfter(checkpoint.epoch);
    if (checkpoint.progress.batch === 0) this.history.add(checkpoint);
    this.#show(checkpoint);
  }

  #finish({ end, where, why }) {
    if (end === "diverged") this.#leaveUnfinishedEpoch();
    this.#stop();
    this.#become("paused", notice(end, where, why));
  }

  /** A run that diverged in the middle of an epoch is shown as it was at the end of the last one. */
  #leaveUnfinishedEpoch() {
    this.playback.clear().forEach((moment) => this.#record(moment));
    const last = this.history.moments.at(-1);
    if (last) this.checkpoint = { ...last, progress: last.progress ?? { epoch: last.epoch, batch: 0, state: "" } };
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
    this.failures = 0;
    while (!signal.aborted) {
      const pause = await this.#attempt(signal);
      if (!pause || signal.aborted) return;
      if (pause.notice) this.#become("reconnecting", pause.notice);
      await new Promise((resolve) => setTimeout(resolve, pause.wait));
    }
  }

  /** Read one answer to its end. @returns {Promise<?{wait: number, notice: string}>} before the next attempt; null for none */
  async #attempt(signal) {
    const watch = new Watchdog(signal);
    try {
      const response = await this.#request(watch.signal);
      if (response.status === 503) return { wait: retryAfter(response), notice: "The server is busy; waiting for a place…" };
      if (!response.ok && response.status < 500) {
        await this.#refused(response, signal);
        return null;
      }
      if (response.ok && (await this.#read(response, signal, watch))) return this.ending ? null : { wait: 0, notice: "" };
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    } finally {
      watch.end();
    }
    const wait = BACKOFF[Math.min(this.failures, BACKOFF.length - 1)];
    this.failures += 1;
    return { wait, notice: "The connection broke; reconnecting…" };
  }

  #request(signal) {
    const body = { model: this.session.model(this.checkpoint) };
    if (this.lastEpoch !== null) body.epochs = this.lastEpoch - this.checkpoint.epoch;
    if (this.rate !== null) body.rate = this.rate;
    this.requests += 1;
    return orLost(post("/api/train", body, signal));
  }

  /** @returns {Promise<boolean>} whether the run came to an end that the server announced */
  async #read(response, signal, watch) {
    let isEnded = false;
    for await (const line of readLines(response.body, () => watch.hear())) {
      if (signal.aborted) return true;
      if (this.state === "reconnecting") this.#become("running");
      this.failures = 0;
      isEnded = "end" in line;
      this.#receive(line);
    }
    return isEnded;
  }

  #receive({ epoch, parameters, progress = null, end, where, why, ...metrics }) {
    const numbers = progress ? decodeFloat64(parameters) : Float64Array.from(decodeFloat32(parameters));
    const moment = { epoch, parameters: numbers, progress, metrics };
    if (progress) this.checkpoint = moment;
    const passedOver = this.playback.push(moment);
    if (passedOver) this.#record(passedOver);
    // play() goes on until paused: that the server ends a run after so many epochs is no end of ours
    if (end && (end !== "epochs" || this.lastEpoch !== null)) this.ending = { end, where, why };
    if (this.ending && document.hidden) this.#finish(this.ending); // a hidden page gets no frames
    this.dispatchEvent(new Event("arrival"));
  }

  async #refused(response, signal) {
    const { error, where } = await orLost(response.json().catch(() => ({ error: `HTTP status ${response.status}` })));
    if (signal.aborted) return;
    this.#stop();
    this.#become("paused", `The server refused to train: ${error}${where ? ` (${where})` : ""}.`);
  }
}

/** Breaks a connection that hangs without being closed, which no browser does by itself. */
class Watchdog {
  /** @param {AbortSignal} signal of the run, whose end is the connection's */
  constructor(signal) {
    this.abort = new AbortController();
    this.signal = this.abort.signal;
    signal.addEventListener("abort", () => this.abort.abort(), { once: true, signal: this.signal });
    this.hear();
  }

  hear() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.abort.abort(), SILENCE);
  }

  end() {
    clearTimeout(this.timer);
  }
}

/** What is said of an ending: why a run stopped by itself, nothing where it came to the end that was asked for. */
function notice(end, where, why) {
  if (end === "diverged") return `Training diverged and stopped at its last finite epoch: ${why} (${where}).`;
  return end === "stopped" ? `Training stopped: ${why}.` : "";
}
