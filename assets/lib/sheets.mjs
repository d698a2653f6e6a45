/**
 * Sheets: what opens over the page and is closed again. Whatever has data-opens opens the sheet of
 * that id; a sheet's module in assets/sheets/ is loaded when it is first opened.
 *
 * @typedef {object} Sheet
 * @property {(opener: ?HTMLElement) => void} [open] each time it has been opened
 */

export class Sheets {
  /** @param {object} parts of the page (see main.mjs) */
  constructor(parts) {
    this.parts = parts;
    /** @type {Map<string, Sheet>} */
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
    if (!dialog.open) dialog.showModal();
    const { module } = dialog.dataset;
    if (module && !this.sheets.has(id)) {
      const { create } = await import(`../sheets/${module}.mjs`);
      if (!this.sheets.has(id)) this.sheets.set(id, create(this.parts, dialog));
    }
    this.sheets.get(id)?.open?.(opener);
  }

  /** @param {string} id */
  close(id) {
    sheet(id).close();
  }
}

const sheet = (id) => document.getElementById(`${id}-sheet`);
