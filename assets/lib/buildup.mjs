/**
 * Building a sum up: a slider that adds its terms one after another, and a button that does so once.
 *
 * Event: "change" when `count` did.
 */

import { element, setText } from "./dom.mjs";

const STEP = 420; // ms a term
const LONGEST = 8000; // ms the whole sum

export class BuildUp extends EventTarget {
  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.root = root;
    this.total = 0;
    this.count = 0; // terms that are added up, the bias last
    this.timer = null;
    this.range = element("input", { type: "range", min: 0, step: 1, "aria-label": "terms added up" });
    this.text = element("span", { class: "number" });
    this.button = element("button", { class: "add-up", type: "button", title: "Add the terms one after another" }, [
      element("span", { class: "icon icon-play", "aria-hidden": "true" }),
      "add up",
    ]);
    root.append(this.button, this.range, this.text);
    this.range.addEventListener("input", () => {
      this.stop();
      this.#set(Number(this.range.value));
    });
    this.button.addEventListener("click", () => this.play());
  }

  /** Begin with another sum, all of it. @param {number} total its terms, the bias included; 0 where there is none */
  reset(total) {
    this.stop();
    this.total = total;
    this.range.max = total;
    this.root.hidden = total === 0;
    this.#set(total);
  }

  get isComplete() {
    return this.count === this.total;
  }

  /** Add the terms one after another, from none to all. */
  play() {
    this.stop();
    this.#set(0);
    const next = () => {
      this.#set(this.count + 1);
      if (this.isComplete) this.stop();
    };
    this.timer = setInterval(next, Math.min(STEP, LONGEST / this.total));
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }

  #set(count) {
    this.count = count;
    this.range.value = count;
    const text = `${count} of ${this.total}`;
    setText(this.text, text);
    this.range.setAttribute("aria-valuetext", text);
    this.dispatchEvent(new Event("change"));
  }
}
