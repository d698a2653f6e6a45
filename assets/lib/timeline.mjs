/**
 * The timeline: the loss curve of the run, which is also the slider that scrubs through it.
 */

import { element, onDrag } from "./dom.mjs";
import { formatCount, formatLoss } from "./format.mjs";

const KEYS = {
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at + 1,
  PageDown: (at) => at - 10,
  PageUp: (at) => at + 10,
  Home: () => 0,
  End: () => Infinity,
};
const MARGIN = 7; // px above and beside the curve
const LABEL = 70; // px that the label of the pinned moment may take

export class Timeline {
  /**
   * @param {HTMLElement} root @param {import("./history.mjs").History} history
   * @param {import("./comparison.mjs").Comparison} comparison
   * @param {(index: number) => void} onSeek
   */
  constructor(root, history, comparison, onSeek) {
    this.root = root;
    this.history = history;
    this.comparison = comparison;
    this.canvas = element("canvas", { "aria-hidden": "true" });
    root.append(this.canvas);
    for (const [name, value] of [["role", "slider"], ["tabindex", "0"], ["aria-label", "moment of training"]]) {
      root.setAttribute(name, value);
    }
    const seek = (index) => onSeek(Math.min(Math.max(Math.round(index), 0), history.length - 1));
    const seekTo = (event) => {
      const { left, width } = root.getBoundingClientRect();
      seek(((event.clientX - left - MARGIN) / (width - 2 * MARGIN)) * (history.length - 1));
    };
    onDrag(root, { start: seekTo, move: seekTo });
    root.addEventListener("keydown", (event) => {
      if (!KEYS[event.key]) return;
      event.preventDefault();
      event.stopPropagation();
      seek(KEYS[event.key](history.cursor));
    });
  }

  /** Draw what is not drawn yet. @param {Record<string, string>} colours */
  draw(colours) {
    const { moments, cursor } = this.history;
    const ratio = Math.min(devicePixelRatio, 2);
    const { clientWidth: width, clientHeight: height } = this.root;
    // a history only ever grows by another last moment, or loses some
    const state = [moments.at(-1), moments.length, cursor, this.comparison.pinned, colours, width, height, ratio];
    if (this.drawn?.every((value, i) => value === state[i])) return;
    this.drawn = state;
    this.#describe(moments, cursor);
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const x = (i) => MARGIN + (i / Math.max(moments.length - 1, 1)) * (width - 2 * MARGIN);
    const top = ceiling(moments);
    const y = (loss) => height - MARGIN - Math.min(loss / top, 1) * (height - 2 * MARGIN);
    this.#curve(pen, "test_loss", x, y, colours.muted, 1);
    this.#curve(pen, "train_loss", x, y, colours.accent, 1.8, height - 1);
    this.#pinned(pen, x, width, height, colours);
    if (moments.length) this.#cursor(pen, x(cursor), y(moments[cursor]?.metrics?.train_loss ?? top), height, colours);
  }

  #describe(moments, cursor) {
    const moment = moments[cursor];
    this.root.setAttribute("aria-valuemin", "0");
    this.root.setAttribute("aria-valuemax", String(Math.max(moments.length - 1, 0)));
    this.root.setAttribute("aria-valuenow", String(Math.max(cursor, 0)));
    const text = moment ? `epoch ${moment.epoch}, loss ${formatLoss(moment.metrics?.train_loss)}` : "no run yet";
    const { pinned } = this.comparison;
    this.root.setAttribute("aria-valuetext", pinned ? `${text}, compared with epoch ${pinned.epoch}` : text);
  }

  #curve(pen, name, x, y, colour, lineWidth, floor = null) {
    const { moments } = this.history;
    pen.beginPath();
    moments.forEach(({ metrics }, i) => {
      if (Number.isFinite(metrics?.[name])) pen.lineTo(x(i), y(metrics[name]));
    });
    pen.strokeStyle = colour;
    pen.lineWidth = lineWidth;
    pen.lineJoin = "round";
    pen.stroke();
    if (floor === null) return;
    pen.lineTo(x(moments.length - 1), floor);
    pen.lineTo(x(0), floor);
    pen.globalAlpha = 0.1;
    pen.fillStyle = colour;
    pen.fill();
    pen.globalAlpha = 1;
  }

  /** The moment that is compared with, where the run has it or has passed it. */
  #pinned(pen, x, width, height, colours) {
    const { pinned } = this.comparison;
    const place = pinned ? placeOf(this.history.moments, pinned.epoch) : null;
    if (place === null) return;
    const at = x(place);
    pen.strokeStyle = pen.fillStyle = colours.muted;
    pen.lineWidth = 1;
    pen.setLineDash([3, 2]);
    pen.beginPath();
    pen.moveTo(at, 2);
    pen.lineTo(at, height - 2);
    pen.stroke();
    pen.setLineDash([]);
    const isRight = at > width - LABEL;
    pen.font = "10px system-ui, sans-serif";
    pen.textAlign = isRight ? "right" : "left";
    pen.fillText(`epoch ${formatCount(pinned.epoch)}`, at + (isRight ? -4 : 4), 11);
  }

  #cursor(pen, x, y, height, colours) {
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(x, 2);
    pen.lineTo(x, height - 2);
    pen.stroke();
    pen.beginPath();
    pen.arc(x, y, 4, 0, 2 * Math.PI);
    pen.fillStyle = colours.ink;
    pen.fill();
  }
}

/**
 * Where an epoch is among moments that are evenly spread.
 * @param {import("./history.mjs").Moment[]} moments @param {number} epoch
 * @returns {?number} an index, between two where the moment itself was thinned out; null after the last one
 */
export function placeOf(moments, epoch) {
  const after = moments.findIndex((moment) => moment.epoch >= epoch);
  if (after < 1) return after < 0 ? null : 0;
  const [from, to] = [moments[after - 1].epoch, moments[after].epoch];
  return after - (to - epoch) / (to - from);
}

/** The loss at the top of the plot: the largest, but not a spike of more than thrice the first. */
function ceiling(moments) {
  const losses = moments.map(({ metrics }) => metrics?.train_loss).filter(Number.isFinite);
  return losses.length ? Math.max(Math.min(Math.max(...losses), 3 * losses[0]), 1e-9) * 1.05 : 1;
}
