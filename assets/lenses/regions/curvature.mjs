/** The curvature of the selected landscape, as the server computes it: asked for, read, and as an image. */

import { Asking } from "../../lib/asking.mjs";
import { decodeFloat32 } from "../../lib/document.mjs";
import { rgb } from "../../lib/gl.mjs";
import { HEIGHT_STOPS } from "../../lib/theme.mjs";
import { significant } from "./words.mjs";

const SPACING = 250; // ms between requests while training
const LEVELS = 256; // colours on either side of 0

/**
 * @typedef {object} CurvatureMap
 * @property {object} document @property {number} layer @property {number} neuron @property {string} kind what it is about
 * @property {number} points an axis @property {Float32Array} values row = v ascending; NaN where undefined
 * @property {?number} scale the largest magnitude; null where there is none
 */

export class Curvature extends Asking {
  /** @param {object} parts @param {() => {layer: number, neuron: number, kind: string}} about the selected landscape */
  constructor(parts, about) {
    super(parts, { path: "/api/curvature", spacing: SPACING, read, about });
    this.about = "";
    this.landscape = about;
  }

  /** Ask again where another landscape has been selected. */
  follow() {
    const about = JSON.stringify(this.landscape());
    if (about === this.about) return;
    this.about = about;
    this.changed();
  }
}

const read = ({ points, curvature, scale }) => ({ points, values: decodeFloat32(curvature), scale });

/**
 * One pixel a point of the grid; transparent where curvature is undefined.
 * @param {CurvatureMap} map @param {Record<string, string>} colours @returns {HTMLCanvasElement}
 */
export function curvatureImage({ points, values, scale }, colours) {
  const palette = palettes(colours);
  const image = new ImageData(points, points);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < points; row += 1) {
    for (let column = 0; column < points; column += 1) {
      const value = values[row * points + column];
      if (Number.isNaN(value)) continue;
      const t = scale ? Math.min(Math.max(value / scale, -1), 1) : 0;
      pixels[(points - 1 - row) * points + column] = palette[Math.round(LEVELS * (1 + t))];
    }
  }
  const canvas = Object.assign(document.createElement("canvas"), { width: points, height: points });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** The heights' colours from −1 to 1, as pixels. */
function palettes(colours) {
  const stops = HEIGHT_STOPS.map((_, i) => rgb(colours[`height-${i}`]));
  return Uint32Array.from({ length: 2 * LEVELS + 1 }, (_, i) => {
    const t = i / LEVELS - 1;
    const after = Math.max(HEIGHT_STOPS.findIndex((stop) => t <= stop), 1);
    const share = (t - HEIGHT_STOPS[after - 1]) / (HEIGHT_STOPS[after] - HEIGHT_STOPS[after - 1]);
    const [red, green, blue] = stops[after].map((part, c) => Math.round(255 * (stops[after - 1][c] + share * (part - stops[after - 1][c]))));
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

/**
 * The point of the grid that is nearest to a place in the unit square.
 * @param {CurvatureMap} map @param {[number, number]} place
 * @returns {{place: [number, number], value: number}}
 */
export function curvatureAt({ points, values }, [u, v]) {
  const [column, row] = [u, v].map((t) => Math.min(Math.max(Math.round(t * (points - 1)), 0), points - 1));
  return { place: [column / (points - 1), row / (points - 1)], value: values[row * points + column] };
}

/** @param {number} value @returns {string} in words */
export function curvatureText(value) {
  if (Number.isNaN(value)) return "undefined here";
  const shape = value > 0 ? "a valley: it curves upwards" : value < 0 ? "a ridge: it curves downwards" : "straight in every direction";
  return `${significant(value)}, ${shape}`;
}

/** Its colours, with the scale in numbers. @param {?CurvatureMap} map @param {Record<string, string>} colours */
export function curvatureLegend(map, colours) {
  if (!map) return { swatches: [], ramp: null };
  if (!map.scale) return { swatches: [{ colour: colours["height-2"], text: map.scale === 0 ? "0 everywhere" : "undefined everywhere" }], ramp: null };
  const ends = [`ridge ${significant(-map.scale)}`, `${significant(map.scale)} valley`];
  return { swatches: [], ramp: { colours: HEIGHT_STOPS.map((_, i) => colours[`height-${i}`]), ends } };
}
