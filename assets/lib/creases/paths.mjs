/** Creases on the maps of the flat wall: the same lines as in masks.mjs, as paths. */

import { widthOf } from "./lines.mjs";

export class CreasePaint {
  /** @param {import("../flatwall.mjs").FlatWall} wall @param {() => Record<string, string>} colours those of the theme */
  constructor(wall, colours) {
    Object.assign(this, { wall, colours });
    this.strength = 1;
    this.lines = null;
    this.paths = new Map(); // by the first and the last of their segments
  }

  /** @param {import("./lines.mjs").CreaseLines} lines */
  set(lines) {
    this.lines = lines;
    this.paths.clear();
  }

  /** Draw a landscape's creases on its map. @param {import("../arrange.mjs").Tile} tile @param {number} side CSS pixels */
  draw({ layer, neuron, x, y }, side) {
    if (!this.lines || layer === 0) return;
    const { pen } = this.wall;
    pen.save();
    pen.strokeStyle = this.colours().crease;
    pen.globalAlpha = this.strength;
    for (const [first, end] of [this.lines.shared(layer), this.lines.own(layer, neuron)]) {
      for (const [width, path] of this.#pathsOf(first, end)) {
        const placed = new Path2D();
        placed.addPath(path, new DOMMatrix([side, 0, 0, -side, x - side / 2, y + side / 2]));
        pen.lineWidth = width;
        pen.stroke(placed);
      }
    }
    pen.restore();
  }

  #pathsOf(first, end) {
    const key = `${first} ${end}`;
    if (!this.paths.has(key)) this.paths.set(key, this.#trace(first, end));
    return this.paths.get(key);
  }

  /** Creases as a path for each width of line, in the unit square. @returns {Map<number, Path2D>} */
  #trace(first, end) {
    const { ends, layers } = this.lines;
    const paths = new Map();
    for (let i = first; i < end; i += 1) {
      const width = widthOf(layers[i]);
      if (!paths.has(width)) paths.set(width, new Path2D());
      paths.get(width).moveTo(ends[4 * i], ends[4 * i + 1]);
      paths.get(width).lineTo(ends[4 * i + 2], ends[4 * i + 3]);
    }
    return paths;
  }
}
