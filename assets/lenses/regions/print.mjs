/**
 * The map as an SVG to print, 180 mm wide: regions as polygons, creases and boundary in the same weights of line as on
 * the page, the data, axes, title and legend. One unit is one millimetre. Pure.
 */

import { widthOf } from "../../lib/creases/lines.mjs";
import { escape, plain, ticks } from "../../sheets/share/levelmap.mjs";
import { alikePoints } from "../space/points.mjs";

const WIDTH = 180; // mm, as everything here
const MARGIN = { left: 15, right: 5, top: 17, bottom: 15 };
const SIDE = WIDTH - MARGIN.left - MARGIN.right;
const PIXEL = 0.3; // of the map on the page, in lines
const LINE = { boundary: 1, rim: 0.25, seam: 0.15 };
const TEXT = { title: 4.2, small: 3.1 }; // heights of type
const LETTER = 0.56; // width over height of a letter, about
const RADIUS = 0.8;
const LEGEND_LINE = 5;
const RAMP = 46;
const FONT = "Inter, 'Segoe UI', system-ui, 'DejaVu Sans', sans-serif";

/** A hundredth of a millimetre is finer than any printer. @param {number} millimetres */
const short = (millimetres) => String(Math.round(100 * millimetres) / 100);
const X = (u) => short(MARGIN.left + SIDE * u);
const Y = (v) => short(MARGIN.top + SIDE * (1 - v));

/**
 * @param {import("./scene.mjs").Scene & {legend: {swatches: object[], ramp: ?object}}} scene
 * @param {[string, string]} titles what it is, and of which network @param {Record<string, string>} colours of the light theme
 * @returns {string}
 */
export function printMap({ domain, painting, image, creases, data, legend }, [title, subtitle], colours) {
  const legendLines = placeLegend(legend);
  const height = MARGIN.top + SIDE + MARGIN.bottom + LEGEND_LINE * legendLines.length;
  const frame = `x="${MARGIN.left}" y="${MARGIN.top}" width="${SIDE}" height="${SIDE}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}mm" height="${height}mm" viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT}" font-size="${TEXT.small}">`,
    `<title>${escape(title)}</title>`,
    `<desc>${escape(subtitle)}</desc>`,
    `<defs><clipPath id="map"><rect ${frame}/></clipPath>${hatch(colours)}${gradient(legend.ramp)}</defs>`,
    `<rect width="100%" height="100%" fill="${colours.panel}"/>`,
    `<text x="${MARGIN.left}" y="8" font-size="${TEXT.title}" font-weight="600" fill="${colours.ink}">${escape(title)}</text>`,
    `<text x="${MARGIN.left}" y="13.2" fill="${colours.muted}">${escape(subtitle)}</text>`,
    `<g clip-path="url(#map)" stroke-linejoin="round" stroke-linecap="round">`,
    ...(painting ? regions(painting) : []),
    ...(image ? [picture(image)] : []),
    ...creases.map(({ layer, ends }) => lines(ends, colours.ink, PIXEL * widthOf(layer), `creases of layer ${layer}`)),
    ...(painting?.boundary ? boundary(painting.boundary, colours) : []),
    ...(data ? dots(data, colours) : []),
    `</g>`,
    axes(domain, colours, frame),
    ...legendLines.flatMap((line, i) => line.map((entry) => legendEntry(entry, MARGIN.top + SIDE + MARGIN.bottom + LEGEND_LINE * i, colours))),
    `</svg>`,
    "",
  ].join("\n");
}

function regions({ polygons: { corners, starts }, groups }) {
  const polygon = (i) => {
    const places = [];
    for (let c = starts[i]; c < starts[i + 1]; c += 1) places.push(`${X(corners[2 * c])} ${Y(corners[2 * c + 1])}`);
    return `<polygon points="${places.join(" ")}"/>`;
  };
  const style = (colour) => (colour ? `fill="${colour}" stroke="${colour}" stroke-width="${LINE.seam}"` : `fill="url(#flat)"`);
  return groups
    .filter(({ members }) => members.length)
    .map(({ colour, members }) => `<g ${style(colour)}>${Array.from(members, polygon).join("")}</g>`);
}

function lines(ends, colour, width, name) {
  const pieces = [];
  for (let i = 0; i < ends.length; i += 4) pieces.push(`M${X(ends[i])} ${Y(ends[i + 1])}L${X(ends[i + 2])} ${Y(ends[i + 3])}`);
  return `<path d="${pieces.join("")}" fill="none" stroke="${colour}" stroke-width="${short(width)}"><title>${name}</title></path>`;
}

