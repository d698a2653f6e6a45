/**
 * Comparing two moments of a run: the pinned one, whose landscapes stay as ghosts while another is
 * shown. It keeps its layers too, so that another nonlinearity can be compared with the one before.
 */

import { Evaluation, GRID_SIZE, gridOf } from "./engine.mjs";

export class Comparison {
  /** @param {import("./session.mjs").Session} session @param {import("./history.mjs").History} history */
  constructor(session, history) {
    Object.assign(this, { session, history });
    this.kept = null;
  }

  /** Pin the present moment, or let the pinned one go. */
  toggle() {
    const { session, history } = this;
    const { layers, parameters, document } = session;
    this.kept = this.pinned ? null : { run: history.run, epoch: document.progress.epoch, layers, parameters };
    this.evaluation = null;
  }

  /** The pinned moment; null where there is none, or where its run is no longer there. @returns {?{epoch: number}} */
  get pinned() {
    return this.kept?.run === this.history.run ? this.kept : null;
  }

  /** Whether what is shown is the pinned moment itself, and there is nothing to compare. */
  get isSame() {
    return this.pinned?.parameters === this.session.parameters && this.pinned.layers === this.session.layers;
  }

  /**
   * The pinned landscape of a neuron on the wall's grid.
   * @param {number} layer @param {number} neuron @param {string} kind
   * @returns {?Float64Array} null where there is nothing to compare
   */
  values(layer, neuron, kind) {
    if (!this.pinned || this.isSame) return null;
    const { document } = this.session;
    const { domain, inputs } = document;
    const plane = JSON.stringify([domain, inputs]);
    if (!this.evaluation || this.plane !== plane) {
      this.plane = plane;
      this.evaluation = new Evaluation(this.pinned.layers, gridOf(document, GRID_SIZE));
      this.evaluation.update(this.pinned.parameters);
    }
    return this.evaluation.values(layer, neuron, kind);
  }
}
