/**
 * The composition strip: w₁·S₁ + w₂·S₂ + … + b = z → activation for the selected neuron. Each
 * term is a landscape with its weight under it; all terms and their sum are drawn at one scale. At
 * the probe every landscape says its number, so that the sum can be checked by hand.
 */

import { heightScale, roundUp } from "./arrange.mjs";
import { BuildUp } from "./buildup.mjs";
import { partialSum, sumAt } from "./composition.mjs";
import { element, setText } from "./dom.mjs";
import { formatReading, formatScale } from "./format.mjs";
import { pulls } from "./gradients.mjs";
import { Graph } from "./graph.mjs";
import { inDomain } from "./square.mjs";
import { TermEditor } from "./termeditor.mjs";
import { picturePlace, TermPictures } from "./termpictures.mjs";

const HINT = "point at a landscape to see the numbers there · drag a slider: every landscape downstream follows";

/**
 * @typedef {object} Term
 * @property {string} symbol as in the formula
 * @property {string} name read out
 * @property {?number} parameter index into the parameter vector; null for the sum and the activation
 * @property {string} [nonlinearity] of the activation
 */

export class Terms {
  /**
   * @param {{terms: HTMLElement, buildUp: HTMLElement, point: HTMLElement}} places of the terms, the slider that adds
   *   them up, and the probe's coordinates
   * @param {object} hooks
   * @param {() => void} hooks.start before every change of a gesture
   * @param {(index: number, value: number) => void} hooks.change
   * @param {() => void} hooks.end after it, or where there is none
   * @param {() => void} hooks.refresh when it has to be drawn again
   * @param {import("./probe.mjs").Probe} probe
   * @param {number} gridSize
   */
  constructor(places, hooks, probe, gridSize) {
    this.root = places.terms;
    this.pointText = places.point;
    this.hooks = hooks;
    this.probe = probe;
    this.flat = new Float64Array(gridSize ** 2).fill(1); // the bias's landscape, before it is multiplied
    this.rows = [];
    this.graph = new Graph();
    this.pictures = new TermPictures(this.root, gridSize);
    this.buildUp = new BuildUp(places.buildUp);
    this.buildUp.addEventListener("change", () => hooks.refresh());
    this.#listen();
  }

  get wall() {
    return this.pictures.wall;
  }

  /** @param {Record<string, string>} colours */
  setColours(colours) {
    this.wall?.setColours(colours);
  }

  /**
   * Show another neuron.
   * @param {Term[]} terms incoming ones and the bias, then the sum, then the activation; none for an input
   * @param {Float64Array} parameters
   */
  build(terms, parameters) {
    this.hooks.end(); // the slider in hand, if there is one, is about to go
    this.rows = terms.map((term) => this.#row(term, parameters));
    this.root.replaceChildren(this.pictures.canvas, ...this.#pieces());
    this.buildUp.reset(Math.max(terms.length - 2, 0));
    if (!terms.length) setText(this.pointText, "");
    this.arrange();
  }

  /** Place the pictures where the layout has put their terms. */
  arrange() {
    this.pictures.place(this.rows.map(({ picture }) => picture));
  }

  /**
   * Show the present numbers and landscapes.
   * @param {object} now
   * @param {Float64Array} now.parameters
   * @param {Float64Array[]} now.inputs the landscape of every input, before its weight
   * @param {Float64Array} now.preactivation @param {Float64Array} now.activation
   * @param {number} now.activationScale as on the wall
   * @param {number[][]} now.domain
   * @param {?import("./composition.mjs").Arithmetic} now.arithmetic the neuron's numbers at the probe
   * @param {?Float64Array} now.gradient ∂loss/∂parameter
   */
  update(now) {
    this.domain = now.domain;
    const values = this.#editors.map(({ term }) => now.parameters[term.parameter]);
    const { scale, sum } = this.#sum(now, values);
    this.pictures.show([
      ...[...now.inputs, this.flat].map((heights, i) => ({ heights, gain: values[i] / scale })),
      { heights: sum, gain: 1 / scale },
      { heights: now.activation, gain: 1 / now.activationScale },
    ]);
    this.#showEditors(values, now.gradient);
    this.#showResults(scale, now.activationScale, now.preactivation);
    this.#showArithmetic(now.arithmetic);
  }

  /** @param {number} azimuth @param {number} tilt those of the wall */
  draw(azimuth, tilt) {
    const { point } = this.probe;
    const shares = ([low, high], value) => (value - low) / (high - low);
    this.pictures.draw(azimuth, tilt, point && [point.x, point.y].map((value, i) => shares(this.domain[i], value)));
  }

  get #editors() {
    return this.rows.slice(0, -2);
  }

  /** What is added up so far, and the height scale of all terms, which building up does not change. */
  #sum({ inputs, preactivation }, values) {
    const { count, isComplete } = this.buildUp;
    const partial = partialSum(inputs, values.slice(0, -1), values.at(-1), count);
    const reach = inputs.map((heights, i) => Math.abs(values[i]) * heightScale(heights));
    const scale = roundUp(Math.max(0.01, ...reach, Math.abs(values.at(-1)), partial.scale, heightScale(preactivation)));
    return { scale, sum: isComplete ? preactivation : partial.sum };
  }

