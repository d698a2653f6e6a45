/**
 * Links that hold a whole network: the document as JSON, deflated, as base64url after "#model=".
 * Pure text in and out; nothing of it is believed before the server has checked it.
 */

import { MODEL_KEY } from "./link.mjs";

export const MOST_BYTES = 512 * 1024; // of a document, as in nets/limits.py
export const LONG = 30_000; // characters, beyond which some programs cut a link

/** @param {object} document @returns {Promise<string>} the hash of a link, # included */
export async function encodeModel(document) {
  const deflated = new Blob([JSON.stringify(document)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return MODEL_KEY + toBase64Url(await readAll(deflated, Infinity));
}

/**
 * @param {string} hash as encodeModel made it
 * @returns {Promise<object>} the document
 * @throws {Error} saying what is wrong with it
 */
export async function decodeModel(hash) {
  const bytes = fromBase64Url(hash.slice(MODEL_KEY.length));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const text = new TextDecoder().decode(await readAll(inflated, MOST_BYTES));
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("what it holds is not JSON");
  }
}

/** The document without what only the continuation of its run needs: the optimiser starts afresh. @param {object} document */
export const withoutMemory = (document) => ({ ...document, progress: { ...document.progress, state: "" } });

/** Read a stream of bytes, giving up as soon as it is longer than allowed: a few bytes can inflate to gigabytes. */
async function readAll(stream, most) {
  const reader = stream.getReader();
  const chunks = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Error("it is damaged or incomplete");
    });
    if (done) break;
    length += value.length;
    if (length > most) {
      reader.cancel().catch(() => {});
      throw new Error(`it holds more than the ${most} bytes that are allowed`);
    }
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function toBase64Url(bytes) {
  const characters = [];
  for (let i = 0; i < bytes.length; i += 8192) characters.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  return btoa(characters.join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text) {
  if (!/^[\w-]+$/.test(text)) throw new Error("it has characters that no such link has");
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  } catch {
    throw new Error("it is damaged or incomplete");
  }
}
