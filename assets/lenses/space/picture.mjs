/**
 * The picture of a plane on a 2-D canvas: cells, grid lines, exact boundaries, data points, axes.
 * Everything is in CSS pixels, y downwards.
 */

import { winnerRegion } from "./boundaries.mjs";
import { drawAxes, drawBorder, placeFrame } from "./frame.mjs";
import { LINES, SAMPLES } from "./grid.mjs";
import { drawPoints } from "./points.mjs";

const RADIUS = 3.2; // of a data point
const TINT = 0.21; // opacity of a cell

export class Picture {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.resize(0, 0);
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    this.width = width;
    this.height = height;
    this.ratio = Math.min(devicePixelRatio, 2);
    this.canvas.width = Math.max(1, Math.round(width * this.ratio));
    this.canvas.height = Math.max(1, Math.round(height * this.ratio));
    this.frame = placeFrame(width, height);
    this.font = `11px ${getComputedStyle(this.canvas).fontFamily}`;
  }

  /** Begin a new picture. @param {Record<string, string>} colours */
  clear(colours) {
    this.colours = colours;
    this.pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.pen.clearRect(0, 0, this.width, this.height);
    this.pen.font = this.font;
    this.pen.lineJoin = "round";
    drawBorder(this.pen, this.frame, colours);
  }

  /** Draw only inside the frame. @param {() => void} draw */
  #inFrame(draw) {
    const { pen, frame } = this;
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.side, frame.side);
    pen.clip();
    draw();
    pen.restore();
  }

  /**
   * The grid: its cells tinted by their orientation, its lines, its rim.
   * @param {import("./mapping.mjs").Mapping} mapping
   * @param {Float64Array} x pixels of every sample @param {Float64Array} y
   */
  grid({ cells, orientation }, x, y) {
    this.#inFrame(() => {
      this.pen.globalAlpha = TINT;
      this.#cells(cells, (i) => orientation[i] > 0, x, y, this.colours.positive);
      this.#cells(cells, (i) => orientation[i] < 0, x, y, this.colours.negative);
      this.#lines((line) => line % (LINES - 1) !== 0, x, y, this.colours.muted, 0.8, 0.5);
      this.#lines((line) => line % (LINES - 1) === 0, x, y, this.colours.ink, 1.3, 0.8);
    });
  }

  #cells(cells, isWanted, x, y, colour) {
    const { pen } = this;
    pen.beginPath();
    cells.forEach((cell, i) => {
      if (!isWanted(i)) return;
      pen.moveTo(x[cell[0]], y[cell[0]]);
      for (let k = 1; k < cell.length; k += 1) pen.lineTo(x[cell[k]], y[cell[k]]);
      pen.closePath();
    });
    pen.fillStyle = colour;
    pen.fill();
  }

  /** The lines whose number within their direction is wanted, interrupted where there is no image. */
  #lines(isWanted, x, y, colour, width, alpha) {
    const { pen } = this;
    pen.beginPath();
    for (let line = 0; line < 2 * LINES; line += 1) {
      if (!isWanted(line % LINES)) continue;
      let isDown = false;
      for (let i = line * SAMPLES; i < (line + 1) * SAMPLES; i += 1) {
        const isThere = !Number.isNaN(x[i] + y[i]);
        if (isThere && isDown) pen.lineTo(x[i], y[i]);
        else if (isThere) pen.moveTo(x[i], y[i]);
        isDown = isThere;
      }
    }
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.globalAlpha = alpha;
    pen.stroke();
  }

  /**
   * Exact lines, each side in the colour of who is higher there.
   * @param {import("./boundaries.mjs").Contest[]} contests
   * @param {[import("./ranges.mjs").Ruler, import("./ranges.mjs").Ruler]} axes @param {number} alpha
   */
  boundaries(contests, axes, alpha) {
    if (alpha <= 0) return;
    const { left, top, side } = this.frame;
    const corners = [[left - 9, top + side + 9], [left + side + 9, top + side + 9], [left + side + 9, top - 9], [left - 9, top - 9]];
    const rectangle = corners.map((corner) => corner.map((pixel, axis) => (pixel - axes[axis].offset) / axes[axis].scale));
    this.#inFrame(() => {
      for (const { competitors, isStrong } of contests) {
        competitors.forEach(({ colour }, winner) => {
          const region = winnerRegion(competitors, winner, rectangle);
          this.#rim(region, axes, this.colours[colour], isStrong ? 5 : 3.4, alpha);
        });
      }
    });
  }

  /** The inner half of a polygon's outline. */
  #rim(polygon, axes, colour, width, alpha) {
    const { pen } = this;
    if (polygon.length < 3) return;
    pen.save();
    pen.beginPath();
    for (const corner of polygon) pen.lineTo(...corner.map((value, axis) => axes[axis].offset + axes[axis].scale * value));
    pen.closePath();
    pen.clip();
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.globalAlpha = alpha;
    pen.stroke();
    pen.restore();
  }

  /**
   * Data points; those kept for testing are hollow.
   * @param {import("../../lib/metrics.mjs").Points} points @param {boolean} isClassification
   * @param {Float64Array} x pixels of the points @param {Float64Array} y
   */
  points(points, isClassification, x, y) {
    this.#inFrame(() => drawPoints(this.pen, points, isClassification, { x, y, radius: RADIUS }, this.colours));
  }

  /** A ring around what the pointer is on. @param {number} x @param {number} y */
  ring(x, y) {
    const { pen } = this;
    pen.beginPath();
    pen.arc(x, y, RADIUS + 4, 0, 2 * Math.PI);
    pen.strokeStyle = this.colours.ink;
    pen.lineWidth = 1.8;
    pen.stroke();
  }

  /**
   * Ticks, numbers and names of both axes.
   * @param {[import("./ranges.mjs").Range, import("./ranges.mjs").Range]} ranges across, up
   * @param {[string, string]} titles @param {number} alpha
   */
  axes(ranges, titles, alpha) {
    if (alpha > 0) drawAxes(this.pen, this.frame, ranges, titles, this.colours, alpha);
  }
}
