/** The keyboard: one table of keys for the whole page (the help sheet in app/layout.py lists them). */

/**
 * Run an action when its key is pressed outside a field.
 * @param {Record<string, () => void>} actions by key, with "Ctrl+" and "Shift+" before it
 */
export function handleKeys(actions) {
  document.addEventListener("keydown", (event) => {
    const action = actions[keyName(event)];
    if (!action || isTaken(event)) return;
    if (event.repeat && !event.ctrlKey && !event.metaKey) return; // a key held down is not pressed again and again
    event.preventDefault();
    action();
  });
}

function keyName({ key, ctrlKey, metaKey, shiftKey }) {
  const isLetter = /^[a-z]$/i.test(key);
  const prefix = (ctrlKey || metaKey ? "Ctrl+" : "") + (shiftKey && isLetter ? "Shift+" : "");
  return prefix + (isLetter ? key.toLowerCase() : key);
}

/** Whether the focused element has its own use for the key. */
function isTaken({ target, key }) {
  // a menu's field cannot be typed into, so that only opening and walking through it are its own
  if (target.closest("input[readonly]")) return key === " " || target.getAttribute("aria-expanded") === "true";
  if (target.closest("input:not([type=range]), textarea, [role=listbox], dialog:modal")) return true;
  return key === " " && target.closest("button, [role=radio], a") !== null && !target.closest(".tile");
}
