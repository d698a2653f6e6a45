/**
 * The map from the input plane to the plane of two axes: where it takes the grid and the data
 * points, and which cells of the grid it turns over.
 */

import { Evaluation, standardise } from "../../lib/engine.mjs";
import { CELLS, cellBoundaries, gridLines, signedArea } from "./grid.mjs";
import { fitRange, isDrawable } from "./ranges.mjs";

const LEAST_SPAN = 0.02; // of an axis: a layer's landscapes have at least this height too
const FLAT = 1e-13; // of the plane that is drawn: below that an area is lost in rounding, and the cell has no orientation

export class Mapping {
  /**
   * @param {object} document
   * @param {import("../../lib/document.mjs").Layer[]} layers
   * @param {?import("../../lib/metrics.mjs").Points} points data; null for none
   * @param {number} layer the last to evaluate; 0 for the inputs
   */
  constructor(document, layers, points, layer) {
    const grid = gridLines(document.domain);
    this.nGrid = grid.x.length;
    this.nPoints = points?.x.length ?? 0;
    /** the grid's samples, then the data points, in the data's units */
    this.inputs = [
      Float64Array.from([...grid.x, ...(points?.x ?? [])]),
      Float64Array.from([...grid.y, ...(points?.y ?? [])]),
    ];
    this.inputRanges = this.inputs.map((values) => fitRange(values, 0));
    const [x, y] = this.inputs;
    this.evaluation = new Evaluation(layers.slice(0, layer), standardise(document, { x, y }));
    this.cells = cellBoundaries();
    /** of each cell: 1 kept, −1 turned over, 0 without area or without an image */
    this.orientation = new Int8Array(CELLS);
    this.images = this.inputs;
    this.ranges = this.inputRanges;
  }

  /**
   * Take up other numbers.
   * @param {Float64Array} parameters
   */
  update(parameters) {
    this.evaluation.update(parameters);
  }

  /**
   * Look at two axes.
   * @param {[import("./axes.mjs").Axis, import("./axes.mjs").Axis]} axes across, up @param {string} kind
   */
  look(axes, kind) {
    this.images = axes.map(({ layer, neuron }) =>
      layer === 0 ? this.inputs[neuron] : this.evaluation.values(layer, neuron, kind),
    );
    this.ranges = axes.map(({ layer, neuron }, at) =>
      layer === 0 ? this.inputRanges[neuron] : fitRange(this.images[at], LEAST_SPAN),
    );
    const [across, up] = this.ranges;
    const flat = FLAT * (across.high - across.low) * (up.high - up.low);
    this.cells.forEach((cell, i) => {
      const area = signedArea(cell, ...this.images);
      this.orientation[i] = Math.abs(area) > flat && this.#hasImage(cell) ? Math.sign(area) : 0;
    });
  }

  #hasImage(cell) {
    return this.images.every((image) => cell.every((sample) => isDrawable(image[sample])));
  }

  /** @returns {number} data points without an image */
  countLost() {
    let lost = 0;
    for (let i = this.nGrid; i < this.nGrid + this.nPoints; i += 1) lost += Number(!this.#isPointDrawable(i));
    return lost;
  }

  #isPointDrawable(i) {
    return isDrawable(this.images[0][i]) && isDrawable(this.images[1][i]);
  }

  /** @returns {{turned: number, flat: number, lost: number}} shares of the grid's cells: turned over; without area; without an image */
  shares() {
    const count = (isCounted) => this.cells.reduce((sum, cell, i) => sum + Number(isCounted(cell, i)), 0) / CELLS;
    const lost = count((cell) => !this.#hasImage(cell));
    return { turned: count((_, i) => this.orientation[i] < 0), flat: count((_, i) => this.orientation[i] === 0) - lost, lost };
  }
}
