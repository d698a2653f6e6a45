/** Elements of the parts of the page that move with a frame or a drag. */

/**
 * Create an element.
 * @param {string} tag
 * @param {object} properties set as they are; `class`, `data-…` and `aria-…` as attributes
 * @param {Array<Node | string>} children
 * @returns {HTMLElement}
 */
export function element(tag, properties = {}, children = []) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class" || name === "role" || name.includes("-")) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children);
  return node;
}

/** Set an element's text only where it differs, so that a frame costs nothing where nothing changed. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** The same for a property, or for an attribute whose name has a hyphen. */
export function setProperty(node, name, value) {
  if (!name.includes("-")) {
    if (node[name] !== value) node[name] = value;
  } else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/**
 * Where a pointer is in the content of an element that scrolls.
 * @param {HTMLElement} node @param {{clientX: number, clientY: number}} pointer @returns {{x: number, y: number}} CSS pixels
 */
export function placeIn(node, { clientX, clientY }) {
  const { left, top } = node.getBoundingClientRect();
  return { x: clientX - left + node.scrollLeft, y: clientY - top + node.scrollTop };
}

/**
 * Follow a pointer from its press to its release.
 * @param {HTMLElement} node
 * @param {object} hooks
 * @param {(event: PointerEvent) => void} [hooks.start]
 * @param {(event: PointerEvent, dx: number, dy: number) => void} hooks.move with the way since the last event
 * @param {(event: PointerEvent) => void} [hooks.end]
 * @param {number} [slack] pixels to move before it counts as a drag
 */
export function onDrag(node, { start, move, end }, slack = 0) {
  let last = null;
  let isDragging = false;
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    last = [event.clientX, event.clientY];
    isDragging = slack === 0;
    if (isDragging) {
      node.setPointerCapture(event.pointerId);
      start?.(event);
    }
  });
  node.addEventListener("pointermove", (event) => {
    if (!last) return;
    const dx = event.clientX - last[0];
    const dy = event.clientY - last[1];
    if (!isDragging && Math.hypot(dx, dy) < slack) return;
    if (!isDragging) {
      isDragging = true;
      node.setPointerCapture(event.pointerId);
      start?.(event);
    }
    last = [event.clientX, event.clientY];
    move(event, dx, dy);
  });
  const finish = (event) => {
    if (last && isDragging) end?.(event);
    last = null;
  };
  node.addEventListener("pointerup", finish);
  node.addEventListener("pointercancel", finish);
  // the click that follows a drag is not a click
  node.addEventListener(
    "click",
    (event) => {
      if (isDragging && slack > 0) event.stopPropagation();
      isDragging = false;
    },
    true,
  );
}

export const NOT_LOADED = "This could not be loaded, because the server does not answer; try again when it does.";

/**
 * Load a style sheet that the page did not begin with.
 * @param {string} url @returns {Promise<void>} when it is in force
 */
export function loadStyle(url) {
  return new Promise((resolve, reject) => {
    const link = element("link", { rel: "stylesheet", href: url, onload: () => resolve(), onerror: () => reject(new Error(`no ${url}`)) });
    document.head.append(link);
  });
}
