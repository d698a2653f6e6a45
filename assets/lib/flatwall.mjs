/**
 * The wall where there is no WebGL2: the same tiles as flat maps on a 2-D canvas, with their level
 * sets drawn. It takes the same calls as Wall.
 */

import { LEVELS } from "./arrange.mjs";
import { INSET } from "./camera.mjs";
import { contour } from "./contours.mjs";
import { isBar } from "./edges.mjs";
import { linspace } from "./engine.mjs";
import { rgb } from "./gl.mjs";
import { decisionSquare } from "./scene.mjs";
import { classColour } from "./theme.mjs";

const LEVEL_SHADE = 0.18; // by how much a level set is darker

export class FlatWall {
  /** @param {HTMLCanvasElement} canvas @param {number} n grid points an axis */
  constructor(canvas, n) {
    this.canvas = canvas;
    this.n = n;
    this.pen = canvas.getContext("2d");
    this.picture = new OffscreenCanvas(n, n);
    this.azimuth = 0;
    this.tilt = 1;
    this.scroll = [0, 0];
    this.rows = [];
    this.gains = [];
    this.levels = [];
    this.linked = null;
    this.paint = null; // what more is painted on the maps (see creases/paths.mjs)
  }

  resize(width, height, ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
  }

  setColours(colours) {
    this.colours = colours;
    this.stops = [0, 1, 2, 3, 4].map((i) => [1, 3, 5].map((at) => parseInt(colours[`height-${i}`].slice(at, at + 2), 16)));
  }

  setScene(scene) {
    this.scene = scene;
    this.rows = Array(scene.rows).fill(null);
  }

  setHeights(row, values) {
    const area = this.n * this.n;
    for (let k = 0; k * area < values.length; k += 1) this.rows[row + k] = values.subarray(k * area, (k + 1) * area);
  }

  setGains(gains) {
    this.gains = gains;
  }

  setLevels(levels) {
    this.levels = levels;
  }

  setLinked(linked) {
    this.linked = linked;
  }

  setWeights(weights) {
    this.weights = weights;
  }

  setPoints(points) {
    this.points = points;
  }

  setProbe(probe) {
    this.probe = probe;
  }

  pick(tile, heightAt, x, y) {
    const side = sideOf(tile);
    const [u, v] = [(x - tile.x) / side + 0.5, (tile.y - y) / side + 0.5];
    return u >= 0 && u <= 1 && v >= 0 && v <= 1 ? { u, v } : null;
  }

  draw() {
    const { pen, scene, scroll } = this;
    if (!scene) return;
    pen.setTransform(this.ratio, 0, 0, this.ratio, -scroll[0] * this.ratio, -scroll[1] * this.ratio);
    pen.clearRect(scroll[0], scroll[1], this.canvas.width, this.canvas.height);
    this.#drawEdges();
    for (const tile of scene.tiles) {
      this.#drawTile(tile);
      this.paint?.draw(tile, sideOf(tile));
    }
    if (scene.decision) this.#drawDecision(scene.decision);
    this.#drawLinked();
    for (const tile of scene.tiles.slice(-scene.outputs)) this.#drawPoints(tile);
    if (this.probe) for (const tile of scene.tiles) this.#drawProbe(tile);
  }

  #drawProbe(tile) {
    const { pen, probe, colours } = this;
    const { x, y } = tile;
    const side = sideOf(tile);
    pen.strokeStyle = colours.level;
    pen.fillStyle = colours.panel;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(x + (probe[0] - 0.5) * side, y - (probe[1] - 0.5) * side, 4, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  }

