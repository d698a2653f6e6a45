/** Requests with a body: what they have in common. */

import { findStorage, recall, remember } from "./storage.mjs";

const KEY = "relief.browser";

// Not crypto.randomUUID, which pages that came without TLS do not have.
const unused = Array.from(crypto.getRandomValues(new Uint32Array(4)), (number) => number.toString(36)).join("");

/** What this browser calls itself, at random, so that what the server can do is shared out fairly. @returns {string} */
export function ownName(storage = findStorage()) {
  const name = recall(storage, KEY) ?? unused;
  if (name === unused) remember(storage, KEY, unused);
  return name;
}

/**
 * @param {string} path @param {object} body @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
export function post(path, body, signal) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Relief-Session": ownName() },
    body: JSON.stringify(body),
    signal,
  });
}
