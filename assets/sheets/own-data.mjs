/**
 * The sheet of one's own data: its tabs, and what is drawn, pasted or written sent to Python as a
 * change of the document, so that it can be undone and training goes on with it (see app/edits.py).
 */

import { roundUp } from "../lib/arrange.mjs";
import { element, setText } from "../lib/dom.mjs";
import { formatNumber } from "../lib/format.mjs";
import { Drawing, classButton } from "./own-data/drawing.mjs";

const LARGEST_TEXT = 300_000; // characters of a table; with the document they are one request
const N_CLASSES = 6; // to choose from; more where the data has more

const byId = (id) => document.getElementById(id);
const count = (n, one, many) => `${n} ${n === 1 ? one : many}`;

/** @param {object} parts of the page (see main.mjs) @param {HTMLElement} dialog */
export function create(parts, dialog) {
  const show = wireTabs(dialog);
  const sender = new Sender(parts.panel);
  const { drawing, update } = wireDrawing(parts, sender);
  sender.settled = update;
  wireTable(sender);
  const formula = wireFormula(parts, sender);
  parts.session.addEventListener("settings", () => dialog.open && update());
  return {
    open() {
      if (parts.session.document.data.formula) show("formula");
      formula();
      drawing.recentre();
      update();
    },
  };
}

/** Sends changes one after another, so that each stroke is an undo of its own. */
class Sender {
  constructor(panel) {
    this.panel = panel;
    this.settled = () => {}; // when nothing is under way any more
    this.waiting = 0;
    this.last = Promise.resolve();
  }

  /** @returns {Promise<object>} the document that came of it; rejects with what is wrong */
  send(control, value) {
    this.waiting += 1;
    const answer = this.last.then(() => this.panel.change({ control, value })).finally(() => this.#settle());
    this.last = answer.catch(() => {});
    return answer.then((proposal) => proposal.document);
  }

  #settle() {
    this.waiting -= 1;
    if (!this.waiting) this.settled();
  }
}

/** @returns {(name: string) => void} shows a tab */
function wireTabs(dialog) {
  const tabs = [...dialog.querySelectorAll("[role=tab]")];
  const show = (name) => {
    for (const tab of tabs) {
      const isShown = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = !isShown;
    }
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => show(tab.dataset.tab));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = tabs[(i + step + tabs.length) % tabs.length];
      show(next.dataset.tab);
      next.focus();
    });
  });
  return show;
}

/** A group of buttons of which one is pressed. @returns {(value: string) => void} presses one without saying so */
function wireChoices(group, chosen, attribute = "value") {
  const press = (value) => {
    for (const button of group.children) button.setAttribute("aria-pressed", String(button.dataset[attribute] === String(value)));
  };
  group.addEventListener("click", ({ target }) => {
    const value = target.closest("button")?.dataset[attribute];
    if (value === undefined) return;
    press(value);
    chosen(value);
  });
  return press;
}

/** @returns {{drawing: Drawing, update: () => void}} update brings the drawing up to date with the session */
function wireDrawing({ session, actions }, sender) {
  const status = byId("own-draw-status");
  const say = (text) => setText(status, text);
  const drawing = new Drawing(byId("own-canvas"), { stroke: apply, say });
  const slider = element("input", { type: "range", step: "any", "aria-label": "value to add" });
  const reading = element("output", { class: "number" });
  byId("own-value").append(slider, reading);

  const pressTask = wireChoices(byId("own-task"), (task) => {
    begin(task === "classes");
    say(ownTask() && ownTask() !== task ? `The first point begins a new drawing, of ${task}.` : "");
    if (ownTask() === task) update();
  });
  wireChoices(byId("own-tool"), (tool) => (drawing.isRemoving = tool === "remove"));
  const pressClass = wireChoices(byId("own-classes"), (index) => drawing.setTarget(Number(index)), "class");
  slider.addEventListener("input", () => chooseValue(Number(slider.value)));
  byId("own-clear").addEventListener("click", () => {
    begin(drawing.isClasses);
    say("Nothing is drawn; the network keeps its present data until the first point.");
  });
  byId("own-start").addEventListener("click", () => {
    begin(session.document.data.classes > 0);
    drawing.points = present();
    apply(drawing.points);
  });
  drawing.canvas.addEventListener("keydown", (event) => {
    if (/^[1-9]$/.test(event.key) && drawing.isClasses && byId("own-classes").children[event.key - 1]) {
      byId("own-classes").children[event.key - 1].click();
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      event.preventDefault();
      if (event.shiftKey) actions.redo();
      else actions.undo();
    }
  });

  const present = () => {
    const { x, y, targets } = session.points;
    return x.map((_, i) => ({ x: x[i], y: y[i], target: targets[i] }));
  };
  /** What the points of one's own are at present; nothing where they are generated. */
  const ownTask = () => {
    const { points, classes } = session.document.data;
    return points ? (classes ? "classes" : "values") : null;
  };

  function chooseValue(value) {
    slider.value = value;
    setText(reading, formatNumber(value));
    drawing.setTarget(value);
  }

  /** Begin an empty drawing. */
  function begin(isClasses) {
    const { data, domain } = session.document;
    const isSame = isClasses === data.classes > 0;
    const target = drawing.isClasses === isClasses ? drawing.target : 0;
    drawing.domain = domain;
    drawing.isClasses = isClasses;
    drawing.points = [];
    drawing.ghosts = isSame ? present() : [];
    drawing.scale = roundUp(Math.max(1e-6, isSame && !isClasses ? Math.max(...session.points.targets.map(Math.abs)) : 1));
    pressTask(isClasses ? "classes" : "values");
    byId("own-classes").hidden = !isClasses;
    byId("own-value").hidden = isClasses;
    showClasses(Array.from({ length: Math.max(N_CLASSES, data.classes) }, (_, k) => data.labels?.[k] ?? `${k + 1}`));
    pressClass(target);
    [slider.min, slider.max] = [-drawing.scale, drawing.scale];
    if (isClasses) drawing.setTarget(target);
    else chooseValue(target);
  }

  function showClasses(names) {
    const group = byId("own-classes");
    if (group.dataset.names === names.join()) return; // the button in focus stays
    group.dataset.names = names.join();
    group.replaceChildren(...names.map((name, k) => classButton(k, name)));
  }

  function update() {
    if (sender.waiting || drawing.isBusy || !session.points) return; // what is drawn is ahead of the session
    const task = ownTask();
    begin(task ? task === "classes" : session.document.data.classes > 0);
    if (task) [drawing.points, drawing.ghosts] = [present(), []];
    byId("own-start").hidden = task !== null;
    describe();
    drawing.draw();
  }

  function describe() {
    const { data } = session.document;
    if (!ownTask()) say("Pale: the present points. The first point that you add takes their place.");
    else say(`${count(data.points.length, "point", "points")}${data.classes ? ` of ${data.classes} classes` : ""}.`);
  }

  function apply(points) {
    if (!points.length) {
      say("Nothing is drawn; the network keeps its present data until the first point.");
      return;
    }
    drawing.ghosts = [];
    drawing.draw();
    const value = {
      points: points.map(({ x, y }) => [x, y]),
      targets: points.map(({ target }) => target),
      task: drawing.isClasses ? "classes" : "values",
    };
    sender.send("own-points", value).catch((error) => say(sentence(error.message)));
  }

  return { drawing, update };
}

