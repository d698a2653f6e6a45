/**
 * The page's entry: waits for Dash to build the frame, then creates the parts and wires them
 * together. Whatever can be tested on its own is in lib/.
 */

import { createActions, wireActions } from "./lib/actions.mjs";
import { Comparison } from "./lib/comparison.mjs";
import { consoleApi } from "./lib/console.mjs";
import { element } from "./lib/dom.mjs";
import { Editing } from "./lib/editing.mjs";
import { GRID_SIZE } from "./lib/engine.mjs";
import { wireWall } from "./lib/gestures.mjs";
import { addBox, Gradients } from "./lib/gradients.mjs";
import { History } from "./lib/history.mjs";
import { Lenses } from "./lib/lenses.mjs";
import { Levels } from "./lib/levels.mjs";
import { isReload, readLink } from "./lib/link.mjs";
import { NeuronTools } from "./lib/neurontools.mjs";
import { openLink, wireOpening } from "./lib/opening.mjs";
import { Overlay } from "./lib/overlay.mjs";
import { Panel } from "./lib/panel.mjs";
import { Probe } from "./lib/probe.mjs";
import { Session } from "./lib/session.mjs";
import { Sheets } from "./lib/sheets.mjs";
import { findStorage } from "./lib/storage.mjs";
import { Terms } from "./lib/terms.mjs";
import { currentTheme, readColours, setTheme } from "./lib/theme.mjs";
import { Timeline } from "./lib/timeline.mjs";
import { Trainer } from "./lib/trainer.mjs";
import { Transport } from "./lib/transport.mjs";
import { View } from "./lib/view.mjs";
import { Wall } from "./lib/wall.mjs";
import { Weights } from "./lib/weights.mjs";

const SAVE_EVERY = 1000; // ms, while training
const FULL = "This browser has no room to remember the network; a link or a file (Share) keeps it.";
const NO_ANSWER = "The server did not answer, so here is a new network. What this browser had saved is still there: load the page again.";

const dash = (window.dash_clientside ??= {});
const byId = (id) => document.getElementById(id);

/** Wait until Dash has put something on the page. @param {() => any} find */
function whenThere(find) {
  return new Promise((resolve) => {
    const look = () => {
      const found = find();
      if (!found) return;
      observer.disconnect();
      resolve(found);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { childList: true, subtree: true });
    look();
  });
}

const newCanvas = () => element("canvas", { class: "wall-canvas", "aria-hidden": "true" });

async function createWall() {
  try {
    return new Wall(newCanvas(), GRID_SIZE);
  } catch (error) {
    byId("flat-note").textContent = "Flat maps, because this browser cannot draw landscapes.";
    byId("flat-note").title = error.message;
    const { FlatWall } = await import("./lib/flatwall.mjs");
    return new FlatWall(newCanvas(), GRID_SIZE);
  }
}

