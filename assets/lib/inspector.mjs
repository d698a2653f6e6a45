/**
 * The inspector: the selected neuron as a large Plotly surface and as a Plotly level-set plot.
 * Plotly is slow beside the wall, so it follows as often as it can without holding a frame up,
 * on the wall's own grid, and is drawn again on a finer one when everything has come to rest;
 * out of sight it is not drawn at all.
 */

import { LARGEST_HEIGHT } from "./arrange.mjs";
import { levelSet } from "./cutting.mjs";
import { element } from "./dom.mjs";

const NO_WEBGL = "No surface, because this browser has no WebGL. The map below shows the same heights.";
const EMPTY = "No surface, because this neuron is undefined, or too large to be drawn, everywhere.";
const LOST = "The browser has taken the surface’s graphics away. It comes back with them; the map below shows the same heights.";
const REST = 350; // ms without a change before the fine picture is drawn
const SMOOTH = 25; // ms between frames when the graphics keep up
const SHARE = 0.25; // of the main thread's time that Plotly may take while things move
const HEADROOM = 1.06; // above a landscape, so that its top is not cut
const LIFT = { points: 0.025, curve: 0.012 }; // of the scale, above the surface, which would swallow half of them
const SURFACE = { landscape: 0, ghost: 1, plane: 2, curve: 3, points: 4 }; // traces, as in app/figures.py
const MAP = { landscape: 0, zero: 1, ghost: 2, rim: 3, cut: 4, points: 5 };

/**
 * @typedef {object} Picture
 * @property {Float64Array} x @property {Float64Array} y grid axes
 * @property {Float64Array} values heights, row after row
 * @property {number} scale @property {number} step between level sets
 * @property {?import("./straight.mjs").Plane} plane of a neuron that is a plane with a nonlinearity on it
 * @property {?number} cut height at which a plane cuts the landscape
 * @property {?{epoch: number, x: Float64Array, y: Float64Array, values: Float64Array, scale: number}} ghost the
 *   landscape of another moment
 * @property {{x: number[], y: number[], heights: ArrayLike<number>, colours: string[]}} points
 */

export class Inspector {
  /**
   * @param {object} Plotly
   * @param {HTMLElement} surface @param {HTMLElement} map Plotly's two graph elements
   * @param {object} hooks
   * @param {() => Picture} hooks.moving on the wall's grid
   * @param {() => Picture} hooks.resting on a finer one
   * @param {(picture: Picture, set: ?ReturnType<typeof levelSet>) => void} hooks.describe what has been drawn
   */
  constructor(Plotly, surface, map, hooks) {
    this.Plotly = Plotly;
    this.surface = surface;
    this.map = map;
    this.hooks = hooks;
    this.nextAt = 0;
    this.drawnAt = null; // when the last drawing began, until its cost is known
    this.timer = null;
    this.isStale = false;
    this.isInSight = false;
    this.lines = null; // what is drawn with each picture (see creases/traces.mjs)
    this.scale = 1; // of the picture that is drawn
    this.note = element("p", { class: "no-surface" });
    this.lack = this.gap = ""; // why there is no surface
    this.#watchGraphics();
    new IntersectionObserver((entries) => {
      this.isInSight = entries.at(-1).isIntersecting;
      if (this.isInSight) this.invalidate();
    }).observe(surface.closest("#inspector"));
  }

