/**
 * The moments of a run, oldest first, and a cursor on the one that is shown. A moment added while
 * the cursor is in the past replaces what came after it: playing from the past branches off.
 *
 * When there are too many, only every second one is kept, then every fourth, and so on, of those
 * to come as well, so that what is kept is always spread evenly; both ends stay.
 */

export const MOST_MOMENTS = 1024;

/**
 * @typedef {object} Moment
 * @property {number} epoch
 * @property {Float64Array} parameters
 * @property {?object} metrics
 * @property {?object} progress all that is needed to go on to the bit; null where only the weights are known
 * @property {number} [order] how many came before it, kept or not; given by the history
 */

export class History {
  constructor(most = MOST_MOMENTS) {
    this.most = most;
    /** @type {Moment[]} */
    this.moments = [];
    this.cursor = -1;
    this.stride = 1; // every how many moments one is kept
    this.run = 0; // how many runs there have been before
  }

  get length() {
    return this.moments.length;
  }

  /** Add a moment after the cursor; one of the same epoch is replaced. @param {Moment} moment */
  add(moment) {
    this.moments.length = this.cursor + 1;
    this.#drop((last) => last.epoch >= moment.epoch);
    const order = this.length ? this.moments.at(-1).order + 1 : 0;
    if (order > 1) this.#drop((last) => last.order === order - 1 && !this.#isKept(last));
    this.moments.push({ ...moment, order });
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
    this.stride = 1;
    this.run += 1;
  }

  #drop(isUnwanted) {
    while (this.length && isUnwanted(this.moments.at(-1))) this.moments.pop();
    this.cursor = Math.min(this.cursor, this.length - 1);
  }

  #isKept({ order }) {
    return order % this.stride === 0;
  }

  #thin() {
    this.stride *= 2;
    const last = this.moments.at(-1);
    this.moments = this.moments.filter((moment) => this.#isKept(moment) || moment === last);
  }
}
