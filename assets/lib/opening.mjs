/**
 * Opening networks that come from elsewhere: from the link that led here, from a file. The server
 * checks them; what cannot be opened is told, and everything stays as it was.
 */

import { holdsModel } from "./link.mjs";

const permalink = () => import("./permalink.mjs"); // few pages are opened with a network

/**
 * Open the network in the page's address, if there is one. It leaves the address, so that a reload brings
 * back what was done since; what this browser had saved can be had back with undo.
 * @param {object} parts of the page
 * @returns {Promise<{isOpen: boolean, error: string}>}
 */
export async function openLink(parts) {
  const { hash, pathname, search } = location;
  if (!holdsModel(hash)) return { isOpen: false, error: "" };
  history.replaceState(null, "", pathname + search);
  const saved = parts.session.document ? null : parts.session.saved();
  const error = await attempt(parts, "This link could not be opened", async () => (await permalink()).decodeModel(hash));
  if (!error && saved) parts.session.undos.push(saved);
  return { isOpen: !error, error };
}

/** @param {object} parts @param {File} file @returns {Promise<string>} what is wrong with it; empty where nothing is */
export function openFile(parts, file) {
  return attempt(parts, `${file.name} could not be opened`, async () => {
    const { MOST_BYTES } = await permalink();
    if (file.size > MOST_BYTES) throw new Error(`it has ${file.size} bytes; ${MOST_BYTES} are allowed`);
    const text = await file.text();
    try {
      return JSON.parse(text);
    } catch {
      throw new Error("it is not JSON");
    }
  });
}

/** Open what is dropped onto the page, and links that are followed while it is open. @param {object} parts */
export function wireOpening(parts) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files") && !event.defaultPrevented;
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) openFile(parts, file);
  });
  addEventListener("hashchange", () => openLink(parts));
}

/** Read a document and have it taken up; say and return what went wrong. */
async function attempt({ trainer, editing, transport }, title, read) {
  try {
    const document = await read();
    trainer.pause();
    await editing.load(document, true);
    return "";
  } catch ({ message, where }) {
    const error = `${title}: ${message}${where ? ` (${where})` : ""}. Everything is as it was.`;
    transport.say(error);
    return error;
  }
}
