/**
 * Lenses: ways to look at the same network, one at a time in the centre of the page. All but the
 * first have a module and a style sheet of their own in assets/lenses/, loaded when it is first chosen.
 *
 * @typedef {object} Lens
 * @property {() => void} [show] when its pane has come into sight
 * @property {() => void} [hide] when it is about to go
 * @property {() => void} draw once a frame in which anything changed
 */

import { loadStyle } from "./dom.mjs";

const FIRST = "landscapes";

export class Lenses {
  /** @param {object} parts of the page (see main.mjs) @param {HTMLElement} root what holds the links */
  constructor(parts, root) {
    this.parts = parts;
    this.links = [...root.querySelectorAll("[data-lens]")];
    this.chosen = FIRST;
    /** @type {Map<string, ?Lens>} */
    this.lenses = new Map([[FIRST, null]]);
    root.addEventListener("click", (event) => {
      const link = event.target.closest("[data-lens]");
      if (!link) return;
      event.preventDefault();
      this.choose(link.dataset.lens);
    });
  }

  /** Look through another lens. @param {string} id @returns {Promise<void>} when it is there */
  async choose(id) {
    if (!this.lenses.has(id)) {
      const [{ create }] = await Promise.all([import(`../lenses/${id}.mjs`), loadStyle(`/assets/lenses/${id}.css`)]);
      this.lenses.set(id, create(this.parts, pane(id)));
    }
    if (id === this.chosen) return;
    this.lenses.get(this.chosen)?.hide?.();
    pane(this.chosen).hidden = true;
    this.chosen = id;
    pane(id).hidden = false;
    for (const link of this.links) link.setAttribute("aria-current", link.dataset.lens === id ? "page" : "false");
    const lens = this.lenses.get(id);
    this.parts.view.lens = lens;
    lens?.show?.();
    this.parts.view.request();
  }
}

const pane = (id) => document.getElementById(`pane-${id}`);
