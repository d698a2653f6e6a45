/**
 * Playback: the moments of a run that have arrived and not been shown. They come in bursts, the longer
 * ones the busier the server is, and are shown at the pace at which they were made; where a page is slower than
 * its run, some are passed over.
 */

const BACKLOG = 6; // moments that may wait for their frame in any case
const MOST = 240; // moments: a hidden page gets no frames, and its run goes on
const TOGETHER = 8; // ms within which moments belong to one burst
const LONGEST = 250; // ms that anything is held back for the sake of evenness
const EAGER = 0.8; // how much of their spacing has to pass before the next is shown: frames do not come on time

export class Playback {
  constructor() {
    this.waiting = [];
    this.burst = 0; // moments that came last, together
    this.began = 0; // ms; when they did
    this.arrived = -Infinity; // ms; when the last of them did
    this.spacing = 0; // ms between the moments of a burst, had they been sent one by one
    this.shown = -Infinity; // ms; when one was shown last
  }

  /** Take in a moment. @param {object} moment @param {number} now ms @returns {?object} one there is no room for */
  push(moment, now = performance.now()) {
    if (now - this.arrived > TOGETHER) {
      if (this.burst) this.spacing = Math.min((now - this.began) / this.burst, LONGEST);
      this.burst = 0;
      this.began = now;
    }
    this.burst += 1;
    this.arrived = now;
    this.waiting.push(moment);
    return this.waiting.length > MOST ? this.waiting.shift() : null;
  }

  /** @param {number} now ms @returns {object[]} the moments whose time has come, the last of them to be shown */
  due(now = performance.now()) {
    const late = this.waiting.length - Math.max(BACKLOG, this.burst);
    if (late < 1 && now - this.shown < EAGER * this.spacing) return [];
    this.shown = now;
    return this.waiting.splice(0, Math.max(1, late));
  }

  /** @returns {object[]} all that are waiting, which then are no more */
  clear() {
    this.spacing = 0;
    this.burst = 0;
    return this.waiting.splice(0);
  }
}
