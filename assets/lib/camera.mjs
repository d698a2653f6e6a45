/**
 * The one camera of all tiles: orthographic, turned by an azimuth, tilted from landscape (0) to
 * map (1), where it looks straight down with x to the right and y up.
 */

const LOWEST_ELEVATION = 0.56; // radians above the horizon at tilt 0
export const HEIGHT = 0.55; // of a landscape's full scale, where half its width is 1
export const BASE = -0.62; // where the block under a landscape ends

/**
 * @typedef {{sinAzimuth: number, cosAzimuth: number, sinElevation: number, cosElevation: number,
 *   spanX: number, spanY: number}} View
 *   spans: half the extent of a drawn tile, so that size / (2 span) is the scale that fits it
 */

/** @param {number} azimuth radians @param {number} tilt 0 to 1 @returns {View} */
export function view(azimuth, tilt) {
  const elevation = LOWEST_ELEVATION + (Math.PI / 2 - LOWEST_ELEVATION) * tilt;
  const turned = azimuth * (1 - tilt);
  const sinElevation = Math.sin(elevation);
  const cosElevation = Math.cos(elevation);
  const turnedExtent = Math.abs(Math.sin(turned)) + Math.abs(Math.cos(turned));
  // in a landscape the widest extent, so that turning does not breathe; in a map just what is there
  const diagonal = Math.max(turnedExtent, Math.SQRT2 + (1 - Math.SQRT2) * tilt ** 4);
  return {
    sinAzimuth: Math.sin(turned),
    cosAzimuth: Math.cos(turned),
    sinElevation,
    cosElevation,
    spanX: diagonal * 1.02,
    spanY: (diagonal * sinElevation - BASE * cosElevation) * 1.02,
  };
}

export const INSET = 4; // px between a landscape and the edge of its tile

/**
 * Where a landscape is drawn on its tile.
 * @param {View} v @param {{x: number, y: number, width: number, height: number}} tile centre and size in pixels
 * @returns {import("./picking.mjs").Placement}
 */
export const placement = (v, { x, y, width, height }) => ({
  x,
  y,
  scale: Math.min((width - INSET) / (2 * v.spanX), (height - INSET) / (2 * v.spanY)),
});