function wireTable(sender) {
  const field = byId("own-text");
  const status = byId("own-table-status");
  let task = "guess";

  const use = async () => {
    try {
      if (field.value.length > LARGEST_TEXT) {
        throw new Error(`this has ${Math.ceil(field.value.length / 1000)} kB; at most ${LARGEST_TEXT / 1000} kB are read`);
      }
      tell(status, "");
      tell(status, readBack(await sender.send("own-table", { text: field.value, task })));
    } catch (error) {
      tell(status, sentence(error.message), true);
    }
  };
  const open = async (file) => {
    if (!file) return;
    if (file.size > LARGEST_TEXT) {
      tell(status, `The file has ${Math.ceil(file.size / 1000)} kB; at most ${LARGEST_TEXT / 1000} kB are read.`, true);
      return;
    }
    field.value = await file.text();
    await use();
  };

  const input = element("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv,text/plain", id: "own-file-input" });
  input.addEventListener("change", () => {
    open(input.files[0]);
    input.value = ""; // so that the same file can be chosen again
  });
  byId("own-file").append(element("label", { htmlFor: "own-file-input" }, ["choose a file"]), input);
  byId("own-read").addEventListener("click", use);
  wireChoices(byId("own-table-task"), (value) => {
    task = value;
    if (field.value.trim()) use();
  });
  field.addEventListener("dragover", (event) => event.preventDefault());
  field.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return; // text is the field's own business
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  });
}

/** @returns {() => void} shows the formula in use */
function wireFormula({ session }, sender) {
  const field = byId("own-formula-text");
  const status = byId("own-formula-status");
  const use = async () => {
    tell(status, "");
    try {
      tell(status, readBack(await sender.send("formula", field.value)));
    } catch (error) {
      tell(status, sentence(error.message), true);
      const place = /at character (\d+)/.exec(error.message);
      if (place) field.setSelectionRange(place[1] - 1, Number(place[1]));
      field.focus();
    }
  };
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    use();
  });
  byId("own-use-formula").addEventListener("click", use);
  byId("own-formula").addEventListener("click", ({ target }) => {
    const text = target.closest("[data-formula]")?.dataset.formula;
    if (!text) return;
    field.value = text;
    use();
  });
  return () => {
    const { formula } = session.document.data;
    if (formula && document.activeElement !== field) field.value = formula;
  };
}

function tell(status, text, isWrong = false) {
  setText(status, text);
  status.classList.toggle("is-wrong", isWrong);
}

/** What was understood. @param {object} document */
function readBack({ data, domain }) {
  const n = data.points?.length ?? data.n;
  const classes = data.labels ? `${data.classes} classes: ${data.labels.join(", ")}` : `${data.classes} classes`;
  const [x, y] = domain.map(([low, high]) => `${low} to ${high}`);
  const what = data.classes ? `of ${classes}` : "with values";
  return `${count(n, "point", "points")} ${what}; x from ${x}, y from ${y}.`.replaceAll("-", "−");
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;
