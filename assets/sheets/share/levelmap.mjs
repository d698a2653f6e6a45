/**
 * A level-set map as SVG: level lines in one colour above zero and another below, the zero set bold, the
 * data, axes with their ticks. All of it lines and text, so that it prints sharp at any size. Pure.
 */

const SIDE = 520; // of the plane's longer side
const MARGIN = { left: 58, right: 18, top: 44, bottom: 66 };
const SHORTEST = 0.4; // of the plane's sides, the shorter over the longer, before units differ
const LEVELS = 4; // between zero and the scale, where nothing else is asked for
const TICKS = 5; // about so many an axis
const FONT = "Inter, 'Segoe UI', system-ui, 'DejaVu Sans', sans-serif";

/**
 * @param {object} map
 * @param {ArrayLike<number>} map.x @param {ArrayLike<number>} map.y ascending axes of the grid
 * @param {ArrayLike<number>} map.values heights, row after row
 * @param {number} map.scale the height up to which the landscape is drawn
 * @param {number} [map.step] how far apart level sets are; a quarter of the scale where left out
 * @param {{x: number[], y: number[], colours: string[]}} map.points data
 * @param {string} map.title
 * @param {Record<string, string>} map.colours of the theme
 * @param {(x: any, y: any, values: any, level: number) => Array<{points: number[][], isClosed: boolean}>} contour
 * @returns {string}
 */
export function levelMap({ x, y, values, scale, step = scale / LEVELS, points, title, colours }, contour) {
  const plane = placement([x[0], x[x.length - 1]], [y[0], y[y.length - 1]]);
  const { width, height, toX, toY } = plane;
  const path = ({ points: line, isClosed }) =>
    `M${line.map(([u, v]) => `${short(toX(u))} ${short(toY(v))}`).join("L")}${isClosed ? "Z" : ""}`;
  const lines = heights(scale, step).map((level) => {
    const d = contour(x, y, values, level).map(path).join("");
    const [stroke, weight] = level === 0 ? [colours.level, 2.4] : [level > 0 ? colours.positive : colours.negative, 1.2];
    return d ? `<path d="${d}" stroke="${stroke}" stroke-width="${weight}"><title>${plain(level)}</title></path>` : "";
  });
  const isInside = (i) => x[0] <= points.x[i] && points.x[i] <= x[x.length - 1] && y[0] <= points.y[i] && points.y[i] <= y[y.length - 1];
  const dots = points.x.map((u, i) =>
    isInside(i) ? `<circle cx="${short(toX(u))}" cy="${short(toY(points.y[i]))}" r="2.6" fill="${points.colours[i]}"/>` : "",
  );
  const whole = [MARGIN.left + width + MARGIN.right, MARGIN.top + height + MARGIN.bottom].map(Math.round);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole.join(" ")}" width="${whole[0]}" height="${whole[1]}" font-family="${FONT}" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" fill="${colours.panel}"/>`,
    `<text x="${MARGIN.left}" y="26" font-size="15" font-weight="600" fill="${colours.ink}">${escape(title)}</text>`,
    `<g fill="none" stroke-linejoin="round">`,
    ...lines.filter(Boolean),
    `</g>`,
    `<g stroke="${colours.panel}" stroke-width="0.7">`,
    ...dots.filter(Boolean),
    `</g>`,
    axes(plane, [x[0], x[x.length - 1]], [y[0], y[y.length - 1]], colours),
    `<text x="${MARGIN.left}" y="${whole[1] - 12}" font-size="11" fill="${colours.muted}">level sets every ${plain(step)}, bold = 0, from −${plain(scale)} to +${plain(scale)}</text>`,
    `</svg>`,
    "",
  ].join("\n");
}

/** The heights between −scale and scale that have a line, zero among them. @param {number} scale @param {number} step */
function heights(scale, step) {
  const most = Math.ceil(scale / step - 1e-9) - 1;
  return Array.from({ length: 2 * most + 1 }, (_, i) => (i - most) * step);
}

/** Both axes have one unit, unless the plane would be a mere strip. */
function placement([x0, x1], [y0, y1]) {
  const longer = Math.max(x1 - x0, y1 - y0);
  const [width, height] = [x1 - x0, y1 - y0].map((length) => SIDE * Math.max(length / longer, SHORTEST));
  return {
    width,
    height,
    toX: (u) => MARGIN.left + (width * (u - x0)) / (x1 - x0),
    toY: (v) => MARGIN.top + (height * (y1 - v)) / (y1 - y0),
  };
}

/** Round numbers within an axis. @param {number[]} ends @returns {number[]} */
export function ticks([low, high]) {
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((digits) => rough <= digits * power * (1 + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function axes({ width, height, toX, toY }, xEnds, yEnds, colours) {
  const bottom = MARGIN.top + height;
  const marks = [
    ...ticks(xEnds).flatMap((u) => [
      `<path d="M${short(toX(u))} ${short(bottom)}v5"/>`,
      `<text x="${short(toX(u))}" y="${short(bottom + 18)}" text-anchor="middle" stroke="none">${plain(u)}</text>`,
    ]),
    ...ticks(yEnds).flatMap((v) => [
      `<path d="M${MARGIN.left} ${short(toY(v))}h-5"/>`,
      `<text x="${MARGIN.left - 9}" y="${short(toY(v) + 4)}" text-anchor="end" stroke="none">${plain(v)}</text>`,
    ]),
    `<text x="${short(MARGIN.left + width / 2)}" y="${short(bottom + 34)}" text-anchor="middle" font-style="italic" stroke="none">x</text>`,
    `<text x="${MARGIN.left - 44}" y="${short(MARGIN.top + height / 2)}" text-anchor="middle" font-style="italic" stroke="none">y</text>`,
  ];
  const frame = `<rect x="${MARGIN.left}" y="${MARGIN.top}" width="${short(width)}" height="${short(height)}" fill="none"/>`;
  return `<g fill="${colours.muted}" stroke="${colours.muted}">${frame}${marks.join("")}</g>`;
}

const short = (pixels) => Number(pixels.toFixed(2));
export const plain = (number) => String(Number(number.toPrecision(6))).replace("-", "−");
export const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
