/**
 * Presets: the gallery, and what opening one does. The pictures are drawn here, from the presets'
 * own networks, in the theme's colours. (The states themselves are in app/presets/.)
 */

import { heightScale, LEVELS } from "../lib/arrange.mjs";
import { decodeFloat64, layoutLayers } from "../lib/document.mjs";
import { element } from "../lib/dom.mjs";
import { Evaluation, gridOf } from "../lib/engine.mjs";
import { readColours } from "../lib/theme.mjs";

const SIDE = 97; // grid points an axis of a picture
const LINE = 0.4; // how far a level set is from its colour to that of the lines; the zero set goes all the way

/** The sheet. @param {object} parts @param {HTMLDialogElement} dialog */
export function create(parts, dialog) {
  const body = dialog.querySelector(".sheet-body");
  let pictures = null;

  async function fill() {
    const { chapters } = await fetchJson("/api/presets");
    const cards = chapters.flatMap(({ title, presets }) => [
      element("h3", {}, [title]),
      element("ul", { class: "presets" }, presets.map((preset) => element("li", {}, [card(preset)]))),
    ]);
    pictures = new Map(chapters.flatMap(({ presets }) => presets.map(({ id, picture }) => [id, picture])));
    body.replaceChildren(...cards);
  }

  body.addEventListener("click", async (event) => {
    const chosen = event.target.closest("[data-preset]");
    if (!chosen) return;
    dialog.close();
    if (await openPreset(parts, chosen.dataset.preset)) parts.view.overlay.select(parts.view.selection, true);
  });

  return {
    async open() {
      try {
        if (!pictures) body.textContent = "The pictures are being drawn …";
        if (!pictures) await fill();
      } catch (error) {
        body.textContent = `The presets could not be fetched (${error.message}). Close this sheet and open it again.`;
        return;
      }
      const colours = readColours();
      for (const canvas of body.querySelectorAll("canvas")) drawPicture(canvas, pictures.get(canvas.dataset.picture), colours);
    },
  };
}

function card({ id, title, look }) {
  return element("button", { class: "preset", type: "button", "data-preset": id }, [
    element("canvas", { width: SIDE, height: SIDE, "data-picture": id, "aria-hidden": "true" }),
    element("span", {}, [element("b", {}, [title]), element("span", {}, [look])]),
  ]);
}

/**
 * Open a preset.
 * @param {object} parts of the page @param {string} id
 * @returns {Promise<boolean>} whether it is open; where it is not, the page has said why
 */
export async function openPreset(parts, id) {
  const { trainer, panel, transport, view, lenses } = parts;
  try {
    const preset = await fetchJson(`/api/presets/${encodeURIComponent(id)}`);
    trainer.pause();
    await panel.load(preset.document, true);
    await lenses.choose("landscapes");
    lookFor(parts, preset);
    setTilt(preset.tilt);
    if (preset.rate) parts.dash.set_props("rate", { value: preset.rate });
    view.select(...preset.select);
    // nothing moves by itself where the system asks for that
    if (preset.plays && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      if (preset.rate) trainer.setRate(Number(preset.rate));
      trainer.play();
    }
    return true;
  } catch (error) {
    transport.say(`The preset was not opened: ${error.message}.`);
    return false;
  }
}

/** Say again what to look for, after a reload that went on with what was made of a preset. */
export async function remind(parts, id) {
  try {
    lookFor(parts, await fetchJson(`/api/presets/${encodeURIComponent(id)}`));
  } catch {
    // the network is there all the same
  }
}

/** Put the preset's two sentences over the wall, until they are sent away or another network comes. */
function lookFor({ session, view }, { title, look }) {
  const place = document.getElementById("look-for");
  const { run } = session;
  const clear = () => {
    place.replaceChildren();
    session.removeEventListener("settings", leave);
  };
  const leave = () => {
    if (session.run !== run) clear();
  };
  const close = element("button", { class: "icon-button", type: "button", title: "Put away", "aria-label": "Put away what to look for" }, ["×"]);
  close.addEventListener("click", clear);
  place.replaceChildren(element("p", {}, [element("b", {}, [title]), " ", look]), close);
  session.addEventListener("settings", leave);
  view.resize();
}

/** Tilt the wall by its own slider, so that both agree. */
function setTilt(tilt) {
  const slider = document.querySelector("#tilt input[aria-label^='tilt']");
  slider.value = tilt;
  slider.dispatchEvent(new Event("input"));
}

async function fetchJson(path) {
  const response = await fetch(path);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/**
 * Draw one landscape from above, its level sets as lines.
 * @param {HTMLCanvasElement} canvas
 * @param {object} picture layers, parameters, inputs and domain as in a document, layer (from 0, the inputs) and neuron
 * @param {Record<string, string>} colours of the theme
 */
export function drawPicture(canvas, picture, colours) {
  const { layer, neuron } = picture;
  const evaluation = new Evaluation(layoutLayers(picture).slice(0, layer), gridOf(picture, SIDE));
  evaluation.update(decodeFloat64(picture.parameters));
  const values = evaluation.values(layer, neuron);
  const scale = heightScale(values);
  const stops = [0, 1, 2, 3, 4].map((i) => channels(colours[`height-${i}`]));
  const line = channels(colours.level);
  const level = (at) => Math.floor((values[at] / scale) * LEVELS + 1e-9);
  const image = new ImageData(SIDE, SIDE);
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const at = row * SIDE + column;
      const own = level(at);
      const others = [level(column < SIDE - 1 ? at + 1 : at), level(row < SIDE - 1 ? at + SIDE : at)];
      const strongest = Math.max(...others.map((other) => crossing(own, other)));
      const colour = mix(heightColour(values[at] / scale, stops), line, strongest);
      image.data.set([...colour, Number.isFinite(values[at]) ? 255 : 0], 4 * ((SIDE - 1 - row) * SIDE + column));
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** How dark a line is between two bands: 0 where there is none. */
function crossing(a, b) {
  if (a === b || !Number.isFinite(a - b)) return 0;
  return Math.min(a, b) < 0 && Math.max(a, b) >= 0 ? 1 : LINE;
}

function heightColour(t, stops) {
  const u = Math.min(Math.abs(t), 1);
  const [near, far] = t < 0 ? [1, 0] : [3, 4];
  return u < 0.55 ? mix(stops[2], stops[near], u / 0.55) : mix(stops[near], stops[far], (u - 0.55) / 0.45);
}

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const mix = (from, to, share) => from.map((channel, i) => channel + share * (to[i] - channel));
