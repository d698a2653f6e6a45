/**
 * Which level sets are drawn: how far apart, and the one at height H where a plane cuts the
 * selected neuron's landscape. A setting of the view, remembered by the browser and no part of the
 * document. Event: "change".
 */

import { recall, remember } from "./storage.mjs";

const STORAGE_KEY = "relief.levels";
const MOST_LEVELS = 20; // between zero and the scale: more would blacken a landscape
const COARSER = [1, 2, 5]; // and ten times these: by how much a step that is too small is multiplied

/** The rules for how far apart level sets are: a number of them between zero and the scale, or a height. */
const RULES = {
  count: (count, scale) => scale / Math.min(Math.max(Math.round(count), 1), MOST_LEVELS),
  every: (height, scale) => {
    const least = scale / MOST_LEVELS;
    for (let power = 1; ; power *= 10) {
      const factor = COARSER.find((digit) => height * digit * power >= least * (1 - 1e-9));
      if (factor) return height * factor * power;
    }
  },
};

export const AUTOMATIC = "count:4"; // quarters of the scale

/**
 * How far apart the level sets of a landscape are.
 * @param {string} rule "count:4" for so many between zero and the scale, "every:0.25" for a height; a height
 *   too small for the scale is taken 2, 5, 10, 20 … times, so that there are never more than MOST_LEVELS
 * @param {number} scale
 * @returns {number} a height
 */
export function levelStep(rule, scale) {
  const [name, number] = rule.split(":");
  return RULES[name](Number(number), scale);
}

const isRule = (rule) => typeof rule === "string" && /^(count|every):\d+(\.\d+)?$/.test(rule) && Number(rule.split(":")[1]) > 0;

export class Levels extends EventTarget {
  /** @param {?Storage} storage */
  constructor(storage = null) {
    super();
    this.storage = storage;
    this.height = 0;
    this.isCut = false; // whether the plane at H is drawn
    this.isLinked = false; // whether {selected neuron = H} is carried onto every landscape
    this.rule = AUTOMATIC;
    this.#restore();
  }

  /** @param {Partial<{height: number, isCut: boolean, isLinked: boolean, rule: string}>} changes */
  set(changes) {
    Object.assign(this, changes);
    const { height, isCut, isLinked, rule } = this;
    remember(this.storage, STORAGE_KEY, JSON.stringify({ height, isCut, isLinked, rule }));
    this.dispatchEvent(new Event("change"));
  }

  /** @param {number} scale @returns {number} how far apart the level sets are */
  step(scale) {
    return levelStep(this.rule, scale);
  }

  /** H on a landscape of some scale: what was asked for, kept, but drawn at most at the scale. @param {number} scale */
  heightOn(scale) {
    return Math.min(Math.max(this.height, -scale), scale);
  }

  #restore() {
    try {
      const saved = JSON.parse(recall(this.storage, STORAGE_KEY) ?? "{}");
      if (Number.isFinite(saved.height)) this.height = saved.height;
      this.isCut = saved.isCut === true;
      this.isLinked = saved.isLinked === true;
      if (isRule(saved.rule)) this.rule = saved.rule;
    } catch {
      // nothing legible was saved
    }
  }
}
