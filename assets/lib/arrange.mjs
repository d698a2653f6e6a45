/**
 * Where every tile of the wall goes: inputs at the left, outputs at the right, a column a layer.
 * Pure geometry in CSS pixels; what does not fit gets its smallest size and makes the wall scroll.
 */

const HEAD = 40; // height of the column heads
const FOOT = 10;
const NARROWEST = 68; // of a column
const LOWEST = 30; // of a tile
const HIGHEST = { inner: 104, end: 122 }; // of a tile, in a view of usual height: hidden layers; inputs and outputs
const USUAL = 410; // of a view's usable height; taller views have taller tiles
const WIDEST_RATIO = 1.9; // width over height of a tile

/**
 * @typedef {{layer: number, neuron: number, x: number, y: number, width: number, height: number}} Tile
 *   x and y are the tile's centre
 * @typedef {{x: number, layer: number}} Column
 */

/**
 * @param {number[]} widths neurons a layer, the two inputs first
 * @param {boolean} hasDecision whether a last column holds one more tile (layer = widths.length)
 * @param {number} width of the view @param {number} height of the view
 * @returns {{columns: Column[], tiles: Tile[], width: number, height: number}}
 */
export function arrange(widths, hasDecision, width, height) {
  const counts = hasDecision ? [...widths, 1] : widths;
  const contentWidth = Math.max(width, counts.length * NARROWEST);
  const pitch = contentWidth / counts.length;
  const usable = Math.max(height - HEAD - FOOT, LOWEST * Math.max(...counts));
  const columns = counts.map((_, layer) => ({ layer, x: pitch * (layer + 0.5) }));
  const tiles = columns.flatMap(({ layer, x }) => {
    const isEnd = layer === 0 || layer >= widths.length - 1;
    const growth = Math.max(1, (height - HEAD - FOOT) / USUAL);
    const tallest = growth * (layer === widths.length ? 1.22 * HIGHEST.end : HIGHEST[isEnd ? "end" : "inner"]);
    const step = Math.min(usable / counts[layer], tallest);
    const tileWidth = Math.min(pitch - 12, step * WIDEST_RATIO);
    return Array.from({ length: counts[layer] }, (_, neuron) => ({
      layer,
      neuron,
      x,
      y: HEAD + usable / 2 + (neuron - (counts[layer] - 1) / 2) * step,
      width: tileWidth,
      height: step,
    }));
  });
  return { columns, tiles, width: contentWidth, height: HEAD + usable + FOOT };
}

const ROUND = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10]; // numbers whose quarters are short too

/**
 * The smallest round number that is not below a value.
 * @param {number} value positive
 */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const digits = ROUND.find((candidate) => value <= candidate * power * (1 + 1e-9));
  return Number((digits * power).toPrecision(2));
}

export const LEVELS = 4; // level sets between zero and the scale, where nothing else was asked for

/** Beyond this a height cannot be drawn, and the surface has a hole: it and its inverse must be float32 numbers. */
export const LARGEST_HEIGHT = 1e36;

/**
 * The height at which a layer's landscapes are drawn: one round number for the whole layer.
 * @param {Float64Array} values all its activations; those that cannot be drawn do not count
 * @returns {number} at least the largest magnitude, and at least 0.01
 */
export function heightScale(values) {
  let largest = 0;
  for (let i = 0; i < values.length; i += 1) {
    const magnitude = Math.abs(values[i]);
    if (magnitude > largest && magnitude <= LARGEST_HEIGHT) largest = magnitude;
  }
  return roundUp(Math.max(largest, 0.01));
}