  /** Plotly makes a lost scene anew by itself, once the browser gives the graphics back, which it does if it is asked to. */
  #watchGraphics() {
    const { surface } = this;
    if (surface.querySelector(".no-webgl")) this.#explain({ lack: NO_WEBGL });
    surface.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.#explain({ lack: LOST });
    }, true);
    surface.addEventListener("webglcontextrestored", () => {
      this.#explain({ lack: "" });
      this.invalidate();
    }, true);
  }

  /** Say why there is no surface, where it would be: for lack of graphics, or because the neuron has none. */
  #explain({ lack = this.lack, gap = this.gap }) {
    Object.assign(this, { lack, gap });
    this.note.textContent = lack || gap;
    if (lack || gap) this.surface.closest(".surface-plot").after(this.note);
    else this.note.remove();
  }

  /** Say that the picture changed. */
  invalidate() {
    clearTimeout(this.timer);
    if (!this.isInSight) return;
    this.isStale = true;
    this.timer = setTimeout(() => {
      this.isStale = false;
      this.#draw(this.hooks.resting(), true);
    }, REST);
  }

  /** Draw if there is something new and time for it; to be called every animation frame. */
  frame() {
    const now = performance.now();
    if (this.drawnAt !== null) {
      // what Plotly goes on doing after a call, and waiting for slow graphics, shows in when the next frame comes
      this.nextAt = now + Math.max(now - this.drawnAt - SMOOTH, 0) * (1 / SHARE - 1);
      this.drawnAt = null;
    }
    if (!this.isStale || now < this.nextAt) return;
    this.isStale = false;
    this.drawnAt = now;
    this.#draw(this.hooks.moving());
  }

  /** Whether it wants another frame, to draw or to see how long drawing took. */
  get needsFrame() {
    return this.isStale || this.drawnAt !== null;
  }

  /** @param {Record<string, string>} colours @param {Array} colorscale */
  setColours(colours, colorscale) {
    const axis = (name) => ({ [`${name}.color`]: colours.muted });
    this.restyle(this.surface, {
      [SURFACE.landscape]: { colorscale, "contours.z.color": fade(colours.level) },
      [SURFACE.ghost]: { colorscale: [[0, colours.muted], [1, colours.muted]] },
      [SURFACE.plane]: { color: colours.cut },
      [SURFACE.curve]: { "line.color": colours.cut },
    });
    this.Plotly.relayout(this.surface, { ...axis("scene.xaxis"), ...axis("scene.yaxis"), ...axis("scene.zaxis") });
    this.restyle(this.map, {
      [MAP.landscape]: { colorscale, "line.color": fade(colours.level) },
      [MAP.zero]: { "line.color": colours.level },
      [MAP.ghost]: { "line.color": colours.level },
      [MAP.rim]: { "line.color": colours.panel },
      [MAP.cut]: { "line.color": colours.cut },
    });
    this.Plotly.relayout(this.map, { ...axis("xaxis"), ...axis("yaxis") });
  }

  resize() {
    this.Plotly.Plots.resize(this.surface);
    this.Plotly.Plots.resize(this.map);
  }

  #draw(picture, isAtRest = false) {
    const { x, y, values, scale, step, points, cut, ghost } = picture;
    this.scale = scale;
    const n = x.length;
    const z = Array.from({ length: n }, (_, row) => withHoles(values.subarray(row * n, (row + 1) * n)));
    const set = cut === null ? null : levelSet(picture, cut);
    const curve = path(set?.lines ?? []);
    const grid = { x, y, z };
    const most = Math.ceil(scale / step - 1e-9) - 1; // at ±scale itself a saturated neuron has only noise
    const levels = { start: -most * step, end: most * step, size: step };
    this.#fitAxes(grid, scale, Math.max(scale, ghost?.scale ?? 0));
    this.#explain({ gap: values.some(isDrawn) ? "" : EMPTY });
    const more = this.lines?.changes(isAtRest);
    // of holes alone Plotly can make no surface, nor any other one after it
    if (!this.gap) this.#drawSurface(grid, picture, levels, curve, more?.surface);
    const dashed = ghost ? path(levelSet({ ...ghost, plane: null }, cut ?? 0).lines) : path([]);
    this.restyle(this.map, {
      [MAP.landscape]: { ...grid, zmin: -scale, zmax: scale, ...prefixed("contours.", levels) },
      [MAP.zero]: grid,
      [MAP.ghost]: dashed,
      [MAP.rim]: curve,
      [MAP.cut]: curve,
      [MAP.points]: dots(points),
      ...more?.map,
    });
    this.hooks.describe(picture, set);
  }

  #drawSurface(grid, { x, y, scale, points, cut, ghost }, levels, curve, more) {
    this.restyle(this.surface, {
      [SURFACE.landscape]: { visible: true, ...grid, cmin: -scale, cmax: scale, ...prefixed("contours.z.", levels) },
      ...this.#ghostly(ghost),
      ...this.#cutting(cut, curve, x, y, scale),
      [SURFACE.points]: { ...dots(points), z: lifted(points.heights, LIFT.points * scale) },
      ...more,
    });
  }

  /** The ghost's trace; no change while there is none. */
  #ghostly(ghost) {
    const wasThere = this.hasGhost;
    this.hasGhost = ghost !== null;
    if (!ghost?.values.some(isDrawn)) return wasThere ? { [SURFACE.ghost]: { visible: false } } : {};
    const { x, y, values } = ghost;
    const z = Array.from(y, (_, row) => withHoles(values.subarray(row * x.length, (row + 1) * x.length)));
    return { [SURFACE.ghost]: { visible: true, x, y, z } };
  }

  /** The traces of the plane and of the curve where it cuts; no change while nothing is cut. */
  #cutting(cut, curve, x, y, scale) {
    const wasThere = this.isCut;
    this.isCut = cut !== null;
    const off = { visible: false };
    if (!this.isCut) return wasThere ? { [SURFACE.plane]: off, [SURFACE.curve]: off } : {};
    const [left, right, bottom, top] = [x[0], x.at(-1), y[0], y.at(-1)];
    const plane = { x: [left, right, right, left], y: [bottom, bottom, top, top], z: Array(4).fill(cut) };
    const height = cut + LIFT.curve * scale;
    return {
      [SURFACE.plane]: { visible: true, ...plane },
      [SURFACE.curve]: { visible: true, ...curve, z: curve.x.map((at) => (at === null ? null : height)) },
    };
  }

  /** Change several traces in one call, because each call draws all traces again. @param {Record<number, object>} changes */
  restyle(plot, changes) {
    const traces = Object.keys(changes).map(Number);
    if (!traces.length) return;
    const names = new Set(traces.flatMap((trace) => Object.keys(changes[trace])));
    const update = Object.fromEntries([...names].map((name) => [name, traces.map((trace) => changes[trace][name])]));
    this.Plotly.restyle(plot, update, traces);
  }

  #fitAxes({ x, y, z }, scale, reach) {
    const text = [x[0], x.at(-1), y[0], y.at(-1), scale, reach].join();
    if (text === this.axes) return;
    this.axes = text;
    const ranges = { xaxis: [x[0], x.at(-1)], yaxis: [y[0], y.at(-1)] };
    const named = (prefix) => Object.fromEntries(Object.entries(ranges).map(([k, v]) => [`${prefix}${k}.range`, v]));
    this.Plotly.relayout(this.surface, {
      ...named("scene."),
      "scene.zaxis.range": [-HEADROOM * reach, HEADROOM * reach],
      "scene.zaxis.tickvals": [-scale / 2, 0, scale / 2],
    });
    const scaleratio = (x.at(-1) - x[0]) / (y.at(-1) - y[0]); // as square as the tiles, whatever the units
    // axes and grid at once: Plotly cannot draw a map that lies wholly outside its axes
    this.Plotly.update(this.map, { x: [x], y: [y], z: [z] }, { ...named(""), "yaxis.scaleratio": scaleratio }, [0, 1]);
  }
}

const prefixed = (prefix, object) => Object.fromEntries(Object.entries(object).map(([key, value]) => [prefix + key, value]));

const dots = ({ x, y, colours }) => ({ x, y, "marker.color": colours });

const lifted = (heights, lift) => Array.from(heights, (height) => height + lift);

/** Lines as Plotly wants them: one after another, with a gap after each. */
function path(lines) {
  const points = lines.flatMap(({ points, isClosed }) => [...points, ...(isClosed ? [points[0]] : []), [null, null]]);
  return { x: points.map(([x]) => x), y: points.map(([, y]) => y) };
}

const isDrawn = (height) => Math.abs(height) <= LARGEST_HEIGHT;

/** A row as Plotly wants it: where a height cannot be drawn there is a hole. */
const withHoles = (row) => (row.every(isDrawn) ? row : Array.from(row, (height) => (isDrawn(height) ? height : null)));

/** A colour at half strength. @param {string} colour #rrggbb */
const fade = (colour) => `rgba(${[1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)).join()},0.45)`;