const boundary = (ends, { panel, ink }) => [
  lines(ends, panel, LINE.boundary + 0.5, "its edge"),
  lines(ends, ink, LINE.boundary, "boundary between the classes"),
];

/** Values at the points of a grid: the outermost of them are on the frame. @param {HTMLCanvasElement} canvas */
function picture(canvas) {
  const cell = SIDE / (canvas.width - 1);
  const [left, top, side] = [MARGIN.left - cell / 2, MARGIN.top - cell / 2, SIDE + cell].map(short);
  return `<image x="${left}" y="${top}" width="${side}" height="${side}" href="${canvas.toDataURL("image/png")}"/>`;
}

function dots({ u, v, points, isClassification }, colours) {
  return alikePoints(points, isClassification, u, v, colours).map(({ colour, isTest, members }) => {
    const style = isTest ? `fill="${colours.panel}" stroke="${colour}" stroke-width="0.5"` : `fill="${colour}" stroke="${colours.panel}" stroke-width="0.25"`;
    return `<g ${style}>${members.map((i) => `<circle cx="${X(u[i])}" cy="${Y(v[i])}" r="${RADIUS}"/>`).join("")}</g>`;
  });
}

function axes(domain, { muted, ink }, frame) {
  const [across, up] = domain;
  const share = (value, [low, high]) => (value - low) / (high - low);
  const bottom = MARGIN.top + SIDE;
  const marks = [
    ...ticks(across).map((x) => mark(`M${X(share(x, across))} ${bottom}v1.4`, X(share(x, across)), bottom + 5, "middle", x)),
    ...ticks(up).map((y) => mark(`M${MARGIN.left} ${Y(share(y, up))}h-1.4`, MARGIN.left - 2.2, Number(Y(share(y, up))) + 1.1, "end", y)),
  ];
  return [
    `<g fill="none" stroke="${muted}" stroke-width="${LINE.rim}"><rect ${frame}/>${marks.map(({ line }) => line).join("")}</g>`,
    `<g fill="${muted}">${marks.map(({ text }) => text).join("")}</g>`,
    `<g fill="${ink}" font-style="italic" text-anchor="middle"><text x="${short(MARGIN.left + SIDE / 2)}" y="${bottom + 9.5}">x</text>`,
    `<text x="4" y="${short(MARGIN.top + SIDE / 2)}">y</text></g>`,
  ].join("");
}

const mark = (d, x, y, anchor, value) => ({
  line: `<path d="${d}"/>`,
  text: `<text x="${x}" y="${short(y)}" text-anchor="${anchor}">${plain(value)}</text>`,
});

/** Put the legend's entries side by side, in as many lines as they need. */
function placeLegend({ swatches, ramp }) {
  const entries = [...(ramp ? [{ ramp, text: "" }] : []), ...swatches];
  const placed = [];
  let x = Infinity;
  for (const entry of entries) {
    const width = (entry.ramp ? RAMP + LETTER * TEXT.small * entry.ramp.ends.join("").length + 8 : 10) + LETTER * TEXT.small * entry.text.length;
    if (x + width > WIDTH - MARGIN.right) {
      placed.push([]);
      x = MARGIN.left;
    }
    placed.at(-1).push({ ...entry, x });
    x += width;
  }
  return placed;
}

function legendEntry({ x, ramp, colour, text }, y, { muted, ink }) {
  const write = (at, words) => `<text x="${short(at)}" y="${y}" fill="${muted}">${escape(words)}</text>`;
  if (!ramp) return `<rect x="${short(x)}" y="${y - 2.6}" width="3" height="3" fill="${colour ?? "url(#flat)"}" stroke="${ink}" stroke-width="0.1"/>${write(x + 4.5, text)}`;
  const start = x + LETTER * TEXT.small * ramp.ends[0].length + 2;
  return `${write(x, ramp.ends[0])}<rect x="${short(start)}" y="${y - 2.3}" width="${RAMP}" height="2.4" fill="url(#ramp)"/>${write(start + RAMP + 2, ramp.ends[1])}`;
}

const hatch = ({ panel, muted }) =>
  `<pattern id="flat" width="2" height="2" patternUnits="userSpaceOnUse"><rect width="2" height="2" fill="${panel}"/>` +
  `<path d="M0 2L2 0M-1 1L1 -1M1 3L3 1" stroke="${muted}" stroke-opacity="0.5" stroke-width="0.2"/></pattern>`;

function gradient(ramp) {
  if (!ramp) return "";
  const stops = ramp.colours.map((colour, i) => `<stop offset="${short(i / (ramp.colours.length - 1))}" stop-color="${colour}"/>`);
  return `<linearGradient id="ramp">${stops.join("")}</linearGradient>`;
}
