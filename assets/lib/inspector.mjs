/**
 * The inspector: the selected neuron as a large Plotly surface and as a Plotly level-set plot.
 * Plotly is slow beside the wall, so it follows as often as it can without holding a frame up,
 * on the wall's own grid, and is drawn again on a finer one when everything has come to rest;
 * out of sight it is not drawn at all.
 */

import { LARGEST_HEIGHT, LEVELS } from "./arrange.mjs";

const REST = 350; // ms without a change before the fine picture is drawn
const SMOOTH = 25; // ms between frames when the graphics keep up
const SHARE = 0.25; // of the main thread's time that Plotly may take while things move
const HEADROOM = 1.06; // above a landscape, so that its top is not cut

/**
 * @typedef {object} Picture
 * @property {Float64Array} x @property {Float64Array} y grid axes
 * @property {Float64Array} values heights, row after row
 * @property {number} scale
 * @property {{x: number[], y: number[], heights: ArrayLike<number>, colours: string[]}} points
 */

export class Inspector {
  /**
   * @param {object} Plotly
   * @param {HTMLElement} surface @param {HTMLElement} map Plotly's two graph elements
   * @param {object} hooks
   * @param {() => Picture} hooks.moving on the wall's grid
   * @param {() => Picture} hooks.resting on a finer one
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
    new IntersectionObserver((entries) => {
      this.isInSight = entries.at(-1).isIntersecting;
      if (this.isInSight) this.invalidate();
    }).observe(surface.closest("#inspector"));
  }

  /** Say that the picture changed. */
  invalidate() {
    clearTimeout(this.timer);
    if (!this.isInSight) return;
    this.isStale = true;
    this.timer = setTimeout(() => {
      this.isStale = false;
      this.#draw(this.hooks.resting());
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
    this.Plotly.restyle(this.surface, { colorscale: [colorscale], "contours.z.color": fade(colours.level) }, [0]);
    this.Plotly.relayout(this.surface, { ...axis("scene.xaxis"), ...axis("scene.yaxis"), ...axis("scene.zaxis") });
    this.Plotly.restyle(this.map, { colorscale: [colorscale], "line.color": fade(colours.level) }, [0]);
    this.Plotly.restyle(this.map, { "line.color": colours.level }, [1]);
    this.Plotly.relayout(this.map, { ...axis("xaxis"), ...axis("yaxis") });
  }

  resize() {
    this.Plotly.Plots.resize(this.surface);
    this.Plotly.Plots.resize(this.map);
  }

  #draw({ x, y, values, scale, points }) {
    const n = x.length;
    const z = Array.from({ length: n }, (_, row) => withHoles(values.subarray(row * n, (row + 1) * n)));
    const step = scale / LEVELS;
    const { Plotly } = this;
    const grid = { x: [x], y: [y], z: [z] };
    this.#fitAxes(x, y, scale, grid);
    const levels = { start: step - scale, end: scale - step, size: step }; // at ±scale itself a saturated neuron has only noise
    Plotly.restyle(
      this.surface,
      { ...grid, cmin: -scale, cmax: scale, ...prefixed("contours.z.", levels) },
      [0],
    );
    Plotly.restyle(this.surface, { ...dots(points), z: [lifted(points.heights, scale)] }, [1]);
    Plotly.restyle(this.map, { ...grid, zmin: -scale, zmax: scale, ...prefixed("contours.", levels) }, [0]);
    Plotly.restyle(this.map, grid, [1]);
    Plotly.restyle(this.map, dots(points), [2]);
  }

  #fitAxes(x, y, scale, grid) {
    const text = [x[0], x.at(-1), y[0], y.at(-1), scale].join();
    if (text === this.axes) return;
    this.axes = text;
    const ranges = { xaxis: [x[0], x.at(-1)], yaxis: [y[0], y.at(-1)] };
    const named = (prefix) => Object.fromEntries(Object.entries(ranges).map(([k, v]) => [`${prefix}${k}.range`, v]));
    this.Plotly.relayout(this.surface, {
      ...named("scene."),
      "scene.zaxis.range": [-HEADROOM * scale, HEADROOM * scale],
      "scene.zaxis.tickvals": [-scale / 2, 0, scale / 2],
    });
    const scaleratio = (x.at(-1) - x[0]) / (y.at(-1) - y[0]); // as square as the tiles, whatever the units
    // axes and grid at once: Plotly cannot draw a map that lies wholly outside its axes
    this.Plotly.update(this.map, grid, { ...named(""), "yaxis.scaleratio": scaleratio }, [0, 1]);
  }
}

const prefixed = (prefix, object) => Object.fromEntries(Object.entries(object).map(([key, value]) => [prefix + key, value]));

const dots = ({ x, y, colours }) => ({ x: [x], y: [y], "marker.color": [colours] });

/** Points are drawn a little above the surface, which would swallow half of each otherwise. */
const lifted = (heights, scale) => Array.from(heights, (height) => height + 0.025 * scale);

const isDrawn = (height) => Math.abs(height) <= LARGEST_HEIGHT;

/** A row as Plotly wants it: where a height cannot be drawn there is a hole. */
const withHoles = (row) => (row.every(isDrawn) ? row : Array.from(row, (height) => (isDrawn(height) ? height : null)));

/** A colour at half strength. @param {string} colour #rrggbb */
const fade = (colour) => `rgba(${[1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)).join()},0.45)`;