  #listen() {
    const rowOf = ({ target }) => this.rows.findIndex(({ picture }) => picture.contains(target));
    this.root.addEventListener("pointermove", (event) => {
      if (!event.buttons) this.probe.show(this.#pointAt(rowOf(event), event));
    });
    this.root.addEventListener("pointerleave", () => this.probe.show(null));
    this.root.addEventListener("dblclick", (event) => this.rows[rowOf(event)]?.editor?.zero());
  }

  #pointAt(row, event) {
    const found = this.pictures.pick(row, event);
    return found && inDomain(this.domain, [found.u, found.v]);
  }

  #row(term, parameters) {
    const picture = picturePlace();
    const symbol = element("span", { class: "symbol" }, [term.symbol]);
    const reading = element("span", { class: "number product" });
    if (term.parameter === null) {
      const value = element("span", { class: "number value" });
      const node = element("div", { class: "term result" }, [picture, symbol, value, reading]);
      return { term, picture, symbol, value, reading, node };
    }
    const editor = new TermEditor(term.name, term.symbol[0], parameters[term.parameter], {
      change: (value) => {
        this.hooks.start();
        this.hooks.change(term.parameter, value);
      },
      end: () => this.hooks.end(),
    });
    const node = element("div", { class: "term" }, [picture, symbol, ...editor.nodes, reading]);
    return { term, picture, symbol, editor, reading, node };
  }

  /** Everything in its order, with + between the parts of the sum, = before it and → after it. */
  #pieces() {
    if (!this.rows.length) return [];
    const nodes = this.rows.map(({ node }) => node);
    const last = nodes.pop();
    const signs = nodes.map((_, i) => (i === nodes.length - 1 ? "=" : "+"));
    const sum = nodes.flatMap((node, i) => (i ? [operator(signs[i]), node] : [node]));
    const hint = element("span", { class: "hint" }, [HINT]);
    return [...sum, operator("→"), this.graph.node, operator("→"), last, hint];
  }

  #showEditors(values, gradient) {
    const pull = gradient && pulls(gradient, this.#editors.map(({ term }) => term.parameter));
    this.#editors.forEach(({ editor, node }, i) => {
      editor.show(values[i]);
      editor.showPull(pull && pull[i]);
      node.classList.toggle("is-waiting", i >= this.buildUp.count);
    });
  }

  #showResults(scale, activationScale, preactivation) {
    const [sum, activation] = this.rows.slice(-2);
    const { count, total, isComplete } = this.buildUp;
    setText(sum.symbol, isComplete ? sum.term.symbol : `sum of ${count} of ${total}`);
    setText(sum.value, `±${formatScale(scale)}`);
    setText(activation.value, `±${formatScale(activationScale)}`);
    this.graph.show(activation.term.nonlinearity, preactivation);
    for (const node of [this.graph.node, activation.node]) node.classList.toggle("is-waiting", !isComplete);
  }

  /** Write every number of the sum at the probe. */
  #showArithmetic(arithmetic) {
    const { point } = this.probe;
    const { count, isComplete } = this.buildUp;
    const text = (value) => (arithmetic ? formatReading(value()) : "");
    setText(this.pointText, arithmetic ? `at (${formatReading(point.x)}, ${formatReading(point.y)})` : "");
    this.root.classList.toggle("has-readings", arithmetic !== null);
    this.#editors.forEach(({ term, symbol, reading }, i) => {
      const factor = arithmetic?.terms[i];
      setText(symbol, factor ? `${formatReading(factor.input)} ×` : term.symbol);
      setText(reading, text(() => (factor ? factor.product : arithmetic.bias)));
    });
    const [sum, activation] = this.rows.slice(-2);
    setText(sum.reading, text(() => sumAt(arithmetic, count)));
    setText(activation.reading, isComplete ? text(() => arithmetic.activation) : "");
    this.graph.mark(arithmetic && isComplete ? arithmetic.preactivation : null);
  }
}

const operator = (sign) => element("span", { class: "operator", "aria-hidden": "true" }, [sign]);
