/** What the page's own address asks for: ?preset=id&hide=rail,strip&theme=dark, for course pages that embed it. */

/** The parts that can be hidden; style.css has a rule for each, assets/early/paint.js applies them. */
export const PARTS = ["header", "transport", "timeline", "rail", "inspector", "strip"];

/**
 * @param {string} search the address's query
 * @returns {{preset: ?string, complaint: string}} complaint: what is asked for and does not exist, or nothing
 */
export function readLink(search) {
  const link = new URLSearchParams(search);
  const complaints = [
    ...complain("hide", (link.get("hide") ?? "").split(",").filter(Boolean), PARTS),
    ...complain("theme", [link.get("theme")].filter(Boolean), ["light", "dark"]),
  ];
  return { preset: link.get("preset") || null, complaint: complaints.join(" ") };
}

function complain(field, names, known) {
  const unknown = names.filter((name) => !known.includes(name));
  if (!unknown.length) return [];
  return [`The link's ${field} does not know ${unknown.map((name) => `“${name.slice(0, 40)}”`).join(", ")}; choose from ${known.join(", ")}.`];
}

export const MODEL_KEY = "#model="; // what permalink.mjs writes comes after it

/** @param {string} hash of an address @returns {boolean} whether it is meant to hold a network */
export const holdsModel = (hash) => hash.startsWith(MODEL_KEY);

/** Whether the page was loaded again in its place, rather than opened. */
export const isReload = () => performance.getEntriesByType("navigation")[0]?.type === "reload";
