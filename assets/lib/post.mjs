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

const ATTEMPTS = 5;

/**
 * The same for a single answer: where the server is busy, it is asked again when it says.
 * @param {string} path @param {object} body @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
export async function ask(path, body, signal) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await post(path, body, signal);
    if (response.status !== 503 || attempt === ATTEMPTS || signal?.aborted) return response;
    await new Promise((resolve) => setTimeout(resolve, retryAfter(response)));
  }
}

/** How long a busy server asks to wait, in ms; 2 s where it does not say it as a number. @param {Response} response */
export function retryAfter(response) {
  const seconds = parseFloat(response.headers.get("Retry-After"));
  return seconds >= 0 ? 1000 * seconds : 2000;
}
