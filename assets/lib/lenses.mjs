/**
 * Lenses: ways to look at the same network, one at a time in the centre of the page. All but the
 * first have a module and a style sheet of their own in assets/lenses/, loaded when it is first chosen.
 *
 * @typedef {object} Lens
 * @property {() => void} [show] when its pane has come into sight
 * @property {() => void} [hide] when it is about to go
 * @property {() => void} draw once a frame in which anything changed
 */

import { loadStyle, NOT_LOADED } from "./dom.mjs";

const FIRST = "landscapes";

export class Lenses {
  /** @param {object} parts of the page (see main.mjs) @param {HTMLElement} root what holds the links */
  constructor(parts, root) {
    this.parts = parts;
    this.links = [...root.querySelectorAll("[data-lens]")];
    this.chosen = FIRST;
    this.wanted = FIRST; // the last that was asked for, which may still be on its way
    /** @type {Map<string, Promise<?Lens>>} */
    this.lenses = new Map([[FIRST, Promise.resolve(null)]]);
    root.addEventListener("click", (event) => {
      const link = event.target.closest("[data-lens]");
      if (!link) return;
      event.preventDefault();
      this.choose(link.dataset.lens);
    });
  }

  /** Look through another lens. @param {string} id @returns {Promise<void>} when it is there */
  async choose(id) {
    this.wanted = id;
    if (!this.lenses.has(id)) this.lenses.set(id, this.#load(id));
    try {
      const [old, lens] = await Promise.all([this.lenses.get(this.chosen), this.lenses.get(id)]);
      if (id === this.wanted && id !== this.chosen) this.#change(id, old, lens);
    } catch {
      this.lenses.delete(id);
      this.parts.transport.say(NOT_LOADED);
    }
  }

  async #load(id) {
    const [{ create }] = await Promise.all([import(`../lenses/${id}.mjs`), loadStyle(`/assets/lenses/${id}.css`)]);
    return create(this.parts, pane(id));
  }

  #change(id, old, lens) {
    old?.hide?.();
    pane(this.chosen).hidden = true;
    this.chosen = id;
    pane(id).hidden = false;
    for (const link of this.links) link.setAttribute("aria-current", link.dataset.lens === id ? "page" : "false");
    this.parts.view.lens = lens;
    lens?.show?.();
    this.parts.view.request();
  }
}

const pane = (id) => document.getElementById(`pane-${id}`);
