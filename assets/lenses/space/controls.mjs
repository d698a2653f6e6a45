/** What stands beside the plane: the menus of its axes, the slider along the way there, the legend. */

import { element, setText } from "../../lib/dom.mjs";
import { candidates, layerTitles } from "./axes.mjs";

const AXES = ["across", "up"];

const valueOf = ({ layer, neuron }) => `${layer}:${neuron}`;
const option = (value, words) => element("option", { value }, [words]);

export class Controls {
  /**
   * @param {(name: string) => HTMLElement} part finds an element of the pane
   * @param {object} hooks
   * @param {(t: number) => void} hooks.move to a place on the way
   * @param {() => void} hooks.toggle the movement
   * @param {(layer: number) => void} hooks.setLayer
   * @param {(at: 0 | 1, axis: import("./axes.mjs").Axis) => void} hooks.setAxis
   * @param {(kind: string) => void} hooks.setKind
   */
  constructor(part, hooks) {
    this.part = part;
    this.offered = ""; // what the menus offer, as text
    this.slider = element("input", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "way from the input plane" });
    this.end = element("span");
    const ends = element("div", { class: "space-ends" }, [element("span", {}, ["input plane"]), this.end]);
    part("way").append(this.slider, ends);
    this.slider.addEventListener("input", () => hooks.move(Number(this.slider.value)));
    part("play").addEventListener("click", hooks.toggle);
    part("layer").addEventListener("change", ({ target }) => hooks.setLayer(Number(target.value)));
    part("kind").addEventListener("change", ({ target }) => hooks.setKind(target.value));
    AXES.forEach((name, at) => {
      part(name).addEventListener("change", ({ target }) => {
        const [layer, neuron] = target.value.split(":").map(Number);
        hooks.setAxis(at, { layer, neuron });
      });
    });
  }

  /**
   * @param {import("./axes.mjs").Plane} plane @param {import("./journey.mjs").Journey} journey
   * @param {import("../../lib/session.mjs").Session} session
   */
  show(plane, journey, { document, layers, points }) {
    const titles = layerTitles(document);
    this.#offer(titles, candidates(plane.layer, document, layers));
    this.#choose("layer", String(plane.layer));
    AXES.forEach((name, at) => this.#choose(name, valueOf(plane.axes[at])));
    this.#choose("kind", plane.kind);
    this.part("kind").disabled = plane.axes.every(({ layer }) => layer === 0);
    this.part("legend-learnt").hidden = !points;
    this.part("legend-tested").hidden = !points?.is_test.includes(true);
    this.#showWay(journey, titles[plane.layer]);
  }

  /** Give the menus what the network has. */
  #offer(titles, axes) {
    const text = JSON.stringify([titles, axes]);
    if (text === this.offered) return;
    this.offered = text;
    this.part("layer").replaceChildren(...titles.map((title, layer) => option(layer, title)));
    for (const name of AXES) this.part(name).replaceChildren(...axes.map((axis) => option(valueOf(axis), axis.title)));
  }

  /** Choose an option of a menu, unless it is chosen already. */
  #choose(name, value) {
    const menu = this.part(name);
    if (menu.value !== value) menu.value = value;
  }

  #showWay({ t, isMoving }, title) {
    setText(this.end, title);
    if (Number(this.slider.value) !== t) this.slider.value = t;
    this.slider.setAttribute("aria-valuetext", `${Math.round(100 * t)} % of the way to ${title}`);
    const play = this.part("play");
    play.classList.toggle("is-playing", isMoving);
    const label = isMoving ? "Stop here" : t < 1 ? `Carry the plane into ${title}` : "Back to the input plane";
    if (play.title === label) return;
    play.title = label;
    play.setAttribute("aria-label", label);
  }
}
