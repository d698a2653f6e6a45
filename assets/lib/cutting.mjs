/**
 * The plane that cuts the selected landscape at height H: its controls, the level set
 * {neuron = H} as lines, and what the page says of it.
 */

import { contour } from "./contours.mjs";
import { element, setText } from "./dom.mjs";
import { formatCount, formatNumber } from "./format.mjs";
import { straightLines } from "./straight.mjs";

const STEPS = 200; // of the slider, from zero to the scale
const MOST_SOLUTIONS = 3; // that are written out

/**
 * The level set {neuron = height} of a picture: straight lines, exactly, where the picture is a
 * plane with a nonlinearity on it, else linear within the cells of its grid.
 * @param {import("./inspector.mjs").Picture} picture @param {number} height
 * @returns {{lines: Array<{points: number[][], isClosed: boolean}>, solutions: ?number[]}} solutions: the z
 *   at which activation(z) = height, where the lines are exact
 */
export function levelSet({ x, y, values, plane }, height) {
  if (!plane) return { lines: contour(x, y, values, height), solutions: null };
  const exact = straightLines(plane, height, [[x[0], x.at(-1)], [y[0], y.at(-1)]]);
  return { lines: exact.map(({ points }) => ({ points, isClosed: false })), solutions: exact.map(({ z }) => z) };
}

export class Cutting {
  /** @param {(id: string) => HTMLElement} byId @param {import("./levels.mjs").Levels} levels */
  constructor(byId, levels) {
    this.byId = byId;
    this.levels = levels;
    this.scale = 1;
    this.toggle = element("input", { type: "checkbox" });
    this.link = element("input", { type: "checkbox" });
    this.number = element("input", { type: "number", step: "any", class: "number", "aria-label": "height H, value" });
    this.range = element("input", { type: "range", "aria-label": "height H" });
    byId("cut").append(label(this.toggle, "cut at height H"), this.number, this.range);
    byId("link").append(label(this.link, "H on every map"));
    this.toggle.addEventListener("change", () => levels.set({ isCut: this.toggle.checked, isLinked: false }));
    this.link.addEventListener("change", () =>
      levels.set({ isLinked: this.link.checked, isCut: levels.isCut || this.link.checked }),
    );
    const cutAt = (text) => {
      if (text !== "" && Number.isFinite(Number(text))) levels.set({ height: Number(text), isCut: true });
    };
    this.range.addEventListener("input", () => cutAt(this.range.value));
    this.range.addEventListener("dblclick", () => cutAt("0"));
    this.number.addEventListener("change", () => cutAt(this.number.value));
  }

  /**
   * Show what is drawn.
   * @param {import("./inspector.mjs").Picture} picture @param {?ReturnType<typeof levelSet>} set null while nothing is cut
   */
  show(picture, set) {
    const { levels } = this;
    const height = levels.heightOn(picture.scale);
    this.#fitRange(picture.scale, height);
    this.toggle.checked = levels.isCut;
    this.link.checked = levels.isLinked;
    this.byId("cut").classList.toggle("is-off", !levels.isCut);
    setText(this.byId("cut-text"), set ? sentence(picture, set, height) : "");
    setText(this.byId("cut-equation"), set?.solutions?.length ? equation(picture.plane, set.solutions, height) : "");
    setText(this.byId("ghost-text"), picture.ghost ? `Ghost, dashed: epoch ${formatCount(picture.ghost.epoch)}.` : "");
  }

  #fitRange(scale, height) {
    const { range, number } = this;
    if (Number(range.max) !== scale || !range.min) {
      Object.assign(range, { step: scale / STEPS, min: -scale, max: scale });
      Object.assign(number, { min: -scale, max: scale });
    }
    if (Number(range.value) !== height) range.value = height;
    if (document.activeElement !== number) number.value = Number(height.toPrecision(4));
  }
}

const label = (input, text) => element("label", { class: "check" }, [input, text]);

/** A height in words; "exactly" must not be said of a rounded number. */
const formatHeight = (height) => (height < 0 ? "−" : "") + String(Number(Math.abs(height).toPrecision(6)));

/** What the curve is. It is all of {neuron = H} unless the landscape is level there. */
function sentence({ x, values, plane }, { lines, solutions }, height) {
  const text = formatHeight(height);
  const level = values.reduce((count, value) => count + (value === height), 0);
  if (level > x.length) return `Level at ${text}: the curve is the edge of where this neuron answers more.`;
  if (!lines.length) return `This neuron never answers ${text} here.`;
  if (plane?.activation === "step") return `The line is where this neuron steps over ${text}.`;
  const curve = solutions ? (lines.length > 1 ? "lines are" : "line is") : "curve is";
  return `The ${curve} every input for which this neuron answers exactly ${text}.`;
}

/** The equation of exact lines, with numbers. @param {import("./straight.mjs").Plane} plane */
function equation({ weights: [w1, w2], bias, activation }, solutions, height) {
  const sum = `${formatNumber(w1)}·x ${signed(w2)}·y ${signed(bias)}`;
  if (activation === "identity") return `${sum} = ${formatHeight(height)}`;
  const shown = solutions.slice(0, MOST_SOLUTIONS).map((z) => formatNumber(z, 3));
  const all = shown.join(solutions.length > MOST_SOLUTIONS ? ", " : " or ");
  return `${activation.replace("_", " ")}(z) = ${formatHeight(height)}: z = ${sum} = ${all}${solutions.length > MOST_SOLUTIONS ? ", …" : ""}`;
}

const signed = (value) => `${value < 0 ? "−" : "+"} ${formatNumber(Math.abs(value))}`;