/** Create the parts. @param {HTMLElement} frame the wall's element @param {Wall | FlatWall} wall */
function build(frame, wall) {
  const storage = findStorage();
  const link = readLink(location.search);
  const session = link.preset ? new Session(storage, `relief.preset.${link.preset}`) : new Session(storage);
  const history = new History();
  const trainer = new Trainer(session, history);
  const editing = new Editing(session, history, trainer);
  const transport = new Transport(byId);
  const cover = element("div", { class: "overlay" });
  frame.append(wall.canvas, cover);
  const overlay = new Overlay(cover, (layer, neuron) => view.select(layer, neuron));
  const hooks = {
    isUnderWay: () => editing.isUnderWay,
    start: () => editing.start(),
    change: (index, value) => session.setParameter(index, value),
    end: () => editing.end(),
  };
  const probe = new Probe();
  const places = { terms: byId("terms"), buildUp: byId("build-up"), point: byId("strip-point") };
  const terms = new Terms(places, { ...hooks, refresh: () => view.request() }, probe, GRID_SIZE);
  const levels = new Levels(storage);
  const comparison = new Comparison(session, history);
  const timeline = new Timeline(byId("timeline"), history, comparison, (index) => editing.seek(index));
  const panel = new Panel(dash, {
    model: () => session.model(),
    selection: () => ({ layer: view.selection.layer - 1, neuron: view.selection.neuron }),
    version: () => session.parameters,
    hold: () => trainer.hold(),
    accept: (proposal, loaded) => accept(parts, proposal, loaded),
  });
  const view = new View({ session, trainer, wall, overlay, terms, timeline, transport, panel, probe, levels, comparison }, frame);
  const weights = new Weights(frame, session, {
    ...hooks,
    lines: () => view.lines,
    refresh: () => view.refreshLines(),
    leave: () => overlay.select(view.selection, true),
  });
  view.weights = weights;
  const neuronTools = new NeuronTools(byId("neuron-tools"), (change) => panel.change(change).catch(() => {})); // said by accept()
  view.addEventListener("select", () => neuronTools.show(session.document, view.selection));
  const gradients = new Gradients({ session, trainer, editing, storage });
  gradients.addEventListener("change", () => view.request());
  addBox(byId("pull"), gradients);
  view.gradients = gradients;
  editing.measure = () => view.measure();
  editing.load = (document, isAnotherRun) => panel.load(document, isAnotherRun);
  const parts = { dash, storage, link, session, history, trainer, editing, transport, wall, terms, weights, probe, neuronTools, gradients, levels, comparison, panel, view, frame };
  parts.sheets = new Sheets(parts);
  parts.lenses = new Lenses(parts, document.querySelector("nav"));
  parts.actions = createActions(parts);
  return parts;
}

/** Take up what Python proposes, and say what it could not do. */
function accept({ editing, transport, trainer }, proposal, loaded) {
  const { document: proposed, error, where } = proposal;
  if (proposed) {
    if (!loaded || (loaded.isAnotherRun && !editing.isTravelling)) editing.rememberBefore(proposed);
    editing.takeUp(proposal, loaded?.isAnotherRun ?? false);
  }
  trainer.release(); // first, because training that starts clears the notice
  transport.say(error ? `${error[0].toUpperCase()}${error.slice(1)}${where ? ` (${where})` : ""}.` : "");
}

/** Keep what is saved up to date. */
function wireSaving({ session, trainer, editing, transport }) {
  const saveNow = () => session.save(editing.present());
  // later, because whoever saves says something of its own
  session.addEventListener("full", () => setTimeout(() => transport.say(FULL)));
  addEventListener("pagehide", saveNow);
  setInterval(() => trainer.isRunning && saveNow(), SAVE_EVERY);
  trainer.addEventListener("state", () => {
    transport.say(trainer.notice);
    if (trainer.state === "paused") saveNow();
  });
}

/** Connect Dash's clientside callbacks (see app/callbacks.py). */
function wireDash({ panel, trainer, view, levels }) {
  const unchanged = () => dash.no_update;
  dash.relief = {
    collect() {
      panel.collect(dash.callback_context.triggered);
      return unchanged();
    },
    accept(proposal) {
      panel.accept(proposal);
      return unchanged();
    },
    setRate(rate) {
      trainer.setRate(rate ? Number(rate) : null);
      return unchanged();
    },
    setOutputs(outputs) {
      view.setOutputs(outputs);
      return unchanged();
    },
    setKind(kind) {
      view.setKind(kind);
      return unchanged();
    },
    setLevelRule(rule) {
      if (rule !== levels.rule) levels.set({ rule });
      return unchanged();
    },
  };
}

/** Show the selected neuron's nonlinearity in its menu, and whether the neuron can be removed. */
function showActivation({ session, view, panel }) {
  const { layer, neuron } = view.selection;
  const own = session.layers[layer - 1];
  panel.show([
    { id: { control: "neuron-activation", layer: -1 }, props: { value: own?.activation[neuron] ?? null } },
    { id: { control: "remove-neuron", layer: -1 }, props: { hidden: !own || layer === session.layers.length || own.width === 1 } },
  ]);
}

