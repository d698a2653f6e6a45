/**
 * The moments of a run, oldest first, and a cursor on the one that is shown. A moment added while
 * the cursor is in the past replaces what came after it: playing from the past branches off. When
 * there are too many, every second one is dropped (both ends stay), so that what is kept is
 * spread evenly.
 */

export const MOST_MOMENTS = 1024;

/**
 * @typedef {object} Moment
 * @property {number} epoch
 * @property {Float64Array} parameters
 * @property {?object} metrics
 * @property {?object} progress all that is needed to go on to the bit; null where only the weights are known
 */

export class History {
  constructor(most = MOST_MOMENTS) {
    this.most = most;
    /** @type {Moment[]} */
    this.moments = [];
    this.cursor = -1;
  }

  get length() {
    return this.moments.length;
  }

  /** Add a moment after the cursor; one of the same epoch is replaced. @param {Moment} moment */
  add(moment) {
    this.moments.length = this.cursor + 1;
    this.#drop((last) => last.epoch >= moment.epoch);
    this.moments.push(moment);
    if (this.length > this.most) this.#thin();
    this.cursor = this.length - 1;
  }

  /** Forget what came after an epoch. @param {number} epoch */
  forgetAfter(epoch) {
    this.#drop((last) => last.epoch > epoch);
  }

  clear() {
    this.moments.length = 0;
    this.cursor = -1;
  }

  #drop(isUnwanted) {
    while (this.length && isUnwanted(this.moments.at(-1))) this.moments.pop();
    this.cursor = Math.min(this.cursor, this.length - 1);
  }

  #thin() {
    const last = this.length - 1;
    this.moments = this.moments.filter((_, i) => i % 2 === 0 || i === last);
  }
}
