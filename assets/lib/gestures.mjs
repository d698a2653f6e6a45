/** What the pointer does to the wall: dragging turns and tilts it, scrolling moves it; and a lost graphics context comes back. */

import { element, onDrag } from "./dom.mjs";
import { Wall } from "./wall.mjs";

const TURN = 0.009; // radians a pixel dragged across
const TILT = 0.004; // of the way to the map a pixel dragged down

/**
 * @param {object} parts view, wall, terms, frame
 * @param {HTMLElement} root where the two sliders go
 */
export function wireWall({ view, wall, terms, frame }, root) {
  const slider = (label, min, max, value) =>
    element("input", { type: "range", min, max, step: 0.01, value, "aria-label": label });
  const turn = slider("turn the landscapes", -Math.PI, Math.PI, wall.azimuth);
  const tilt = slider("tilt from landscape to map", 0, 1, wall.tilt);
  root.append("turn", turn, "landscape", tilt, "map");
  const move = (azimuth, tilted) => {
    view.turn(azimuth, tilted);
    turn.value = wall.azimuth;
    tilt.value = wall.tilt;
  };
  turn.addEventListener("input", () => view.turn(Number(turn.value), wall.tilt));
  tilt.addEventListener("input", () => view.turn(wall.azimuth, Number(tilt.value)));
  onDrag(frame, { move: (_, dx, dy) => move(wall.azimuth + TURN * dx, wall.tilt + TILT * dy) }, 4);
  frame.addEventListener("scroll", () => view.request());
  for (const drawn of [wall, terms.wall].filter((candidate) => candidate instanceof Wall)) {
    drawn.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    drawn.canvas.addEventListener("webglcontextrestored", () => {
      drawn.restore();
      view.resize();
    });
  }
}
