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
    this.load = async () => {}; // (document, isAnotherRun): has a document checked by the server and taken up
  }

  /** Begin a gesture. */
  start() {
    this.trainer.hold();
    this.session.remember();
  }

  /** Remember the present for undo if a document differs from it in more than its progress. @param {object} document */
  rememberBefore(document) {
    const present = this.session.model();
    const isSame = document.parameters === present.parameters && settingsText(document) === settingsText(present);
    if (!isSame) this.session.remember();
  }

  /** End a gesture. */
  end() {
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
    const before = this.session.layers;
    this.session.adopt(document, points);
    if (isAnotherRun || shape(before) !== shape(this.session.layers)) this.history.clear();
    this.history.forgetAfter(document.progress.epoch);
    this.keep();
  }

  /** Show a moment of the run; training or editing from there branches off. @param {number} index */
  seek(index) {
    this.trainer.pause();
    const moment = this.history.moments[index];
    if (!moment) return;
    this.history.cursor = index;
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
    this.trainer.pause();
    const document = this.session[direction]();
    if (!document) return;
    if (settingsText(document) === settingsText(this.session.document)) this.takeUp({ document, points: null }, false);
    else await this.load(document, false);
  }
}

const shape = (layers) => JSON.stringify(layers.map(({ width, skip }) => [width, skip]));
