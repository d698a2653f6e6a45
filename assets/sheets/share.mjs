/** The share sheet: a link, a file, code, pictures and arrays of the present network. */

import { contour } from "../lib/contours.mjs";
import { layerTitle } from "../lib/document.mjs";
import { element } from "../lib/dom.mjs";
import { formatCount } from "../lib/format.mjs";
import { openFile } from "../lib/opening.mjs";
import { encodeModel, LONG, withoutMemory } from "../lib/permalink.mjs";
import { FINE_GRID_SIZE, pictureOf } from "../lib/picture.mjs";
import { neuronTitle } from "../lib/scene.mjs";
import { currentTheme } from "../lib/theme.mjs";
import { askFor, save, stem } from "./share/exports.mjs";
import { levelMap } from "./share/levelmap.mjs";
import { wallPicture } from "./share/wallpicture.mjs";

/** @param {object} parts @param {HTMLDialogElement} sheet */
export function create(parts, sheet) {
  const find = (id) => sheet.querySelector(`#share-${id}`);
  const say = (text) => (find("status").textContent = text);
  const model = () => parts.session.model(parts.editing.present());
  const actions = createActions({ parts, sheet, find, say, model });

  sheet.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-share]");
    if (!button) return;
    const [name, argument] = button.dataset.share.split(" ");
    say("");
    try {
      await actions[name](argument);
    } catch ({ message, where }) {
      say(`That could not be done: ${message}${where ? ` (${where})` : ""}.`);
    }
  });
  const showLink = async () => {
    const hash = await encodeModel(find("memory").checked ? model() : withoutMemory(model()));
    const link = `${location.origin}${location.pathname}${searchText()}${hash}`;
    find("link").value = link;
    const length = `${formatCount(link.length)} characters`;
    find("length").textContent = link.length > LONG ? `${length}: some programs cut links as long as this; a file is safer` : length;
    find("length").classList.toggle("is-long", link.length > LONG);
  };
  find("memory").addEventListener("change", showLink);

  return {
    open() {
      say("");
      showLayers(find("layer"), parts.session.document, parts.view.selection.layer);
      const { layer, neuron } = parts.view.selection;
      find("neuron").textContent = neuronTitle(layer, neuron, parts.session.document);
      showLink();
    },
  };
}

/** What every button does. A name is followed by its argument in the button's data-share. */
function createActions({ parts, sheet, find, say, model }) {
  const saveFrom = async (kind, options) => {
    const { name, response } = await askFor(kind, { model: model(), ...options });
    save(name, await response.blob());
    say(`${name} is on its way to your downloads.`);
  };
  const saveOwn = (ending, blob) => {
    const name = `${stem(parts.session.document)}${ending}`;
    save(name, blob);
    say(`${name} is on its way to your downloads.`);
  };
  const codeOf = async (format) => (await askFor("code", { model: model(), format })).response.text();
  return {
    async "copy-link"() {
      await copy(find("link"));
      say("The link is on the clipboard.");
    },
    save: () => saveOwn(".json", new Blob([`${JSON.stringify(model(), null, 1)}\n`], { type: "application/json" })),
    open: () => chooseFile(async (file) => {
      const error = await openFile(parts, file);
      if (error) say(error);
      else sheet.close();
    }),
    async "copy-code"(format) {
      const text = find("code");
      text.value = await codeOf(format);
      text.hidden = false;
      await copy(text);
      say("The code is on the clipboard.");
    },
    "save-code": (format) => saveFrom("code", { format }),
    wall: () => withWallInSight(parts, () => saveOwn("-wall.png", wallPicture(parts))),
    async map() {
      const { view, session } = parts;
      const { layer, neuron } = view.selection;
      const name = neuronTitle(layer, neuron, session.document);
      const title = view.kind === "activation" ? name : `${name} · pre-activation`;
      const text = levelMap({ ...pictureOf(view, FINE_GRID_SIZE), title, colours: view.colours }, contour);
      saveOwn(`-${title.replace(/\W+/g, "-")}.svg`, new Blob([text], { type: "image/svg+xml" }));
    },
    layer: () => saveFrom("layer", { layer: Number(find("layer").value), kind: find("kind").value, theme: currentTheme() }),
    network: () => saveFrom("network", { kind: find("kind").value, theme: currentTheme() }),
    surfaces: () => saveFrom("surfaces", {}),
  };
}

/** Have the user choose a file. @param {(file: File) => void} use */
function chooseFile(use) {
  const field = element("input", { type: "file", accept: ".json,application/json" });
  field.addEventListener("change", () => field.files.length && use(field.files[0]));
  field.click();
}

/** Copy a field's text; where the browser has no clipboard for us, select it so that the keyboard can. */
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select();
    throw new Error("this browser allows no copying; the text is selected, press Ctrl+C");
  }
}

/** The page's own search part; the network of a preset is not that of the link. */
function searchText() {
  const search = new URLSearchParams(location.search);
  search.delete("preset");
  return search.size ? `?${search}` : "";
}

/** Fill a menu with the network's layers. @param {HTMLSelectElement} menu @param {object} document @param {number} chosen */
export function showLayers(menu, document, chosen) {
  const count = document.layers.length + 1;
  const options = Array.from({ length: count }, (_, layer) => element("option", { value: layer }, [layerTitle(layer, document)]));
  menu.replaceChildren(...options);
  menu.value = Math.min(chosen, count - 1);
}

/** Do something while the wall is in sight, where another lens may fill its place. */
async function withWallInSight({ lenses, view }, use) {
  const { chosen } = lenses;
  await lenses.choose("landscapes");
  try {
    view.resize(); // it may have been out of sight when the page's size changed
    const { frames } = view;
    while (view.frames === frames) await new Promise(requestAnimationFrame);
    use();
  } finally {
    await lenses.choose(chosen);
  }
}
