/**
 * What the pointer does to the wall: dragging a line changes its weight, dragging anything else turns
 * and tilts the landscapes, hovering one moves the probe, a click pins it, scrolling moves the wall.
 * And a lost graphics context comes back.
 */

import { element, onDrag, setText } from "./dom.mjs";
import { Wall } from "./wall.mjs";

const LOST = "The graphics are gone for the moment.";
const WHY = "The browser has taken them away. The landscapes come back with them, or when the page is loaded again; all else goes on.";
const TURN = 0.009; // radians a pixel dragged across
const TILT = 0.004; // of the way to the map a pixel dragged down
const SAME = 0.02; // of the domain: a click this near to what is pinned takes it away

/**
 * @param {object} parts view, wall, terms, weights, probe, frame
 * @param {HTMLElement} root where the two sliders go
 */
export function wireWall({ view, wall, terms, weights, probe, frame }, root) {
  const move = addSliders(view, wall, root);
  let isWeight = false;
  onDrag(
    frame,
    {
      start: () => (isWeight = weights.begin()),
      move(event, dx, dy) {
        if (isWeight) weights.drag(dy, event.shiftKey);
        else move(wall.azimuth + TURN * dx, wall.tilt + TILT * dy);
      },
      end: () => weights.release(),
    },
    4,
  );
  frame.addEventListener("scroll", () => view.request());
  wireProbe(view, probe, frame);
  const note = document.getElementById("flat-note");
  for (const drawn of [wall, terms.wall].filter((candidate) => candidate instanceof Wall)) {
    drawn.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      setText(note, LOST);
      note.title = WHY;
    });
    drawn.canvas.addEventListener("webglcontextrestored", () => {
      setText(note, "");
      drawn.restore();
      view.resize();
    });
  }
}

/** Add the sliders that turn and tilt. @returns {(azimuth: number, tilt: number) => void} does it and moves them */
function addSliders(view, wall, root) {
  const slider = (label, min, max, value) =>
    element("input", { type: "range", min, max, step: 0.01, value, "aria-label": label });
  const turn = slider("turn the landscapes", -Math.PI, Math.PI, wall.azimuth);
  const tilt = slider("tilt from landscape to map", 0, 1, wall.tilt);
  root.append("turn", turn, "landscape", tilt, "map");
  turn.addEventListener("input", () => view.turn(Number(turn.value), wall.tilt));
  tilt.addEventListener("input", () => view.turn(wall.azimuth, Number(tilt.value)));
  return (azimuth, tilted) => {
    view.turn(azimuth, tilted);
    turn.value = wall.azimuth;
    tilt.value = wall.tilt;
  };
}

function wireProbe(view, probe, frame) {
  const pointAt = (event) => {
    const tile = event.target.closest?.(".tile");
    return tile ? view.pointAt(Number(tile.dataset.layer), Number(tile.dataset.neuron), event) : null;
  };
  frame.addEventListener("pointermove", (event) => event.buttons || probe.show(pointAt(event)));
  frame.addEventListener("pointerleave", () => probe.show(null));
  frame.addEventListener("click", (event) => {
    // a key's click has no place, and a click's place is rounded where that of a move is not
    const point = event.detail ? (probe.hovered ?? pointAt(event)) : null;
    if (!point) return;
    if (isNear(point, probe.pinned, view.session.document.domain)) probe.clear();
    else probe.pin(point);
  });
}

const isNear = (a, b, [[x0, x1], [y0, y1]]) =>
  b !== null && Math.hypot((a.x - b.x) / (x1 - x0), (a.y - b.y) / (y1 - y0)) < SAME;