  /** The linked level set, found once and drawn on every tile. */
  #drawLinked() {
    const { pen, n, linked, scene, colours } = this;
    if (!linked) return;
    const unit = linspace(0, 1, n);
    const path = new Path2D();
    for (const { points, isClosed } of contour(unit, unit, linked.values, linked.height)) {
      points.forEach(([u, v], i) => path[i ? "lineTo" : "moveTo"](u - 0.5, 0.5 - v));
      if (isClosed) path.closePath();
    }
    for (const tile of scene.tiles) {
      const side = sideOf(tile);
      const placed = new Path2D();
      placed.addPath(path, new DOMMatrix([side, 0, 0, side, tile.x, tile.y]));
      for (const [colour, lineWidth] of [[colours.paper, 3.5], [colours.cut, 1.8]]) {
        pen.strokeStyle = colour;
        pen.lineWidth = lineWidth;
        pen.stroke(placed);
      }
    }
  }

  #drawPoints(tile) {
    const { pen, colours, scene, points } = this;
    const { neuron, x, y } = tile;
    const side = sideOf(tile);
    for (let i = 0; i < (points?.length ?? 0); i += 4) {
      const [u, v, target, marks] = points.subarray(i, i + 4);
      if (scene.isClassification && target !== neuron) continue;
      pen.fillStyle = scene.isClassification ? classColour(target, colours) : colours.level;
      pen.beginPath();
      pen.arc(x + (u - 0.5) * side, y - (v - 0.5) * side, 1.6, 0, 2 * Math.PI);
      pen.fill();
      if (marks < 2) continue;
      pen.strokeStyle = colours.level;
      pen.lineWidth = 1;
      pen.stroke();
    }
  }

  #drawEdges() {
    const { pen, scene, colours, weights } = this;
    for (let i = 0; weights && i < scene.edges.length / 4; i += 1) {
      const [x0, y0, x1, y1] = scene.edges.subarray(4 * i, 4 * i + 4);
      const size = Math.abs(weights[2 * i]);
      pen.strokeStyle = weights[2 * i] < 0 ? colours.negative : colours.positive;
      pen.globalAlpha = weights[2 * i + 1];
      pen.lineWidth = isBar(scene.edges, i) ? 3.4 : Math.max(0.7, 4.2 * size);
      pen.beginPath();
      pen.moveTo(x0, y0);
      if (isBar(scene.edges, i)) pen.lineTo(x0, y0 + (y1 - y0) * weights[2 * i]);
      else pen.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  #drawTile(tile) {
    const { n, pen, scene } = this;
    const values = this.rows[scene.rowOf(tile)];
    if (!values) return;
    const side = sideOf(tile);
    const context = this.picture.getContext("2d");
    context.putImageData(this.#image(values, this.gains[tile.layer], this.levels[tile.layer] ?? LEVELS), 0, 0);
    pen.imageSmoothingEnabled = true;
    pen.drawImage(this.picture, 0, 0, n, n, tile.x - side / 2, tile.y - side / 2, side, side);
  }

  /** Whose landscape is highest where, in the colours of the classes, and all the data. */
  #drawDecision(tile) {
    const { n, pen, scene, colours } = this;
    const outputs = this.rows.slice(scene.rows - scene.outputs, scene.rows);
    if (outputs.some((values) => !values)) return;
    const image = new ImageData(n, n);
    for (let at = 0; at < n * n; at += 1) {
      const heights = outputs.map((values) => values[at]);
      const winner = heights.indexOf(Math.max(...heights)); // none where one is undefined
      const colour = winner < 0 ? rgb(colours.paper) : rgb(classColour(winner, colours));
      const row = n - 1 - Math.floor(at / n);
      image.data.set([...colour.map((channel) => 255 * channel), winner < 0 ? 255 : 165], 4 * (row * n + (at % n)));
    }
    this.picture.getContext("2d").putImageData(image, 0, 0);
    const { x, y, half } = decisionSquare(tile);
    pen.drawImage(this.picture, 0, 0, n, n, x - half, y - half, 2 * half, 2 * half);
    for (let i = 0; i < (this.points?.length ?? 0); i += 4) {
      const [u, v, target] = this.points.subarray(i, i + 3);
      pen.fillStyle = classColour(target, colours);
      pen.beginPath();
      pen.arc(x + (2 * u - 1) * half, y - (2 * v - 1) * half, 1.6, 0, 2 * Math.PI);
      pen.fill();
    }
  }

  /** Colours of one landscape, y upwards; transparent where it is undefined, darker along its level sets, darkest along zero. */
  #image(values, gain, levels) {
    const { n } = this;
    const band = (value) => Math.floor(value * gain * levels);
    const image = new ImageData(n, n);
    for (let row = 0; row < n; row += 1) {
      for (let column = 0; column < n; column += 1) {
        const at = row * n + column;
        const value = values[at];
        const right = values[column < n - 1 ? at + 1 : at];
        const above = values[row < n - 1 ? at + n : at];
        const isZero = crosses(value, right) || crosses(value, above);
        const isLevel = band(value) !== band(right) || band(value) !== band(above);
        const shade = isLevel ? 1 - LEVEL_SHADE : 1;
        const colour = isZero ? [25, 28, 33] : this.#colour(value * gain).map((channel) => shade * channel);
        image.data.set([...colour, Number.isFinite(value) ? 255 : 0], 4 * ((n - 1 - row) * n + column));
      }
    }
    return image;
  }

  #colour(t) {
    const u = Math.min(Math.abs(t), 1);
    const [near, far] = t < 0 ? [1, 0] : [3, 4];
    const [from, to, share] = u < 0.55 ? [2, near, u / 0.55] : [near, far, (u - 0.55) / 0.45];
    return this.stops[from].map((channel, i) => channel + share * (this.stops[to][i] - channel));
  }
}

/** The side of a map. @param {import("./arrange.mjs").Tile} tile */
const sideOf = ({ width, height }) => Math.min(width, height) - INSET;

/** Whether 0 lies between two heights; where one is undefined nobody knows. */
const crosses = (a, b) => a > 0 !== b > 0 && Number.isFinite(a - b);
