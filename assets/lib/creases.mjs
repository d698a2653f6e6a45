/**
 * Creases: the lines along which a network of piecewise-linear nonlinearities bends, on the wall and in the inspector,
 * while they are switched on. Between an edit and the next answer they are those of the network before, and faint.
 */

import { CreaseLines } from "./creases/lines.mjs";
import { CreaseTraces } from "./creases/traces.mjs";
import { layerTitle } from "./document.mjs";
import { setProperty, setText } from "./dom.mjs";
import { endText, regionsOf } from "./regions.mjs";
import { Wall } from "./wall.mjs";

const FAINT = 0.35; // how strong creases are drawn that may be none any more

/** @param {object} parts of the page (see main.mjs) @returns {Promise<Creases>} */
export async function create(parts) {
  const { CreasePaint } = await import(parts.wall instanceof Wall ? "./creases/masks.mjs" : "./creases/paths.mjs");
  return new Creases(parts, new CreasePaint(parts.wall, () => parts.view.colours));
}

export class Creases {
  /** @param {object} parts of the page @param {object} paint what draws them on the wall */
  constructor(parts, paint) {
    Object.assign(this, { parts, paint });
    this.regions = regionsOf(parts);
    this.isOn = false;
    this.lines = null;
    this.traces = null; // what draws them in the inspector, made when there is one
    this.regions.addEventListener("answer", () => {
      this.#take();
      this.#show();
    });
    parts.view.addEventListener("inspector", () => this.#show());
    this.regions.addEventListener("change", () => this.#show());
    parts.trainer.addEventListener("state", () => this.#show());
  }

  toggle() {
    this.isOn = !this.isOn;
    document.getElementById("creases").setAttribute("aria-pressed", String(this.isOn));
    this.parts.wall.paint = this.isOn ? this.paint : null;
    this.#take();
    if (this.isOn) this.regions.want(this);
    else this.regions.release(this);
    this.#show();
  }

  /** How strong they are drawn: not at all where the network has another shape by now, or another plane. */
  get strength() {
    const { answer, isStale, error } = this.regions;
    if (!this.isOn || !answer || !isAlike(answer.document, this.parts.session.document)) return 0;
    return isStale && (error || !this.parts.trainer.isRunning) ? FAINT : 1;
  }

  #take() {
    if (!this.isOn || !this.regions.answer) return;
    this.lines = new CreaseLines(this.regions.answer);
    this.paint.set(this.lines);
  }

  #show() {
    const { strength } = this;
    const { view } = this.parts;
    this.paint.strength = strength;
    if (strength && view.inspector) this.traces ??= new CreaseTraces(view.inspector, this.parts);
    this.traces?.show(strength, this.lines);
    const note = document.getElementById("creases-note");
    setText(note, this.isOn ? this.#words() : "");
    setProperty(note, "title", note.textContent);
    view.request();
  }

  /** Why there are none, or not those of all layers; what went wrong. */
  #words() {
    const { answer, error } = this.regions;
    if (error || !answer?.end) return error;
    const last = answer.layers.length;
    return `none${last ? ` after ${layerTitle(last, answer.document)}` : ""}: ${endText(answer)}`;
  }
}

/** Whether creases of one network may be shown on another until its own are there. */
const isAlike = (a, b) => likeness(a) === likeness(b);
const likeness = ({ layers, domain, inputs }) => JSON.stringify([layers.map(({ width, skip }) => [width, skip]), domain, inputs]);
