/**
 * The plane to draw data in: a canvas with the domain's axes in the data's units, points that the
 * pointer or the keyboard adds and removes, stroke by stroke.
 *
 * @typedef {{x: number, y: number, target: number}} Point
 */

import { element } from "../../lib/dom.mjs";
import { classColour, heightColour, readColours } from "../../lib/theme.mjs";

export const MOST_POINTS = 4000; // as in nets/datasets.py
const MARGIN = { left: 46, right: 10, top: 10, bottom: 26 }; // px, for the ticks
const SPACING = 11; // px between the points of a brush stroke
const SPREAD = 9; // px, the standard deviation of their distance from the stroke
const REACH = 22; // px within which a click removes
const ERASER = 12; // px within which dragging does
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const DIGITS = 1e4; // steps of an axis to which what is drawn is rounded

/**
 * Round numbers along an axis.
 * @param {number} low @param {number} high @param {number} most how many there may be
 * @returns {Array<{value: number, text: string}>}
 */
export function ticks(low, high, most = 6) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9));
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const value = (first + i) * step;
    const text = digits > 4 ? (first + i === 0 ? "0" : value.toExponential(1).replace(".0e", "e")) : value.toFixed(digits);
    return { value, text: text.replaceAll("-", "−") };
  });
}

/** Round a coordinate to what can be pointed at. @param {number} value @param {number[]} axis [low, high] */
export function rounded(value, [low, high]) {
  const step = 10 ** Math.floor(Math.log10((high - low) / DIGITS));
  return Number((Math.round(value / step) * step).toPrecision(8));
}

/** The nearest point. @returns {number} its index; −1 where none is within reach */
export function nearest(points, distanceTo, reach = Infinity) {
  const distances = points.map(distanceTo);
  const least = Math.min(...distances);
  return least <= reach ? distances.indexOf(least) : -1;
}

