/** How long things take: medians over the last frames. */

const WINDOW = 120; // measurements that are remembered of each

export class Stopwatch {
  #times = new Map();

  /** @param {string} name @param {number} milliseconds */
  note(name, milliseconds) {
    const list = this.#times.get(name) ?? [];
    list.push(milliseconds);
    if (list.length > WINDOW) list.shift();
    this.#times.set(name, list);
  }

  /** @param {string} name @returns {number} milliseconds; 0 where nothing was measured */
  median(name) {
    const sorted = [...(this.#times.get(name) ?? [0])].sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  }
}
