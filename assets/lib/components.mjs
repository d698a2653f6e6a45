/**
 * Trees of Dash components, as plain objects: what has to be set for one tree to become another.
 * Dash builds replaced children anew, and with them goes the focus and what was open; where only
 * values differ there is no need for that.
 */

/**
 * @param {any} before a component, a list of them, or text @param {any} after
 * @returns {?Array<{id: any, props: object}>} what to set; every value, because users change values too. Null where
 *   the trees differ in more than properties of components with an id
 */
export function differences(before, after) {
  const updates = [];
  return compare(before, after, updates) ? updates : null;
}

function compare(before, after, updates) {
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.length === after.length && before.every((node, i) => compare(node, after[i], updates));
  }
  if (!before?.props || !after?.props) return isSame(before, after);
  const { id } = after.props;
  if (before.type !== after.type || !isSame(before.props.id, id)) return false;
  if (!compare(before.props.children, after.props.children, updates)) return false;
  const changed = [...new Set([...Object.keys(before.props), ...Object.keys(after.props)])].filter(
    (name) => name !== "children" && (name === "value" || !isSame(before.props[name], after.props[name])),
  );
  if (changed.length === 0) return true;
  if (id === undefined) return false;
  updates.push({ id, props: Object.fromEntries(changed.map((name) => [name, after.props[name] ?? null])) });
  return true;
}

/** Whether two properties are the same, whatever they are made of. @param {any} a @param {any} b */
export const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);
