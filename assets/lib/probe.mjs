/**
 * The probe: one point of the plane, looked at on every landscape at once. The pointer shows it
 * where it is, a click pins it, and a pinned point comes back when the pointer has gone.
 *
 * Event: "change".
 *
 * @typedef {{x: number, y: number}} Point in the domain's coordinates
 */
export class Probe extends EventTarget {
  #hovered = null;
  #pinned = null;

  /** @returns {?Point} */
  get point() {
    return this.#hovered ?? this.#pinned;
  }

  /** @returns {?Point} where the pointer is */
  get hovered() {
    return this.#hovered;
  }

  /** @returns {?Point} what stays when the pointer has gone */
  get pinned() {
    return this.#pinned;
  }

  get isPinned() {
    return this.#pinned !== null;
  }

  /** Show where the pointer is. @param {?Point} point null where it is on no landscape */
  show(point) {
    if (point === this.#hovered) return;
    this.#hovered = point;
    this.#emit();
  }

  /** @param {Point} point */
  pin(point) {
    this.#pinned = point;
    this.#emit();
  }

  /** Forget what was pinned, and what is shown. */
  clear() {
    if (!this.point) return;
    this.#pinned = null;
    this.#hovered = null;
    this.#emit();
  }

  #emit() {
    this.dispatchEvent(new Event("change"));
  }
}