/** Begin with the network in the link that led here, else with what was saved. */
async function begin(parts, initial) {
  parts.panel.remember(initial.shown);
  const link = await openLink(parts);
  if (!link.isOpen) await resume(parts, initial);
  if (link.error) parts.transport.say(link.error);
}

const unread = (why) => `What this browser had saved could not be read (${why}); it was set aside, and here is a new network.`;

/**
 * Begin with the preset that the link names, else with what was saved in this browser, else with what the page was
 * delivered with. A reload goes on with what was made of the preset, which is saved in a place of its own.
 */
async function resume(parts, initial) {
  const { session, editing, panel, transport, link } = parts;
  let complaint = "";
  const saved = link.preset && !isReload() ? null : session.saved();
  const presets = link.preset && (await import("./sheets/presets.mjs"));
  if (presets && !saved && (await presets.openPreset(parts, link.preset))) return;
  if (saved) {
    try {
      await panel.load(saved, true);
      if (presets) presets.remind(parts, link.preset);
      return;
    } catch ({ message, where }) {
      if (where === undefined) session.stopSaving();
      else session.setAside();
      complaint = where === undefined ? NO_ANSWER : unread(message);
    }
  }
  if (!saved && session.isIllegible) {
    session.setAside();
    complaint = unread("it is not JSON");
  }
  editing.takeUp(initial, true);
  if (complaint) transport.say(complaint);
}

/** Plotly arrives later than everything else; the inspector begins when it is there. */
async function addInspector({ view, levels, probe, dash, transport }) {
  const graph = (id) => document.querySelector(`#${id} .js-plotly-plot`);
  const modules = Promise.all(["inspector", "picture", "cutting"].map((name) => import(`./lib/${name}.mjs`)));
  await whenThere(() => window.Plotly && graph("surface-plot")?._fullLayout && graph("map-plot")?._fullLayout);
  const [{ Inspector }, { pictureOf, FINE_GRID_SIZE }, { Cutting }] = await modules;
  const cutting = new Cutting(byId, levels);
  dash.set_props("level-rule", { value: levels.rule });
  view.inspector = new Inspector(window.Plotly, graph("surface-plot"), graph("map-plot"), {
    moving: () => pictureOf(view, GRID_SIZE),
    resting: () => pictureOf(view, FINE_GRID_SIZE),
    describe(picture, set) {
      transport.showMapScale(picture.step);
      cutting.show(picture, set);
    },
  });
  for (const plot of [graph("surface-plot"), graph("map-plot")]) {
    plot.on("plotly_hover", ({ points: [{ x, y }] }) => probe.show({ x, y }));
    plot.on("plotly_unhover", () => probe.show(null));
  }
  view.setColours(view.colours);
  view.dispatchEvent(new Event("inspector"));
  new ResizeObserver(() => view.inspector.resize()).observe(byId("inspector"));
}

async function main() {
  const frame = await whenThere(() => byId("help-sheet") && byId("wall"));
  const initial = JSON.parse(byId("relief-initial").textContent);
  const parts = build(frame, await createWall());
  const { session, view, trainer, history, editing } = parts;
  trainer.rate = initial.rate;
  view.addEventListener("select", () => showActivation(parts));
  wireDash(parts);
  wireWall(parts, byId("tilt"));
  wireActions(parts);
  wireSaving(parts);
  setTheme(dash, currentTheme());
  view.setColours(readColours());
  await begin(parts, initial);
  wireOpening(parts);
  if (parts.link.complaint) parts.transport.say(`${byId("notice").textContent} ${parts.link.complaint}`.trim());
  new ResizeObserver(() => view.resize()).observe(frame);
  window.relief = consoleApi({ session, history, trainer, view, editing });
  await addInspector(parts);
}

main();
