/**
 * Sheets: what opens over the page, or beside the wall, and is closed again. Whatever has data-opens opens the sheet of
 * that id; a sheet's module and style sheet in assets/sheets/ are loaded when it is first opened.
 *
 * @typedef {object} Sheet
 * @property {(opener: ?HTMLElement) => void} [open] each time it has been opened
 */

import { loadStyle, NOT_LOADED } from "./dom.mjs";

export class Sheets {
  /** @param {object} parts of the page (see main.mjs) */
  constructor(parts) {
    this.parts = parts;
    /** @type {Map<string, Promise<Sheet>>} */
    this.sheets = new Map();
    document.addEventListener("click", (event) => {
      const opener = event.target.closest("[data-opens]:not([data-opens=''])");
      if (opener) this.open(opener.dataset.opens, opener);
      const closer = event.target.closest("[data-closes]");
      if (closer) this.close(closer.dataset.closes);
    });
  }

  /** @param {string} id @param {?HTMLElement} opener what was clicked */
  async open(id, opener = null) {
    const dialog = sheet(id);
    const isBeside = dialog.classList.contains("beside");
    if (isBeside && dialog.open) {
      this.close(id);
      return;
    }
    if (dialog.dataset.module && !this.sheets.has(id)) this.sheets.set(id, this.#load(dialog));
    let content = null;
    try {
      content = await this.sheets.get(id);
    } catch {
      this.sheets.delete(id);
      this.parts.transport.say(NOT_LOADED);
      return;
    }
    if (isBeside) {
      dialog.show();
      dialog.querySelector("h2").focus(); // not what closes it, which the space bar would press
    } else if (!dialog.open) dialog.showModal();
    content?.open?.(opener);
  }

  async #load(dialog) {
    const { module } = dialog.dataset;
    const [{ create }] = await Promise.all([import(`../sheets/${module}.mjs`), loadStyle(`/assets/sheets/${module}.css`)]);
    return create(this.parts, dialog);
  }

  /** @param {string} id */
  close(id) {
    sheet(id).close();
  }
}

const sheet = (id) => document.getElementById(`${id}-sheet`);
