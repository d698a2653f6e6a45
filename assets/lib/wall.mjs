/**
 * The wall: every neuron's landscape in one WebGL2 canvas, and the weights between them.
 *
 * It is told what there is (tiles, edges, points, heights) and draws it when asked; it decides
 * nothing. Everything it holds can be given again, which is what happens after a lost context.
 */

import { LARGEST_HEIGHT, LEVELS } from "./arrange.mjs";
import { placement, view } from "./camera.mjs";
import { blockMesh, createAttributes, createProgram, fill, isSoftware, rgb } from "./gl.mjs";
import { pick } from "./picking.mjs";
import { decisionSquare } from "./scene.mjs";
import { block, DECISION, EDGE, FLAT_POINT, HOLE, POINT, PROBE } from "./shaders.mjs";

const CURVE_STEPS = 24;
const PROBE_SIZE = 13; // px
const COARSE = 90; // CSS pixels: tiles up to this height are drawn with every second grid point
const N_CLASS_COLOURS = 6; // of app/palette.py and of the shaders' array

/** Uniforms that stay until the theme changes. */
const LASTING = {
  heights: (gl, at) => gl.uniform1i(at, 0),
  n: (gl, at, { n }) => gl.uniform1i(at, n),
  stops: (gl, at, { colours }) => gl.uniform3fv(at, colours.stops),
  levelColour: (gl, at, { colours }) => gl.uniform3fv(at, colours.level),
  cutColour: (gl, at, { colours }) => gl.uniform3fv(at, colours.cut),
  rimColour: (gl, at, { colours }) => gl.uniform3fv(at, colours.paper),
  classColours: (gl, at, { colours }) => gl.uniform3fv(at, colours.classes),
  positive: (gl, at, { colours }) => gl.uniform3fv(at, colours.positive),
  negative: (gl, at, { colours }) => gl.uniform3fv(at, colours.negative),
  paper: (gl, at, { colours }) => gl.uniform3fv(at, colours.paper),
};

/** Uniforms that may differ from one drawing to the next. */
const PASSING = {
  canvasSize: (gl, at, { canvas }) => gl.uniform2f(at, canvas.width, canvas.height),
  turn: (gl, at, { view: v }) => gl.uniform4f(at, v.sinAzimuth, v.cosAzimuth, v.sinElevation, v.cosElevation),
  mapness: (gl, at, { tilt }) => gl.uniform1f(at, tilt),
  linked: (gl, at, { linked }) => gl.uniform3fv(at, linked),
  ratio: (gl, at, { ratio }) => gl.uniform1f(at, ratio),
  scroll: (gl, at, { scroll }) => gl.uniform2fv(at, scroll),
};

/**
 * @typedef {object} Scene
 * @property {import("./arrange.mjs").Tile[]} tiles in content pixels; the decision tile is not among them
 * @property {?import("./arrange.mjs").Tile} decision
 * @property {Float32Array} edges four numbers a parameter (see edges.mjs)
 * @property {number} rows neurons in all, inputs included: a texture row each
 * @property {(tile: object) => number} rowOf
 * @property {number} outputs number of output neurons; their rows are the last
 * @property {boolean} isClassification
 */

export class Wall {
  /**
   * @param {HTMLCanvasElement} canvas @param {number} n grid points an axis, odd
   * @throws {Error} where there is no WebGL2
   */
  constructor(canvas, n) {
    this.canvas = canvas;
    this.n = n;
    this.gl = canvas.getContext("webgl2", { antialias: !isSoftware(), alpha: true, premultipliedAlpha: true });
    if (!this.gl) throw new Error("no WebGL2");
    if (this.gl.getParameter(this.gl.MAX_TEXTURE_SIZE) < n * n) throw new Error("textures are too small for a landscape");
    this.scene = null;
    this.azimuth = 0.62;
    this.tilt = 0;
    this.scroll = [0, 0];
    this.size = [1, 1];
    this.points = new Float32Array(0);
    this.gains = [];
    this.probe = null; // where on every landscape a marker stands, in the unit square
    this.levels = [];
    this.linked = [0, 0, 0];
    this.paint = null; // what more is painted on the landscapes (see creases/masks.mjs)
    this.#build();
  }

