/** Actions: what buttons and keys do, by name. */

import { NOT_LOADED } from "./dom.mjs";
import { handleKeys } from "./keys.mjs";
import { currentTheme, readColours, rememberTheme, setTheme } from "./theme.mjs";
import { parametersOf } from "./weights.mjs";

/** Keys and the actions they stand for. */
const KEYS = {
  " ": "play",
  ".": "step",
  "r": "reset",
  "n": "newWeights",
  "m": "measures",
  "k": "creases",
  "g": "presets",
  "p": "present",
  "t": "theme",
  "Ctrl+z": "undo",
  "Ctrl+Shift+z": "redo",
  "Ctrl+y": "redo",
  "w": "weights",
  "f": "freeze",
  "Shift+f": "freezeLayer",
  "o": "switchOff",
  "Escape": "escape",
  "[": "earlier",
  "]": "later",
  "c": "compare",
  "?": "help",
};

/** Parts that are made when they are first wanted. */
const LATER = {
  presentation: () => import("./present.mjs"),
  creases: () => import("./creases.mjs"),
};

/** What buttons and keys do, by name; a button's id is its action's name. @param {object} parts */
export function createActions(parts) {
  const { dash, storage, session, history, trainer, editing, panel, sheets, view, weights, probe, neuronTools, comparison, transport } = parts;
  const made = {};
  const toggle = async (name) => {
    made[name] ??= LATER[name]().then(({ create }) => create(parts));
    try {
      parts[name] = await made[name];
    } catch {
      delete made[name];
      transport.say(NOT_LOADED);
      return;
    }
    parts[name].toggle();
  };
  return {
    play: () => (trainer.state === "paused" ? trainer.play() : trainer.pause()),
    step: () => trainer.step(1),
    reset() {
      trainer.pause();
      if (!editing.reset()) panel.change({ control: "same-weights" }).catch(() => {}); // said by accept()
    },
    newWeights: () => void panel.change({ control: "new-weights" }).catch(() => {}),
    measures: () => sheets.open("measures"),
    presets: () => sheets.open("presets"),
    present: () => toggle("presentation"),
    creases: () => toggle("creases"),
    escape() {
      if (parts.presentation?.isOn) parts.presentation.leave();
      else probe.clear();
    },
    undo: () => editing.undo(),
    redo: () => editing.redo(),
    earlier: () => editing.seek(history.cursor - 1),
    later: () => editing.seek(history.cursor + 1),
    compare() {
      comparison.toggle();
      view.redraw();
    },
    theme() {
      const theme = currentTheme() === "dark" ? "light" : "dark";
      setTheme(dash, theme);
      rememberTheme(theme, storage);
      view.setColours(readColours());
    },
    weights() {
      const { layer, neuron } = view.selection;
      if (layer > 0) weights.focus(parametersOf(session.layers, { layer, neuron })[0]);
    },
    freeze: () => neuronTools.toggle("freeze"),
    freezeLayer: () => neuronTools.toggle("freeze-layer"),
    switchOff: () => neuronTools.toggle("switch-off"),
    help: () => sheets.open("help"),
  };
}

/** Connect the buttons and the keyboard. @param {object} parts */
export function wireActions({ actions, lenses }) {
  for (const [id, action] of Object.entries(actions)) {
    const button = document.getElementById(id);
    if (button && !button.dataset.opens && !button.closest("#neuron-tools")) button.addEventListener("click", action);
  }
  const digits = lenses.links.map(({ dataset }, i) => [String(i + 1), () => lenses.choose(dataset.lens)]);
  handleKeys(Object.fromEntries([...Object.entries(KEYS).map(([key, name]) => [key, actions[name]]), ...digits]));
}
