/**
 * Losses and accuracies after an edit, without asking the server: the twin of nets/losses.py and
 * of evaluate() in nets/training.py, which are the reference.
 */

import { layerOfParameter } from "./document.mjs";
import { Evaluation, standardise } from "./engine.mjs";

/** Loss of one point; `output(k)` gives output k, `target` is a class number or a value. */
const LOSSES = {
  softmax_cross_entropy(output, target, width) {
    let highest = -Infinity;
    for (let k = 0; k < width; k += 1) highest = Math.max(highest, output(k));
    let total = 0;
    for (let k = 0; k < width; k += 1) total += Math.exp(output(k) - highest);
    return Math.log(total) - (output(target) - highest);
  },
  hinge(output, target, width) {
    let sum = 0;
    for (let k = 0; k < width; k += 1) if (k !== target) sum += Math.max(0, 1 + output(k) - output(target));
    return sum;
  },
  mean_squared_error: ofDifferences((d) => d * d),
  mean_absolute_error: ofDifferences(Math.abs),
  huber: ofDifferences((d) => (Math.abs(d) <= 1 ? (d * d) / 2 : Math.abs(d) - 0.5)),
};

/** The sum over the outputs of a function of how far each is off. */
function ofDifferences(size) {
  return (output, target, width, isClass) => {
    let sum = 0;
    for (let k = 0; k < width; k += 1) sum += size(output(k) - (isClass ? Number(k === target) : target));
    return sum;
  };
}

/**
 * @typedef {{x: number[], y: number[], targets: number[], is_test: boolean[]}} Points
 * @typedef {{train_loss: number, test_loss: ?number, train_accuracy: ?number, test_accuracy: ?number}} Metrics
 */

/** Computes a network's metrics on fixed points. */
export class Metrics {
  /** @param {object} document @param {import("./document.mjs").Layer[]} layers @param {Points} points */
  constructor(document, layers, points) {
    this.loss = LOSSES[document.training.loss];
    this.isClass = document.data.classes > 0;
    this.points = points;
    this.evaluation = new Evaluation(layers, standardise(document, points));
    this.evaluated = []; // the parameters whose responses the evaluation holds
  }

  /** Bring the responses up to date. @param {Float64Array} parameters never changed in place */
  update(parameters) {
    if (this.evaluated === parameters) return;
    const first = parameters.findIndex((value, i) => value !== this.evaluated[i]);
    if (first >= 0) this.evaluation.update(parameters, layerOfParameter(this.evaluation.layers, first));
    this.evaluated = parameters;
  }

  /** Tell of every point whether another class than its own is the highest there. @param {(point: number, isWrong: boolean) => void} tell */
  judge(tell) {
    const { targets } = this.points;
    for (let p = 0; p < targets.length; p += 1) tell(p, this.isClass && this.#highest(p) !== targets[p]);
  }

  /** @param {Float64Array} parameters @returns {Metrics} */
  measure(parameters) {
    this.update(parameters);
    const { targets, is_test: isTest } = this.points;
    const sums = [false, true].map(() => ({ n: 0, loss: 0, right: 0 }));
    for (let p = 0; p < targets.length; p += 1) {
      const sum = sums[Number(isTest[p])];
      sum.n += 1;
      sum.loss += this.#pointLoss(p, targets[p]);
      sum.right += Number(this.#highest(p) === targets[p]);
    }
    const [train, test] = sums.map(({ n, loss, right }) => ({
      loss: n ? loss / n : null,
      accuracy: n && this.isClass ? right / n : null,
    }));
    return { train_loss: train.loss, test_loss: test.loss, train_accuracy: train.accuracy, test_accuracy: test.accuracy };
  }

  #output(p) {
    const { n, activation } = this.evaluation;
    const outputs = activation.at(-1);
    return (k) => outputs[k * n + p];
  }

  #pointLoss(p, target) {
    return this.loss(this.#output(p), target, this.evaluation.layers.at(-1).width, this.isClass);
  }

  /** The class whose output is the highest at a point; where one is undefined it is none. */
  #highest(p) {
    const { n, activation } = this.evaluation;
    const outputs = activation.at(-1);
    let best = p;
    for (let at = p; at < outputs.length; at += n) {
      if (Number.isNaN(outputs[at])) return null;
      if (outputs[at] > outputs[best]) best = at;
    }
    return (best - p) / n;
  }
}
