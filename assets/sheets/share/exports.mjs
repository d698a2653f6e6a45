/** Files: asked for from the server, handed over to the browser. */

import { ask } from "../../lib/post.mjs";

/**
 * Have the server make a file of a network.
 * @param {string} kind as in app/exports.py @param {object} body {model, …options}
 * @param {AbortSignal} [signal]
 * @returns {Promise<{name: string, response: Response}>}
 * @throws {Error} with what is wrong, and `where`
 */
export async function askFor(kind, body, signal) {
  let response;
  try {
    response = await ask(`/api/export/${kind}`, body, signal);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error("the server did not answer");
  }
  if (!response.ok) {
    const { error, where } = await response.json().catch(() => ({ error: `the server answered ${response.status}` }));
    throw Object.assign(new Error(error), { where });
  }
  const [, name] = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"));
  return { name, response };
}

/** Let the browser save a file. @param {string} name @param {Blob} blob */
export function save(name, blob) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // long enough for a slow disk
}

/** 2-8-8-3. @param {object} document */
export const shapeText = ({ layers }) => [2, ...layers.map(({ width }) => width)].join("-");

/** What files of a network are called: relief-2-8-8-3. @param {object} document */
export const stem = (document) => `relief-${shapeText(document)}`;
