/**
 * Every neuron's landscape as it is looked at: its heights on the wall's grid, at the data points and at
 * a single point, with the classes as scores or as probabilities, and the scale it is drawn at.
 */

import { heightScale } from "./arrange.mjs";
import { isClassification } from "./document.mjs";
import { Evaluation, GRID_SIZE, gridOf, linspace, softmax, standardise } from "./engine.mjs";
import { Metrics } from "./metrics.mjs";

export class Landscapes {
  /**
   * @param {object} document @param {import("./document.mjs").Layer[]} layers
   * @param {?import("./metrics.mjs").Points} points @param {"scores" | "probabilities"} outputs
   */
  constructor(document, layers, points, outputs) {
    Object.assign(this, { document, layers, points });
    this.isClassification = isClassification(document);
    this.evaluation = new Evaluation(layers, gridOf(document, GRID_SIZE));
    this.metrics = points ? new Metrics(document, layers, points) : null;
    this.single = new Evaluation(layers, { x: [0], y: [0] }); // of the point that was asked for last
    this.scales = [];
    this.setOutputs(outputs);
  }

  /** @param {"scores" | "probabilities"} outputs how the outputs of a classification are drawn */
  setOutputs(outputs) {
    this.areProbabilities = outputs === "probabilities" && this.isClassification;
  }

  /** Evaluate layer `from` and all after it: 1 at first. @param {Float64Array} parameters @param {number} from */
  update(parameters, from) {
    this.parameters = parameters;
    this.evaluation.update(parameters, from);
    /** what is drawn of every layer, the inputs first */
    this.heights = this.#shown(this.evaluation);
    const last = this.heights.length - 1;
    this.scales = this.heights.map((values, l) => {
      if (l < from && this.scales[l]) return this.scales[l];
      return this.areProbabilities && l === last ? 1 : heightScale(values);
    });
  }

  /** Every layer's activations of an evaluation, the outputs as they are looked at. */
  #shown({ activation }) {
    return this.areProbabilities ? [...activation.slice(0, -1), softmax(activation.at(-1), this.layers.at(-1).width)] : activation;
  }

  /** One neuron's values among those of an evaluation. */
  #of(evaluation, layer, neuron, kind) {
    if (kind !== "activation" || !this.areProbabilities || layer < this.layers.length) return evaluation.values(layer, neuron, kind);
    return this.#shown(evaluation)[layer].subarray(neuron * evaluation.n, (neuron + 1) * evaluation.n);
  }

  /**
   * A neuron's landscape on a grid, as it is looked at.
   * @param {number} layer @param {number} neuron @param {string} kind @param {number} n points an axis
   * @returns {Float64Array}
   */
  on(layer, neuron, kind, n = GRID_SIZE) {
    return this.#of(this.#evaluationOn(n, layer), layer, neuron, kind);
  }

  /** The same as it is computed, whatever the classes are looked at as. */
  computed(layer, neuron, kind, n = GRID_SIZE) {
    return this.#evaluationOn(n, layer).values(layer, neuron, kind);
  }

  #evaluationOn(n, to) {
    if (n === GRID_SIZE) return this.evaluation;
    const evaluation = new Evaluation(this.layers, gridOf(this.document, n));
    evaluation.update(this.parameters, 1, to);
    return evaluation;
  }

  /** A neuron's heights at any points, as it is looked at. @param {{x: number[], y: number[]}} points in the data's units */
  along(points, layer, neuron, kind) {
    const evaluation = new Evaluation(this.layers, standardise(this.document, points));
    evaluation.update(this.parameters, 1, layer);
    return this.#of(evaluation, layer, neuron, kind);
  }

  /** The height at which values of a layer are drawn. @param {number} layer @param {string} kind @param {Float64Array} values */
  scaleOf(layer, kind, values) {
    return kind === "activation" ? this.scales[layer] : heightScale(values);
  }

  /** The grid's coordinates, in the data's units. @param {number} n points an axis @returns {[Float64Array, Float64Array]} */
  axes(n = GRID_SIZE) {
    return this.document.domain.map(([low, high]) => linspace(low, high, n));
  }

  /** Every layer's values at one point of the plane. @param {{x: number, y: number}} point @returns {Float64Array[]} */
  at({ x, y }) {
    const seen = standardise(this.document, { x: [x], y: [y] });
    this.single.activation[0].set([...seen.x, ...seen.y]);
    this.single.update(this.parameters);
    return this.#shown(this.single);
  }

  /**
   * A neuron's heights at the data points; a regression's output has those that are asked for.
   * @param {number} layer @param {number} neuron @param {string} kind
   * @returns {ArrayLike<number>}
   */
  atPoints(layer, neuron, kind) {
    const isOutput = layer === this.layers.length;
    if (isOutput && !this.isClassification) return this.points.targets;
    this.metrics.update(this.parameters);
    return this.#of(this.metrics.evaluation, layer, neuron, kind);
  }
}
