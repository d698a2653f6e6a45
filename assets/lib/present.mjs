/**
 * Presentation mode: the controls hidden, larger type, the whole screen where the browser gives it.
 * What it looks like is in present.css, which comes with it.
 */

import { loadStyle } from "./dom.mjs";

// px, of the numbers at the axes of Plotly's pictures, in presentation and otherwise (as in app/figures.py)
const SURFACE = { shown: 15, usual: 11 };
const MAP = { shown: 18, usual: 11 };

/** @param {object} parts of the page (see main.mjs) @returns {Promise<Presentation>} */
export async function create(parts) {
  await loadStyle("/assets/lib/present.css");
  return new Presentation(parts);
}

export class Presentation {
  /** @param {object} parts of the page (see main.mjs) */
  constructor(parts) {
    this.parts = parts;
    document.addEventListener("fullscreenchange", () => {
      if (!document.fullscreenElement) this.leave();
    });
  }

  get isOn() {
    return "present" in document.documentElement.dataset;
  }

  toggle() {
    if (this.isOn) this.leave();
    else this.enter();
  }

  enter() {
    document.documentElement.dataset.present = "";
    document.documentElement.requestFullscreen?.().catch(() => {}); // a frame may not be allowed to
    this.#changed();
  }

  leave() {
    if (!this.isOn) return;
    delete document.documentElement.dataset.present;
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    this.#changed();
  }

  #changed() {
    document.getElementById("present").setAttribute("aria-pressed", String(this.isOn));
    const { inspector } = this.parts.view;
    if (!inspector) return;
    const which = this.isOn ? "shown" : "usual";
    const sized = (axes, size) => Object.fromEntries(axes.flatMap((axis) => [[`${axis}.tickfont.size`, size], [`${axis}.title.font.size`, size + 3]]));
    inspector.Plotly.relayout(inspector.surface, sized(["scene.xaxis", "scene.yaxis", "scene.zaxis"], SURFACE[which]));
    const room = 2 * (MAP[which] - MAP.usual);
    inspector.Plotly.relayout(inspector.map, { ...sized(["xaxis", "yaxis"], MAP[which]), "margin.l": 30 + room, "margin.b": 24 + room });
  }
}
