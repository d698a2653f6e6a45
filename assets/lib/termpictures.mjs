/**
 * The landscapes of the composition strip: one canvas over all of its pictures, drawn as the wall
 * is, with a dot at the probe on each.
 */

import { placement, view } from "./camera.mjs";
import { element, placeIn } from "./dom.mjs";
import { heightsOf, project } from "./picking.mjs";
import { Wall } from "./wall.mjs";

/**
 * @typedef {{heights: Float64Array, gain: number}} Landscape on the grid, and what one of its units is drawn as
 */

export class TermPictures {
  /** @param {HTMLElement} root the positioned element that scrolls @param {number} gridSize */
  constructor(root, gridSize) {
    this.root = root;
    this.gridSize = gridSize;
    this.canvas = element("canvas", { class: "term-canvas", "aria-hidden": "true" });
    this.pictures = [];
    /** @type {Landscape[]} */
    this.landscapes = [];
    try {
      this.wall = new Wall(this.canvas, gridSize);
    } catch {
      this.wall = null; // without WebGL the strip keeps its numbers and sliders
    }
  }

  /** @param {HTMLElement[]} pictures where the layout has put them; one for each landscape */
  place(pictures) {
    this.pictures = pictures;
    this.landscapes = [];
    this.canvas.hidden = pictures.length === 0;
    if (!this.wall || !pictures.length) return;
    this.tiles = pictures.map((picture, layer) => ({
      layer,
      neuron: 0,
      x: picture.offsetLeft + picture.offsetWidth / 2,
      y: picture.offsetTop + picture.offsetHeight / 2,
      width: picture.offsetWidth,
      height: picture.offsetHeight,
    }));
    const { tiles } = this;
    const right = Math.max(this.root.clientWidth, ...tiles.map(({ x, width }) => x + width / 2));
    const bottom = Math.max(1, ...tiles.map(({ y, height }) => y + height / 2));
    this.canvas.style.width = `${right}px`;
    this.canvas.style.height = `${bottom}px`;
    this.wall.resize(right, bottom, Math.min(devicePixelRatio, 2));
    this.wall.setScene({
      tiles,
      decision: null,
      edges: new Float32Array(0),
      rows: tiles.length,
      rowOf: (tile) => tile.layer,
      outputs: 0,
      isClassification: false,
    });
  }

  /** @param {Landscape[]} landscapes one for each picture */
  show(landscapes) {
    this.landscapes = landscapes;
    if (!this.wall) return;
    landscapes.forEach(({ heights }, row) => this.wall.setHeights(row, heights));
    this.wall.setGains(landscapes.map(({ gain }) => gain));
  }

  /** @param {number} azimuth @param {number} tilt those of the wall @param {?number[]} probe in the unit square */
  draw(azimuth, tilt, probe) {
    if (!this.wall || !this.landscapes.length) return;
    this.wall.azimuth = azimuth;
    this.wall.tilt = tilt;
    this.wall.draw();
    this.#drawDots(probe?.every((share) => share >= 0 && share <= 1) ? probe : null);
  }

  /**
   * Which point of the plane is seen at a place of the page.
   * @param {number} i which landscape @param {{clientX: number, clientY: number}} pointer
   * @returns {?{u: number, v: number}} in the unit square; null beside the landscape
   */
  pick(i, pointer) {
    if (!this.wall || !this.landscapes[i]) return null;
    const { x, y } = placeIn(this.root, pointer);
    return this.wall.pick(this.tiles[i], this.#heightAt(i), x, y);
  }

  #drawDots(probe) {
    const camera = view(this.wall.azimuth, this.wall.tilt);
    this.pictures.forEach((picture, i) => {
      const dot = picture.firstChild;
      const height = probe ? this.#heightAt(i)(...probe) : NaN;
      dot.hidden = Number.isNaN(height);
      if (dot.hidden) return;
      const { x, y } = project(camera, placement(camera, this.tiles[i]), ...probe, height);
      dot.style.left = `${x - picture.offsetLeft}px`;
      dot.style.top = `${y - picture.offsetTop}px`;
    });
  }

  #heightAt(i) {
    const { heights, gain } = this.landscapes[i];
    return heightsOf(heights, this.gridSize, 1 / gain);
  }
}

/** @returns {HTMLElement} the place of a landscape, with its dot */
export const picturePlace = () => element("div", { class: "picture" }, [element("i", { class: "probe-dot", hidden: true })]);
