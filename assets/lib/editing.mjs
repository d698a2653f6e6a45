/**
 * Editing: what has to happen around a change. A gesture interrupts training, is remembered once
 * for undo, replaces the moment of the run that it changed, is saved, and lets training go on.
 */

import { settingsText } from "./document.mjs";

export class Editing {
  /**
   * @param {import("./session.mjs").Session} session
   * @param {import("./history.mjs").History} history
   * @param {import("./trainer.mjs").Trainer} trainer
   */
  constructor(session, history, trainer) {
    Object.assign(this, { session, history, trainer });
    this.measure = () => {}; // brings session.metrics up to date
    this.isUnderWay = false; // between the start and the end of a gesture
    this.firsts = new Map(); // by run, the document it began with, where that was untrained
    this.isTravelling = false; // between an undo and its answer
    this.load = async () => {}; // (document, isAnotherRun): has a document checked by the server and taken up
  }

  /** Begin a gesture; nothing happens within one. */
  start() {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    this.trainer.hold();
    this.session.remember();
  }

  /** Remember the present for undo if a document differs from it in more than its progress. @param {object} document */
  rememberBefore(document) {
    if (!this.session.document) return; // the first one
    const present = this.session.model();
    const isSame = document.parameters === present.parameters && settingsText(document) === settingsText(present);
    if (!isSame) this.session.remember();
  }

  /** End a gesture, if there is one. */
  end() {
    if (!this.isUnderWay) return;
    this.isUnderWay = false;
    this.keep();
    this.trainer.release();
  }

  /** Put the present into the run's history, and save it. */
  keep() {
    this.measure();
    const { progress, parameters, metrics } = this.session;
    this.history.add({ epoch: progress.epoch, parameters, progress, metrics });
    this.session.save();
  }

  /** The moment that is saved and shared: one from which training goes on to the bit. */
  present() {
    return this.trainer.isRunning ? this.trainer.checkpoint : this.session;
  }

  /**
   * Take up a document that the server has checked.
   * @param {{document: object, points: ?object}} proposal points are null where they stay the same
   * @param {boolean} isAnotherRun whether its past is not ours
   */
  takeUp({ document, points }, isAnotherRun) {
    const before = this.session.document;
    if (isAnotherRun) this.#beginRun(document);
    this.session.adopt(document, points);
    if (!before || isAnotherRun || SHAPE(before) !== SHAPE(document)) this.history.clear();
    else this.#revise(before, document);
    this.history.forgetAfter(document.progress.epoch);
    this.keep();
  }

  #beginRun(document) {
    this.session.run = this.firsts.size;
    this.firsts.set(this.session.run, document.progress.epoch === 0 ? document : null);
  }

  /** Go back to the weights that the run began with. @returns {boolean} whether they are known and still fit */
  reset() {
    const first = this.firsts.get(this.session.run);
    const { document } = this.session;
    if (!first || BEGINNING(first) !== BEGINNING(document)) return false;
    this.start();
    const { parameters, progress } = first;
    this.takeUp({ document: { ...document, parameters, progress }, points: null }, false);
    this.end();
    return true;
  }

  /** Moments of the same run under other settings: what they say of the old ones must not be believed. */
  #revise(before, document) {
    const { moments } = this.history;
    if (RESUMING(before) !== RESUMING(document)) moments.forEach((moment) => (moment.progress = null));
    if (WATCHING(before) !== WATCHING(document)) moments.forEach(forgetBest);
    if (MEASURING(before) !== MEASURING(document)) moments.forEach((moment) => (moment.metrics = null));
  }

  /** Show a moment of the run; training or editing from there branches off. @param {number} index */
  seek(index) {
    this.trainer.pause();
    const at = Math.min(Math.max(index, 0), this.history.length - 1); // pausing may have dropped the last ones
    const moment = this.history.moments[at];
    if (!moment) return;
    this.history.cursor = at;
    this.session.show(moment.parameters, moment.progress ?? { epoch: moment.epoch, batch: 0, state: "" }, moment.metrics);
    this.session.save();
  }

  undo() {
    return this.#travel("undo");
  }

  redo() {
    return this.#travel("redo");
  }

  async #travel(direction) {
    if (this.isTravelling) return;
    this.isTravelling = true;
    this.trainer.pause();
    const document = this.session[direction]();
    try {
      if (document) await this.#arrive(document);
    } catch {
      this.session[OPPOSITE[direction]](); // the server did not take it, and the page has said so
    } finally {
      this.isTravelling = false;
    }
  }

  async #arrive(document) {
    const { session } = this;
    const run = session.runs.get(document);
    const isAnotherRun = run !== session.run;
    if (settingsText(document) !== settingsText(session.document)) await this.load(document, isAnotherRun);
    else this.takeUp({ document, points: null }, isAnotherRun);
    session.run = run;
  }
}

const OPPOSITE = { undo: "redo", redo: "undo" };

/** What of a document a change of the network's shape changes. */
const SHAPE = ({ layers }) => JSON.stringify(layers.map(({ width, skip }) => [width, skip]));

/** What first weights depend on. */
const BEGINNING = (document) => JSON.stringify([SHAPE(document), document.initial]);

/** What an optimiser's state and a place within an epoch depend on. */
const RESUMING = ({ data, training }) => JSON.stringify([data, training.optimizer, training.batch_size]);

/** What the best loss of a plateau condition depends on. */
const WATCHING = ({ data, training }) => JSON.stringify([data, training.loss, training.stop]);

function forgetBest(moment) {
  if (!moment.progress) return;
  const { best: _, ...progress } = moment.progress;
  moment.progress = progress;
}

/** What losses and accuracies depend on, besides the parameters. */
const MEASURING = ({ layers, data, inputs, training }) => JSON.stringify([layers, data, inputs, training.loss]);
