/**
 * The map on the page: two canvases, one over the other, so that what follows the pointer is drawn without drawing the
 * map again. CSS pixels, y downwards.
 */

import { widthOf } from "../../lib/creases/lines.mjs";
import { element } from "../../lib/dom.mjs";
import { drawAxes, drawBorder, placeFrame } from "../space/frame.mjs";
import { drawPoints } from "../space/points.mjs";
import { rangeBetween } from "../space/ranges.mjs";

const BOUNDARY = 3; // line between classes
const SEAM = 0.7; // line in a region's own colour that covers its rim
const RADIUS = 2.4; // of a data point
const AT_ONCE = 64; // polygons or lines in a path: browsers take much longer for larger ones
const HATCH = 6; // between lines that say flat
const ARM = 7; // of the cross

export class Picture {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.cover = element("canvas", { tabIndex: 0, role: "application", "aria-label": "map of the regions" });
    place.append(this.canvas, this.cover);
    this.resize(0, 0);
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    this.ratio = Math.min(devicePixelRatio, 2);
    for (const canvas of [this.canvas, this.cover]) {
      canvas.width = Math.max(1, Math.round(width * this.ratio));
      canvas.height = Math.max(1, Math.round(height * this.ratio));
    }
    this.frame = placeFrame(width, height, 0);
    const { fontSize, fontFamily } = getComputedStyle(this.canvas);
    this.font = `${fontSize} ${fontFamily}`;
  }

  /** A place on the canvas in the unit square, which it may be beside. @param {number} x @param {number} y @returns {[number, number]} */
  toSquare(x, y) {
    const { left, top, side } = this.frame;
    return [(x - left) / side, (top + side - y) / side];
  }

  #begin(canvas) {
    const pen = canvas.getContext("2d");
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.font = this.font;
    pen.lineJoin = "round";
    pen.lineCap = "round";
    return pen;
  }

  /** Draw the map. @param {import("./scene.mjs").Scene} scene @param {Record<string, string>} colours */
  draw({ domain, painting, image, creases, data }, colours) {
    const { frame } = this;
    const { left, top, side } = frame;
    const pen = this.#begin(this.canvas);
    pen.save();
    pen.beginPath();
    pen.rect(left, top, side, side);
    pen.clip();
    if (painting) this.#regions(pen, painting, colours);
    if (image) {
      const cell = side / (image.width - 1); // values belong to the grid's points, not to cells between them
      pen.drawImage(image, left - cell / 2, top - cell / 2, side + cell, side + cell);
    }
    for (const { layer, ends } of creases) this.#lines(pen, ends, colours.ink, widthOf(layer));
    if (painting?.boundary) {
      this.#lines(pen, painting.boundary, colours.panel, BOUNDARY + 2);
      this.#lines(pen, painting.boundary, colours.ink, BOUNDARY);
    }
    if (data) this.#data(pen, data, colours);
    pen.restore();
    drawBorder(pen, frame, colours);
    drawAxes(pen, frame, domain.map(rangeBetween), ["x", "y"], colours, 1);
  }

  /** Draw what is pointed at. @param {?{polygons: object, index: number}} region @param {?[number, number]} place @param {boolean} isPinned @param {Record<string, string>} colours */
  point(region, place, isPinned, colours) {
    const pen = this.#begin(this.cover);
    if (region) {
      pen.beginPath();
      this.#trace(pen, region.polygons, region.index);
      this.#double(pen, colours, 2.4);
    }
    if (!place) return;
    const [x, y] = [this.#x(place[0]), this.#y(place[1])];
    pen.beginPath();
    for (const [dx, dy] of [[ARM, 0], [0, ARM]]) {
      pen.moveTo(x - dx, y - dy);
      pen.lineTo(x + dx, y + dy);
    }
    if (isPinned) {
      pen.moveTo(x + ARM, y);
      pen.arc(x, y, ARM, 0, 2 * Math.PI);
    }
    this.#double(pen, colours, 1.4);
  }

  /** A line that is seen on every colour. */
  #double(pen, colours, width) {
    for (const [colour, own] of [[colours.panel, width + 2], [colours.cut, width]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = own;
      pen.stroke();
    }
  }

  #x(u) {
    return this.frame.left + this.frame.side * u;
  }

  #y(v) {
    return this.frame.top + this.frame.side * (1 - v);
  }

  #trace(pen, { corners, starts }, i) {
    const { left, top, side } = this.frame;
    const bottom = top + side;
    const end = starts[i + 1];
    let c = starts[i];
    pen.moveTo(left + side * corners[2 * c], bottom - side * corners[2 * c + 1]);
    for (c += 1; c < end; c += 1) pen.lineTo(left + side * corners[2 * c], bottom - side * corners[2 * c + 1]);
    pen.closePath();
  }

  #regions(pen, { polygons, groups }, colours) {
    pen.lineWidth = SEAM;
    for (const { colour, members } of groups) {
      pen.fillStyle = colour ?? hatch(pen, colours, this.ratio);
      if (colour) pen.strokeStyle = colour;
      for (let first = 0; first < members.length; first += AT_ONCE) {
        pen.beginPath();
        for (let m = first; m < Math.min(first + AT_ONCE, members.length); m += 1) this.#trace(pen, polygons, members[m]);
        pen.fill();
        if (colour) pen.stroke();
      }
    }
  }

  #lines(pen, ends, colour, width) {
    const { left, top, side } = this.frame;
    const bottom = top + side;
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    for (let first = 0; first < ends.length; first += 4 * AT_ONCE) {
      pen.beginPath();
      for (let i = first; i < Math.min(first + 4 * AT_ONCE, ends.length); i += 4) {
        pen.moveTo(left + side * ends[i], bottom - side * ends[i + 1]);
        pen.lineTo(left + side * ends[i + 2], bottom - side * ends[i + 3]);
      }
      pen.stroke();
    }
  }

  #data(pen, { u, v, points, isClassification }, colours) {
    const [x, y] = [u.map((value) => this.#x(value)), v.map((value) => this.#y(value))];
    drawPoints(pen, points, isClassification, { x, y, radius: RADIUS }, colours);
  }
}

/** Diagonal lines on the panel's colour. */
function hatch(pen, { panel, muted }, ratio) {
  const size = Math.round(HATCH * ratio);
  const tile = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const own = tile.getContext("2d");
  own.fillStyle = panel;
  own.fillRect(0, 0, size, size);
  own.strokeStyle = muted;
  own.globalAlpha = 0.5;
  own.lineWidth = 0.8 * ratio;
  own.beginPath();
  for (const shift of [-size, 0, size]) {
    own.moveTo(shift, size);
    own.lineTo(shift + size, 0);
  }
  own.stroke();
  const pattern = pen.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, 0, 0]));
  return pattern;
}