  /** Make everything that lives on the GPU; again after the context was lost. */
  restore() {
    this.#build();
    if (this.scene) this.setScene(this.scene);
    this.setPoints(this.points);
  }

  /** @param {number} width @param {number} height of the view in CSS pixels @param {number} ratio device pixels each */
  resize(width, height, ratio) {
    this.size = [width, height];
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
  }

  /** @param {Record<string, string>} colours as in app/palette.py */
  setColours(colours) {
    this.colours = {
      stops: [0, 1, 2, 3, 4].flatMap((i) => rgb(colours[`height-${i}`])),
      level: rgb(colours.level),
      cut: rgb(colours.cut),
      positive: rgb(colours.positive),
      negative: rgb(colours.negative),
      paper: rgb(colours.panel),
      classes: Array.from({ length: N_CLASS_COLOURS }, (_, i) => rgb(colours[`class-${i}`])).flat(),
    };
  }

  /** @param {Scene} scene */
  setScene(scene) {
    const { gl } = this;
    this.scene = scene;
    this.staging = new Float32Array((scene.rows + 1) * this.n * this.n); // the last row is the linked landscape's
    gl.bindTexture(gl.TEXTURE_2D, this.heights);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, this.n * this.n, scene.rows + 1, 0, gl.RED, gl.FLOAT, null);
    fill(gl, this.edgeEnds, scene.edges);
  }

  /**
   * Upload heights of consecutive neurons.
   * @param {number} row of the first @param {Float64Array} values
   */
  setHeights(row, values) {
    const { gl, n } = this;
    const area = n * n;
    const staged = this.staging.subarray(row * area, row * area + values.length);
    stage(values, staged);
    gl.bindTexture(gl.TEXTURE_2D, this.heights);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, row, area, values.length / area, gl.RED, gl.FLOAT, staged);
  }

  /** @param {number[]} gains 1 / height scale, one per page layer */
  setGains(gains) {
    this.gains = gains;
  }

  /** @param {number[]} levels level sets between zero and the scale, one number per page layer; 4 where left out */
  setLevels(levels) {
    this.levels = levels;
  }

  /**
   * Draw one landscape's level set on every tile.
   * @param {?{values: Float64Array, height: number, gain: number}} linked null for none
   */
  setLinked(linked) {
    if (linked) this.setHeights(this.scene.rows, linked.values);
    this.linked = linked ? [this.scene.rows, linked.height, linked.gain] : [0, 0, 0];
  }

  /** @param {Float32Array} weights pairs: weight in [−1, 1], opacity of its curve */
  setWeights(weights) {
    fill(this.gl, this.edgeWeights, weights);
  }

  /** @param {Float32Array} points four numbers a point: x, y in the unit square, class or value, marks (see scene.mjs) */
  setPoints(points) {
    this.points = points;
    fill(this.gl, this.pointBuffer, points);
  }

  /** @param {?number[]} probe u, v in the unit square; null for none */
  setProbe(probe) {
    this.probe = probe;
  }

  /**
   * Where on a landscape a pixel is.
   * @param {import("./arrange.mjs").Tile} tile @param {(u: number, v: number) => number} heightAt relative to the scale; NaN in a hole
   * @param {number} x @param {number} y content pixels
   * @returns {?{u: number, v: number}} in the unit square; null where it is beside the landscape
   */
  pick(tile, heightAt, x, y) {
    const v = view(this.azimuth, this.tilt);
    return pick(v, placement(v, tile), heightAt, x, y);
  }

  /** Draw everything that is in view. */
  draw() {
    const { gl, scene } = this;
    if (!scene || gl.isContextLost()) return;
    this.paint?.prepare();
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.heights);
    this.view = view(this.azimuth, this.tilt);
    this.#drawEdges();
    this.#drawBlocks();
    this.#drawDecision();
    this.#drawPoints();
    if (this.probe) this.#drawProbe();
  }

  #build() {
    const { gl } = this;
    this.programs = Object.fromEntries(
      Object.entries({ BLOCK: block(), EDGE, POINT, DECISION, FLAT_POINT, PROBE }).map(([name, source]) => [name, createProgram(gl, source)]),
    );
    this.heights = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.heights);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    this.#buildBlocks();
    this.#buildEdges();
    this.pointArray = gl.createVertexArray();
    gl.bindVertexArray(this.pointArray);
    this.pointBuffer = createAttributes(gl, [[0, 4]]);
    this.decisionArray = gl.createVertexArray();
    gl.bindVertexArray(this.decisionArray);
    fill(gl, createAttributes(gl, [[0, 2]]), new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
    gl.bindVertexArray(null);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** One mesh for large tiles and one of half the resolution for small ones, whose cells would be smaller than a pixel. */
  #buildBlocks() {
    this.blocks = {
      fine: { ...this.#createBlock(this.n), isFor: ({ height }) => height > COARSE },
      coarse: { ...this.#createBlock((this.n + 1) / 2), isFor: ({ height }) => height <= COARSE },
    };
  }

  #createBlock(n) {
    const { gl } = this;
    const { vertices, indices } = blockMesh(n);
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    fill(gl, createAttributes(gl, [[0, 3]]), vertices, gl.STATIC_DRAW);
    const instances = createAttributes(gl, [[1, 3], [2, 4]], true);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.STATIC_DRAW);
    return { array, instances, count: indices.length };
  }

  #buildEdges() {
    const { gl } = this;
    const strip = Array.from({ length: CURVE_STEPS + 1 }, (_, i) => [i / CURVE_STEPS, 1, i / CURVE_STEPS, -1]).flat();
    this.edgeArray = gl.createVertexArray();
    gl.bindVertexArray(this.edgeArray);
    fill(gl, createAttributes(gl, [[0, 2]]), new Float32Array(strip), gl.STATIC_DRAW);
    this.edgeEnds = createAttributes(gl, [[1, 4]], true);
    this.edgeWeights = createAttributes(gl, [[2, 2]], true);
  }

  /** Centre and scale of a tile in canvas pixels. */
  #placement(tile) {
    const [left, top] = this.scroll;
    const { x, y, scale } = placement(this.view, tile);
    return [(x - left) * this.ratio, (y - top) * this.ratio, scale * this.ratio];
  }

  #isInView({ y, x, width, height }) {
    const [left, top] = this.scroll;
    return Math.abs(y - top - this.size[1] / 2) < (this.size[1] + height) / 2 && Math.abs(x - left - this.size[0] / 2) < (this.size[0] + width) / 2;
  }

  /** Draw with a program from now on; it is told what it has not been told yet. */
  #use(used) {
    const { gl, colours } = this;
    const { program, uniforms } = used;
    gl.useProgram(program);
    if (used.colours !== colours) {
      used.colours = colours;
      for (const [name, tell] of Object.entries(LASTING)) if (uniforms[name]) tell(gl, uniforms[name], this);
    }
    for (const [name, tell] of Object.entries(PASSING)) if (uniforms[name]) tell(gl, uniforms[name], this);
    return uniforms;
  }

  #drawEdges() {
    const { gl } = this;
    gl.disable(gl.DEPTH_TEST);
    this.#use(this.programs.EDGE);
    gl.bindVertexArray(this.edgeArray);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 2 * (CURVE_STEPS + 1), this.scene.edges.length / 4);
  }

  #drawBlocks() {
    const { gl, scene } = this;
    gl.enable(gl.DEPTH_TEST);
    const { paint } = this;
    const uniforms = this.#use(paint?.program ?? this.programs.BLOCK);
    paint?.tell(uniforms);
    const inView = scene.tiles.filter((tile) => this.#isInView(tile));
    for (const block of Object.values(this.blocks)) {
      const { array, instances, count, isFor } = block;
      const tiles = inView.filter(isFor);
      block.drawn = tiles.length;
      gl.bindVertexArray(array);
      const values = tiles.flatMap((tile) => [
        ...this.#placement(tile),
        ...[scene.rowOf(tile), this.gains[tile.layer], this.levels[tile.layer] ?? LEVELS, tile.layer],
      ]);
      fill(gl, instances, new Float32Array(values));
      gl.drawElementsInstanced(gl.TRIANGLES, count, gl.UNSIGNED_INT, 0, tiles.length);
    }
  }

  /** A marker on every tile that was drawn. */
  #drawProbe() {
    const { gl } = this;
    const uniforms = this.#use(this.programs.PROBE);
    gl.uniform2f(uniforms.probe, ...this.probe);
    gl.uniform1f(uniforms.size, PROBE_SIZE * this.ratio);
    for (const { array, drawn } of Object.values(this.blocks)) {
      gl.bindVertexArray(array);
      gl.drawArraysInstanced(gl.POINTS, 0, 1, drawn);
    }
  }

  #drawPoints() {
    const { gl, scene } = this;
    const count = this.points.length / 4;
    if (!count) return;
    const uniforms = this.#use(this.programs.POINT);
    gl.bindVertexArray(this.pointArray);
    const outputs = scene.tiles.slice(-scene.outputs).filter((tile) => this.#isInView(tile));
    for (const tile of outputs) {
      gl.uniform3f(uniforms.placement, ...this.#placement(tile));
      gl.uniform2f(uniforms.source, scene.rowOf(tile), this.gains[tile.layer]);
      gl.uniform1f(uniforms.ownClass, scene.isClassification ? tile.neuron : -1);
      gl.uniform1f(uniforms.size, dotSize(tile.height) * this.ratio);
      gl.drawArrays(gl.POINTS, 0, count);
    }
  }

  #drawDecision() {
    const { gl, scene } = this;
    const { decision } = scene;
    if (!decision || !this.#isInView(decision)) return;
    gl.disable(gl.DEPTH_TEST);
    const [x, y] = this.#placement(decision);
    const placement = [x, y, decisionSquare(decision).half * this.ratio];
    let uniforms = this.#use(this.programs.DECISION);
    gl.uniform3f(uniforms.placement, ...placement);
    gl.uniform1f(uniforms.firstRow, scene.rows - scene.outputs);
    gl.uniform1i(uniforms.classes, scene.outputs);
    gl.bindVertexArray(this.decisionArray);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    uniforms = this.#use(this.programs.FLAT_POINT);
    gl.uniform3f(uniforms.placement, ...placement);
    gl.uniform1f(uniforms.size, dotSize(decision.height) * this.ratio);
    gl.bindVertexArray(this.pointArray);
    gl.drawArrays(gl.POINTS, 0, this.points.length / 4);
    gl.enable(gl.DEPTH_TEST);
  }
}

/** Copy heights; where one cannot be drawn there is a hole. */
function stage(values, staged) {
  staged.set(values); // much faster than a loop; what is finite and too large is a hole to the shaders as it is
  if (areFinite(staged)) return;
  for (let i = 0; i < values.length; i += 1) if (!(Math.abs(values[i]) <= LARGEST_HEIGHT)) staged[i] = HOLE;
}

/** Whether all of them are numbers, without a branch for each: ∞ − ∞ is none. @param {Float32Array} values */
function areFinite(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] - values[i];
  return sum === 0;
}

/** Diameter in CSS pixels of a data point on a tile of some height. */
const dotSize = (height) => Math.min(Math.max(height / 24, 2.4), 5.5);
