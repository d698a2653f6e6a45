/** Light and dark, and the colours of app/palette.py as the page's style sheet has them. */

import { remember } from "./storage.mjs";

const STORAGE_KEY = "relief.theme";
const NAMES = [
  ...["paper", "panel", "ink", "muted", "accent", "positive", "negative", "level", "cut", "crease"],
  ...Array.from({ length: 5 }, (_, i) => `height-${i}`),
  ...Array.from({ length: 6 }, (_, i) => `class-${i}`),
];
/** Where between −1 and 1 the heights' colours are. */
export const HEIGHT_STOPS = [-1, -0.55, 0, 0.55, 1];

/** @returns {Record<string, string>} the present theme's colours by name, #rrggbb */
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** @param {Record<string, string>} colours @returns {Array<[number, string]>} for Plotly */
export const colorscale = (colours) => HEIGHT_STOPS.map((stop, i) => [(stop + 1) / 2, colours[`height-${i}`]]);

/** The colour of a class. @param {number} index @param {Record<string, string>} colours */
export const classColour = (index, colours) => colours[`class-${index % 6}`];

/** The nearest stop's colour for a height relative to its scale. @param {number} t @param {Record<string, string>} colours */
export function heightColour(t, colours) {
  const distances = HEIGHT_STOPS.map((stop) => Math.abs(stop - t));
  return colours[`height-${distances.indexOf(Math.min(...distances))}`];
}

/** @returns {"light" | "dark"} at first what assets/early/paint.js found */
export const currentTheme = () => (document.documentElement.dataset.theme === "dark" ? "dark" : "light");

/** Change the theme of the page. @param {object} dash window.dash_clientside @param {"light" | "dark"} theme */
export function setTheme(dash, theme) {
  dash.set_props("theme-provider", { forceColorScheme: theme });
  const { dataset } = document.documentElement;
  dataset.theme = theme;
  dataset.mantineColorScheme = theme; // at once, because colours are read from the style sheet
}

/** Remember a theme that was chosen. @param {"light" | "dark"} theme @param {?Storage} storage */
export const rememberTheme = (theme, storage) => remember(storage, STORAGE_KEY, theme);
