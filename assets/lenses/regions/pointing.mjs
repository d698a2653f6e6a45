/** Where on the map one points: with a mouse, a finger, or the arrow keys. */

const STEP = 0.02; // of the map's side, with an arrow key
const FINE = 0.002; // with Shift held

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const within = (t) => Math.min(Math.max(t, 0), 1);

export class Pointing {
  /**
   * @param {HTMLElement} map @param {import("./picture.mjs").Picture} picture
   * @param {object} hooks places are in the unit square
   * @param {() => ?[number, number]} hooks.place where it is now
   * @param {(place: ?[number, number]) => void} hooks.move
   * @param {(place: [number, number]) => void} hooks.pin
   */
  constructor(map, picture, { place, move, pin }) {
    this.isByKeyboard = false;
    const { cover } = picture;
    const at = ({ clientX, clientY }) => {
      const { left, top } = map.getBoundingClientRect();
      const found = picture.toSquare(clientX - left, clientY - top);
      return found.every((t) => t >= 0 && t <= 1) ? found : null;
    };
    const follow = (event) => {
      this.isByKeyboard = false;
      move(at(event));
    };
    for (const type of ["pointermove", "pointerdown"]) cover.addEventListener(type, follow);
    cover.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch" && !this.isByKeyboard) move(null); // a finger that is lifted has still pointed
    });
    cover.addEventListener("click", (event) => at(event) && pin(at(event)));
    cover.addEventListener("keydown", (event) => {
      const way = WAYS[event.key];
      if (!way && (event.key !== "Enter" || !place())) return;
      event.preventDefault();
      event.stopPropagation();
      this.isByKeyboard = true;
      const from = place() ?? [0.5, 0.5];
      if (!way) pin(from);
      else move(from.map((t, axis) => within(t + way[axis] * (event.shiftKey ? FINE : STEP))));
    });
  }
}
