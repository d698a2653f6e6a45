/** The way from the input plane to its image: where on it the picture is, by slider or by itself. */

const DURATION = 1500; // ms for the whole way
const ease = (share) => (1 - Math.cos(Math.PI * share)) / 2;

export class Journey {
  /** @param {() => boolean} isStill whether the picture jumps instead of moving */
  constructor(isStill) {
    this.isStill = isStill;
    this.t = 1; // 0 in the input plane, 1 in the image
    this.trip = null; // {from, to, start} while it moves by itself
  }

  get isMoving() {
    return this.trip !== null;
  }

  /** Go to a place and stay there. @param {number} t */
  put(t) {
    this.trip = null;
    this.t = Math.min(Math.max(t, 0), 1);
  }

  /** Set out for an end. @param {0 | 1} to @param {number} now ms */
  travel(to, now) {
    if (this.isStill()) this.put(to);
    else this.trip = { from: this.t, to, start: now };
  }

  /** Set out for the other end; for the image from anywhere between. @param {number} now ms */
  toggle(now) {
    if (this.isMoving) this.put(this.t);
    else this.travel(this.t < 1 ? 1 : 0, now);
  }

  /** Go to the end of the trip at once. */
  finish() {
    if (this.trip) this.put(this.trip.to);
  }

  /** Bring the place up to date. @param {number} now ms */
  advance(now) {
    if (!this.trip) return;
    const { from, to, start } = this.trip;
    const share = (now - start) / (DURATION * Math.max(Math.abs(to - from), 0.01));
    if (share >= 1) this.put(to);
    else this.t = from + (to - from) * ease(Math.max(share, 0));
  }
}
