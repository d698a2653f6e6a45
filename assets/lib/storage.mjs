/** What this browser remembers between visits, where it remembers anything: some pages have no storage, and it may be full. */

/** The browser's storage; null where it allows none, as in some embedded pages. @returns {?Storage} */
export function findStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** @param {?Storage} storage @param {string} key @returns {?string} null where nothing is remembered */
export function recall(storage, key) {
  try {
    return storage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

/** @param {?Storage} storage @param {string} key @param {string} text @returns {boolean} whether it will be remembered */
export function remember(storage, key, text) {
  try {
    storage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
