/**
 * What controls were told to show. Dash reports every value that a control gets, whoever gave it, and a control that is
 * told one value after another may report, and go back to, one that it was told before. Here such echoes are told apart
 * from what a user did.
 */

const LATEST = 1000; // ms after a value was replaced in which it may still be echoed

export class Echoes {
  constructor() {
    this.shown = new Map(); // id text -> the value that the control shows
    this.replaced = new Map(); // id text and value -> when it may be echoed no more
  }

  /** A control was told to show a value. @param {string} id @param {any} value @param {number} now ms */
  tell(id, value, now = performance.now()) {
    const before = this.shown.get(id);
    if (before === value) return;
    if (this.shown.has(id)) this.replaced.set(key(id, before), now + LATEST);
    this.shown.set(id, value);
  }

  /**
   * A control reports a value.
   * @param {string} id @param {any} value @param {number} now ms
   * @returns {"echo" | "late" | "user"} what it shows; what it was told before and now shows again; or what a user gave
   *   it, which is shown from now on
   */
  hear(id, value, now = performance.now()) {
    if (this.shown.get(id) === value) return "echo";
    if (this.replaced.get(key(id, value)) > now) return "late";
    this.shown.set(id, value);
    return "user";
  }
}

const key = (id, value) => `${id} ${JSON.stringify(value)}`;
