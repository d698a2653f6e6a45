/**
 * The words and numbers around the pictures: epoch, losses and accuracies, the play button, the
 * selected neuron's name and formula, the legend, and what has to be said.
 */

import { element, setProperty, setText } from "./dom.mjs";
import { formula, levelSetFormula } from "./formula.mjs";
import { formatCount, formatLoss, formatScale, formatShare } from "./format.mjs";
import { neuronTitle } from "./scene.mjs";

const STATS = [
  ["train-loss", "train_loss", formatLoss],
  ["test-loss", "test_loss", formatLoss],
  ["train-accuracy", "train_accuracy", formatShare],
  ["test-accuracy", "test_accuracy", formatShare],
];

export class Transport {
  /** @param {(id: string) => HTMLElement} byId */
  constructor(byId) {
    this.byId = byId;
    this.minimum = element("span", { class: "number" });
    this.maximum = element("span", { class: "number" });
    this.legendText = element("span", { class: "legend-text" });
    byId("legend").append(this.minimum, element("i"), this.maximum, this.legendText);
  }

  /** @param {import("./session.mjs").Session} session @param {import("./trainer.mjs").Trainer} trainer */
  update(session, trainer) {
    setText(this.byId("epoch"), formatCount(session.progress.epoch));
    for (const [id, name, format] of STATS) setText(this.byId(id), format(session.metrics?.[name]));
    const isPlaying = trainer.state !== "paused";
    const play = this.byId("play");
    if (play.classList.contains("is-playing") !== isPlaying) {
      play.classList.toggle("is-playing", isPlaying);
      play.setAttribute("aria-label", isPlaying ? "Pause (space)" : "Play (space)");
      play.title = play.getAttribute("aria-label");
    }
  }

  /** Say something until the next thing is said. @param {string} text empty for nothing */
  say(text) {
    setText(this.byId("notice"), text);
  }

  /** @param {{layer: number, neuron: number}} selection @param {object} document @param {Array} layers */
  showNeuron({ layer, neuron }, document, layers) {
    const title = neuronTitle(layer, neuron, document);
    setText(this.byId("neuron-title"), title[0].toUpperCase() + title.slice(1));
    setText(this.byId("strip-title"), layer === 0 ? `${title} is given` : `How ${title} is made`);
    setText(this.byId("formula"), formula(layer, neuron, layers, document));
    for (const id of ["neuron-title", "strip-title"]) this.byId(id).title = `${title}: ${formula(layer, neuron, layers, document)}`;
    this.byId("inspector").classList.toggle("is-input", layer === 0);
  }

  /** @param {boolean} areClasses whether there is a choice of how to draw them */
  showOutputs(areClasses) {
    this.byId("outputs-row").hidden = !areClasses;
  }

  /** @param {string} title of the layer @param {number} scale @param {number} step between its level sets */
  showScale(title, scale, step) {
    setText(this.minimum, `−${formatScale(scale)}`);
    setText(this.maximum, `+${formatScale(scale)}`);
    setText(this.legendText, levelText(step));
    const range = `from −${formatScale(scale)} to +${formatScale(scale)}`;
    setProperty(this.byId("legend"), "title", `colour = height a(x, y) in ${title}, ${range}; ${levelSetFormula(formatScale(step))}`);
  }

  /** @param {?{epoch: number}} pinned the moment that is compared with */
  showPinned(pinned) {
    const button = this.byId("compare");
    setText(button, pinned ? `vs epoch ${formatCount(pinned.epoch)}` : "compare");
    setProperty(button, "aria-pressed", String(pinned !== null));
    setProperty(button, "title", pinned ? "Let the pinned moment go (c)" : "Keep this moment as a ghost, to compare others with (c)");
  }

  /** @param {number} step between the level sets of the inspector's picture */
  showMapScale(step) {
    setText(this.byId("map-title"), `seen from above · ${levelText(step)}`);
    setProperty(this.byId("map-title"), "title", levelSetFormula(formatScale(step)));
  }
}

const levelText = (step) => `level sets every ${formatScale(step)} · bold = 0`;
