/** What stands beside the wall on demand: confusion matrix or R², gradient norms, dead and saturated neurons. */

import { Asking } from "../lib/asking.mjs";
import { element, setText } from "../lib/dom.mjs";
import { formatCount } from "../lib/format.mjs";
import { confusionTable, explainedVariation, layersTable } from "./measures/tables.mjs";

/** @typedef {{document: object, measures: object}} Answer what was measured, and what the server answered */

const QUESTION = { path: "/api/measures", spacing: 500, read: (measures) => ({ measures }) };
const ALL_IS_WELL = "No gradient vanishes or explodes, no neuron is dead, no hidden layer is saturated.";

/** Of which moment the numbers are. @param {?Answer} answer @param {boolean} isStale */
function stateText(answer, isStale) {
  if (!answer) return "measuring…";
  const points = `gradients over all ${formatCount(answer.measures.train.points)} training points`;
  return `epoch ${formatCount(answer.document.progress.epoch)} · ${isStale ? "changed since then" : points}`;
}

/** @param {object} parts @param {HTMLDialogElement} sheet */
export function create(parts, sheet) {
  const find = (id) => sheet.querySelector(`#measures-${id}`);
  const asking = new Asking(parts, QUESTION);
  let chosen = "train";
  const showFit = () => {
    const { answer } = asking;
    if (!answer) return;
    const set = answer.measures.test ? chosen : "train";
    const isClassification = answer.document.data.classes > 0;
    setText(find("fit-title"), isClassification ? "Confusion matrix" : "R², the variation explained");
    find("sets").hidden = !isClassification || !answer.measures.test;
    for (const button of find("sets").children) button.setAttribute("aria-pressed", String(button.dataset.set === set));
    const fit = find("fit");
    fit.replaceChildren(...(isClassification ? [confusionTable(answer, set)] : explainedVariation(answer.measures)));
    fit.tabIndex = fit.scrollWidth > fit.clientWidth ? 0 : -1; // a table of many classes is scrolled with keys too
  };
  const showAnswer = () => {
    const { answer } = asking;
    if (!answer) return;
    showFit();
    const said = answer.measures.findings.map(({ why }) => element("li", {}, [`${why[0].toUpperCase()}${why.slice(1)}.`]));
    find("findings").replaceChildren(...(said.length ? said : [element("li", { class: "is-well" }, [ALL_IS_WELL])]));
    find("layers").replaceChildren(layersTable(answer));
  };
  const showState = () => {
    const isStale = asking.isStale && !parts.trainer.isRunning;
    setText(find("state"), asking.error || stateText(asking.answer, isStale));
    sheet.classList.toggle("is-stale", isStale);
  };
  asking.addEventListener("answer", showAnswer);
  asking.addEventListener("change", showState);
  find("sets").addEventListener("click", ({ target }) => {
    if (!target.dataset.set) return;
    chosen = target.dataset.set;
    showFit();
  });

  const showPressed = () => document.getElementById("open-measures").setAttribute("aria-pressed", String(sheet.open));
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // it means this, not what the page would do
    sheet.close();
  });
  sheet.addEventListener("close", () => {
    asking.release(sheet);
    showPressed();
  });
  return {
    open() {
      showPressed();
      asking.want(sheet);
    },
  };
}