/** Two independent standard normal numbers (Box and Muller, 1958). */
function normalPair() {
  const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
  const angle = 2 * Math.PI * Math.random();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

export class Drawing {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {object} hooks
   * @param {(points: Point[]) => void} hooks.stroke when a stroke has changed the points
   * @param {(text: string) => void} hooks.say what is to be read out
   */
  constructor(canvas, hooks) {
    this.canvas = canvas;
    this.hooks = hooks;
    this.domain = [[-1, 1], [-1, 1]];
    /** @type {Point[]} */
    this.points = [];
    /** @type {Point[]} drawn pale: what the network learns at present */
    this.ghosts = [];
    this.isClasses = true;
    this.scale = 1; // of values
    this.target = 0; // what is added
    this.isRemoving = false;
    this.cross = null;
    this.last = null; // where the stroke is, in px
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.last && this.#drag(event));
    canvas.addEventListener("pointerup", () => this.#release());
    canvas.addEventListener("pointercancel", () => this.#release());
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => this.draw());
    canvas.addEventListener("blur", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  /** Take the target that the next points have. @param {number} target */
  setTarget(target) {
    this.target = target;
    this.draw();
  }

  /** Put the keyboard's cross back to the middle. */
  recentre() {
    this.cross = null;
  }

  /** Whether a stroke is under way. */
  get isBusy() {
    return this.last !== null;
  }

  draw() {
    const { canvas, domain } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width) return;
    const ratio = Math.min(devicePixelRatio, 2);
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    const colour = (name) => style.getPropertyValue(`--${name}`);
    this.#drawAxes(pen, colour, domain);
    const colours = readColours();
    pen.globalAlpha = 0.22;
    this.#drawPoints(pen, this.ghosts, colours);
    pen.globalAlpha = 1;
    this.#drawPoints(pen, this.points, colours);
    if (document.activeElement === canvas && this.cross) this.#drawCross(pen, colour("ink"));
  }

  #drawAxes(pen, colour, [xAxis, yAxis]) {
    const { left, right, top, bottom } = this.#frame();
    pen.font = "11px Inter, 'Segoe UI', system-ui, 'DejaVu Sans', sans-serif";
    pen.lineWidth = 1;
    pen.textAlign = "center";
    for (const { value, text } of ticks(...xAxis)) {
      const [x] = this.#toPixels({ x: value, y: yAxis[0] });
      line(pen, colour("line"), x, top, x, bottom);
      pen.fillStyle = colour("muted");
      pen.fillText(text, x, bottom + 16);
    }
    pen.textAlign = "right";
    for (const { value, text } of ticks(...yAxis)) {
      const [, y] = this.#toPixels({ x: xAxis[0], y: value });
      line(pen, colour("line"), left, y, right, y);
      pen.fillStyle = colour("muted");
      pen.fillText(text, left - 6, y + 4);
    }
    pen.strokeStyle = colour("muted");
    pen.strokeRect(left, top, right - left, bottom - top);
  }

  #drawPoints(pen, points, colours) {
    for (const point of points) {
      const [x, y] = this.#toPixels(point);
      pen.beginPath();
      pen.arc(x, y, 4, 0, 2 * Math.PI);
      pen.fillStyle = this.isClasses ? classColour(point.target, colours) : heightColour(point.target / this.scale, colours);
      pen.fill();
      pen.strokeStyle = colours.panel;
      if (!this.isClasses) pen.strokeStyle = colours.muted;
      pen.stroke();
    }
  }

  #drawCross(pen, ink) {
    const [x, y] = this.#toPixels(this.cross);
    line(pen, ink, x - 9, y, x + 9, y);
    line(pen, ink, x, y - 9, x, y + 9);
  }

  #frame() {
    const { clientWidth, clientHeight } = this.canvas;
    return { left: MARGIN.left, right: clientWidth - MARGIN.right, top: MARGIN.top, bottom: clientHeight - MARGIN.bottom };
  }

  #toPixels({ x, y }) {
    const { left, right, top, bottom } = this.#frame();
    const [[x0, x1], [y0, y1]] = this.domain;
    return [left + ((x - x0) / (x1 - x0)) * (right - left), bottom - ((y - y0) / (y1 - y0)) * (bottom - top)];
  }

  /** The point of the domain at a place; the nearest one where that is outside. */
  #fromPixels([px, py]) {
    const { left, right, top, bottom } = this.#frame();
    const along = (share, axis) => {
      const [low, high] = axis;
      return rounded(low + Math.min(Math.max(share, 0), 1) * (high - low), axis);
    };
    const [xAxis, yAxis] = this.domain;
    return { x: along((px - left) / (right - left), xAxis), y: along((bottom - py) / (bottom - top), yAxis) };
  }

  #press(event) {
    if (!event.isPrimary || event.button > 2 || this.last) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.last = placeOf(event);
    this.isErasing = this.isRemoving || event.button === 2;
    this.hasChanged = false;
    if (this.isErasing) this.#remove(this.last, REACH);
    else this.#add(this.#fromPixels(this.last));
    this.cross = this.#fromPixels(this.last);
    this.draw();
  }

  #drag(event) {
    const place = placeOf(event);
    if (this.isErasing) {
      while (this.#remove(place, ERASER)); // all that are near
      this.last = place;
    } else {
      const way = Math.hypot(place[0] - this.last[0], place[1] - this.last[1]);
      if (way < SPACING) return;
      const steps = Math.floor(way / SPACING);
      for (let step = 1; step <= steps; step += 1) {
        const offset = normalPair();
        this.#add(this.#fromPixels([0, 1].map((i) => this.last[i] + ((place[i] - this.last[i]) * step) / steps + SPREAD * offset[i])));
      }
      this.last = place;
    }
    this.draw();
  }

  #release() {
    if (!this.last) return;
    this.last = null;
    if (this.hasChanged) this.hooks.stroke(this.points);
  }

  #add(place) {
    if (this.points.length >= MOST_POINTS) {
      this.hooks.say(`There are ${MOST_POINTS} points, the most there may be.`);
      return;
    }
    this.points = [...this.points, { ...place, target: this.target }];
    this.hasChanged = true;
  }

  #remove([px, py], reach) {
    const index = nearest(
      this.points,
      (point) => {
        const [x, y] = this.#toPixels(point);
        return Math.hypot(x - px, y - py);
      },
      reach,
    );
    if (index < 0) return false;
    this.points = this.points.filter((_, i) => i !== index);
    this.hasChanged = true;
    return true;
  }

  #key(event) {
    const step = STEPS[event.key];
    const isRemoval = event.key === "Delete" || event.key === "Backspace";
    if (event.ctrlKey || event.metaKey || event.altKey || !(step || isRemoval || event.key === "Enter")) return;
    event.preventDefault();
    const middle = this.domain.map(([low, high]) => (low + high) / 2);
    this.cross ??= { x: middle[0], y: middle[1] };
    this.hasChanged = false;
    if (step) this.#moveCross(step, event.shiftKey ? 0.1 : 0.02);
    else if (isRemoval) this.#remove(this.#toPixels(this.cross), Infinity);
    else this.#add(this.cross);
    this.draw();
    if (this.hasChanged) this.hooks.stroke(this.points);
  }

  #moveCross([dx, dy], share) {
    const [[x0, x1], [y0, y1]] = this.domain;
    const within = (value, low, high) => rounded(Math.min(Math.max(value, low), high), [low, high]);
    this.cross = {
      x: within(this.cross.x + dx * share * (x1 - x0), x0, x1),
      y: within(this.cross.y + dy * share * (y1 - y0), y0, y1),
    };
    this.hooks.say(`x ${this.cross.x}, y ${this.cross.y}`.replaceAll("-", "−"));
  }
}

const placeOf = (event) => [event.offsetX, event.offsetY];

function line(pen, colour, x0, y0, x1, y1) {
  pen.strokeStyle = colour;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}

/** A button for a class, in its colour. @param {number} index @param {string} name */
export const classButton = (index, name) =>
  element("button", { type: "button", class: "own-class", "data-class": index, "aria-pressed": "false", style: `--own-class:var(--class-${index % 6})` }, [
    name,
  ]);
