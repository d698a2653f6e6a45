/**
 * The wall's GLSL. Heights live in one R32F texture: a row a neuron, its n² values one after
 * another, row = y ascending and column = x ascending. A tile is an instance:
 * centre and scale in pixels, the texture row, the gain from height to [−1, 1], the number of
 * level sets from 0 to 1, and the layer. A linked level set is one neuron's, drawn on every tile.
 */

import { LARGEST_HEIGHT } from "./arrange.mjs";
import { BASE, HEIGHT } from "./camera.mjs";

/** Heights that cannot be drawn arrive as this; the surface has a hole there. */
export const HOLE = 2 * LARGEST_HEIGHT;

const COMMON = `#version 300 es
precision highp float;
precision highp sampler2D;
`;

const HEIGHTS = `
uniform sampler2D heights;
uniform highp int n;
float heightAt(float row, ivec2 p) {
  p = clamp(p, ivec2(0), ivec2(n - 1));
  return texelFetch(heights, ivec2(p.y * n + p.x, int(row)), 0).r;
}
bool hasHole(float row, vec2 q) {  // whether between() would mix a hole into what it returns
  ivec2 p = ivec2(min(floor(clamp(q, 0.0, 1.0) * float(n - 1)), float(n - 2)));
  float a = abs(heightAt(row, p)), b = abs(heightAt(row, p + ivec2(1, 0)));
  float c = abs(heightAt(row, p + ivec2(0, 1))), d = abs(heightAt(row, p + ivec2(1, 1)));
  return max(max(a, b), max(c, d)) > ${LARGEST_HEIGHT.toExponential(1)};
}
float between(float row, vec2 q) {
  vec2 at = clamp(q, 0.0, 1.0) * float(n - 1);
  ivec2 p = ivec2(min(floor(at), float(n - 2)));
  vec2 f = at - vec2(p);
  return mix(mix(heightAt(row, p), heightAt(row, p + ivec2(1, 0)), f.x),
             mix(heightAt(row, p + ivec2(0, 1)), heightAt(row, p + ivec2(1, 1)), f.x), f.y);
}
`;

const CAMERA = `
uniform vec2 canvasSize;
uniform vec4 turn;  // sin, cos of azimuth; sin, cos of elevation
vec4 project(vec2 centre, float scale, vec3 p) {
  float across = turn.y * p.x - turn.x * p.y;
  float away = turn.x * p.x + turn.y * p.y;
  float up = turn.z * away + turn.w * p.z;
  float depth = (turn.w * away - turn.z * p.z) / 3.0;
  vec2 pixel = centre + scale * vec2(across, -up);
  return vec4(pixel.x / canvasSize.x * 2.0 - 1.0, 1.0 - pixel.y / canvasSize.y * 2.0, depth, 1.0);
}
`;

const COLOURS = `
uniform vec3 stops[5];
uniform vec3 levelColour;
vec3 heightColour(float t) {
  float u = abs(t);
  vec3 middle = stops[2];
  vec3 near = t < 0.0 ? stops[1] : stops[3];
  vec3 far = t < 0.0 ? stops[0] : stops[4];
  return u < 0.55 ? mix(middle, near, u / 0.55) : mix(near, far, min((u - 0.55) / 0.45, 1.0));
}
`;

const INSTANCE = `
layout(location = 0) in vec3 mesh;       // position in the unit square; 1 on the foot of the block
layout(location = 1) in vec3 placement;  // centre and scale in pixels
layout(location = 2) in vec4 source;     // texture row, gain, level sets, layer
`;

const LINKED = `
uniform vec3 linked;  // texture row, height, gain; gain 0 for none
float aboveLinked(float h) { return (h - linked.y) * linked.z; }
`;

const LINKED_LINE = `
uniform vec3 cutColour;
uniform vec3 rimColour;
vec3 withLinked(vec3 base, float above) {
  float steep = fwidth(above);
  if (steep < 1e-4 || steep > 1e3 || abs(above) > 1e3) return base;  // level, or beside a hole
  float away = abs(above) / steep;
  base = mix(base, rimColour, 0.8 * (1.0 - clamp(away - 1.4, 0.0, 1.0)));
  return mix(base, cutColour, 1.0 - clamp(away - 0.6, 0.0, 1.0));
}
`;

/**
 * A landscape on its block.
 * @param {string} declarations @param {string} painting GLSL of the fragment shader that paints more on `base`, at `q` in the
 *   unit square, of the `tile`
 */
export const block = (declarations = "", painting = "") => ({
  vertex: `${COMMON}${HEIGHTS}${CAMERA}${INSTANCE}${LINKED}
out float height;
out float levels;
out float above;
out float hole;
out float skirt;
out vec3 normal;
out vec2 q;
flat out vec3 tile;  // texture row, layer, scale in pixels
float lifted(ivec2 p) {
  float h = heightAt(source.x, p);
  return abs(h) > ${LARGEST_HEIGHT.toExponential(1)} ? 0.0 : h * source.y * ${HEIGHT};
}
void main() {
  ivec2 p = ivec2(mesh.xy * float(n - 1) + 0.5);
  float raw = heightAt(source.x, p);
  hole = abs(raw) > ${LARGEST_HEIGHT.toExponential(1)} ? 1.0 : 0.0;
  height = hole > 0.0 ? 0.0 : raw * source.y;
  levels = source.z;
  above = aboveLinked(heightAt(linked.x, p));
  skirt = mesh.z;
  q = mesh.xy;
  tile = vec3(source.x, source.w, placement.z);
  float e = 2.0 / float(n - 1);
  ivec2 low = max(p - 1, ivec2(0));
  ivec2 high = min(p + 1, ivec2(n - 1));
  normal = vec3(
    (lifted(ivec2(low.x, p.y)) - lifted(ivec2(high.x, p.y))) / (e * float(high.x - low.x)),
    (lifted(ivec2(p.x, low.y)) - lifted(ivec2(p.x, high.y))) / (e * float(high.y - low.y)), 1.0);
  vec3 position = vec3(mesh.xy * 2.0 - 1.0, mix(height * ${HEIGHT}, ${BASE}, mesh.z));
  gl_Position = project(placement.xy, placement.z, position);
}`,
  fragment: `${COMMON}${HEIGHTS}${COLOURS}${LINKED_LINE}
uniform float mapness;
in float height;
in float levels;
in float above;
in float hole;
in float skirt;
in vec3 normal;
in vec2 q;
flat in vec3 tile;
out vec4 colour;
${declarations}// a steep tail that only comes near 0, as a sigmoid's does, has no zero set
bool reachesZero() {
  ivec2 p = ivec2(q * float(n - 1));
  float low = heightAt(tile.x, p), high = low;
  for (int i = 0; i < 16; i++) {
    float h = heightAt(tile.x, p + ivec2(i % 4 - 1, i / 4 - 1));
    low = min(low, h);
    high = max(high, h);
  }
  return low <= 0.0 && high >= 0.0;
}
void main() {
  if (hole > 0.001) discard;
  float t = clamp(height, -1.0, 1.0);
  vec3 base = heightColour(t);
  if (skirt > 0.001) {
    colour = vec4(base * mix(0.64, 0.5, skirt), 1.0);
    return;
  }
  float lit = clamp(dot(normalize(normal), normalize(vec3(-0.55, -0.35, 0.8))), 0.0, 1.0);
  base *= mix(0.52 + 0.58 * lit, 1.0, mapness * 0.8);
  float k = height * levels;
  float steep = fwidth(k);
  float fade = 1.0 - smoothstep(0.35, 0.8, steep);
  float level = steep > 1e-4 ? 1.0 - clamp(abs(fract(k - 0.5) - 0.5) / steep - 0.1, 0.0, 1.0) : 0.0;
  float zero = steep > 1e-4 ? 1.0 - clamp(abs(k) / steep - 0.55, 0.0, 1.0) : 0.0;
  if (zero > 0.0 && !reachesZero()) zero = 0.0;
  base = mix(base, levelColour, level * 0.3 * fade);
  base = mix(base, levelColour, zero * 0.85);
  ${painting}
  colour = vec4(withLinked(base, above), 1.0);
}`,
});

export const EDGE = {
  vertex: `${COMMON}
uniform vec2 canvasSize;
uniform vec2 scroll;
uniform float ratio;
uniform vec3 positive;
uniform vec3 negative;
layout(location = 0) in vec2 along;   // 0 to 1 along the curve, ±1 across
layout(location = 1) in vec4 ends;    // start and end, CSS pixels; upright: a bias's bar
layout(location = 2) in vec2 weight;  // in [−1, 1]; opacity
out vec4 tint;
void main() {
  float t = along.x;
  bool isBar = ends.x == ends.z;
  float size = abs(weight.x);
  float width = max(0.7, 4.2 * size);
  vec2 middle = vec2(mix(ends.x, ends.z, 0.5), 0.0);
  vec2 a = ends.xy, b = vec2(middle.x, ends.y), c = vec2(middle.x, ends.w), d = ends.zw;
  float s = 1.0 - t;
  vec2 point = s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d;
  vec2 direction = normalize(3.0 * s * s * (b - a) + 6.0 * s * t * (c - b) + 3.0 * t * t * (d - c) + vec2(1e-4, 0.0));
  if (isBar) {
    point = vec2(a.x, mix(a.y - 1.5, a.y + 1.5, t)) + vec2(0.0, t * (d.y - a.y) * weight.x);
    direction = vec2(0.0, 1.0);
    width = 3.4;
  }
  vec2 pixel = (point + 0.5 * width * along.y * vec2(-direction.y, direction.x) - scroll) * ratio;
  gl_Position = vec4(pixel.x / canvasSize.x * 2.0 - 1.0, 1.0 - pixel.y / canvasSize.y * 2.0, 0.9, 1.0);
  tint = vec4(weight.x < 0.0 ? negative : positive, isBar ? weight.y : weight.y * step(1e-6, size));
}`,
  fragment: `${COMMON}
in vec4 tint;
out vec4 colour;
void main() { colour = vec4(tint.rgb * tint.a, tint.a); }`,
};

/** A point whose class is not the highest has a ring of the level lines' colour round it. */
const WRONG_GROWTH = "1.4";
const MARKS = `isWrong = step(1.5, point.w);
  isTest = point.w - 2.0 * isWrong;
  gl_PointSize = size * mix(1.0, ${WRONG_GROWTH}, isWrong);`;

export const POINT = {
  vertex: `${COMMON}${HEIGHTS}${CAMERA}${COLOURS}
uniform vec3 placement;
uniform vec2 source;
uniform float ownClass;  // −1: regression
uniform float size;
uniform vec3 classColours[6];
layout(location = 0) in vec4 point;  // x, y in the unit square; class or value; 1 for a test point, 2 more for a wrong one
out vec3 tint;
out float isTest;
out float isWrong;
void main() {
  bool isOwn = ownClass < 0.0 || abs(point.z - ownClass) < 0.5;
  bool isInside = all(greaterThanEqual(point.xy, vec2(0.0))) && all(lessThanEqual(point.xy, vec2(1.0)));
  float surface = between(source.x, point.xy);
  float t = clamp((ownClass < 0.0 ? point.z : surface) * source.y, -1.0, 1.0);
  gl_Position = project(placement.xy, placement.z, vec3(point.xy * 2.0 - 1.0, t * ${HEIGHT} + 0.03));
  gl_Position.z -= 0.02;
  if (!isOwn || !isInside || hasHole(source.x, point.xy)) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  tint = ownClass < 0.0 ? heightColour(t) : classColours[int(point.z) % 6];
  ${MARKS}
}`,
  fragment: `${COMMON}
uniform vec3 levelColour;
in vec3 tint;
in float isTest;
in float isWrong;
out vec4 colour;
void main() {
  float d = length(gl_PointCoord - 0.5) * mix(1.0, WRONG_GROWTH, isWrong);
  float outer = mix(0.5, 0.5 * WRONG_GROWTH, isWrong);
  float alpha = 1.0 - smoothstep(outer - 0.1, outer, d);
  if (alpha < 0.02) discard;
  float rim = smoothstep(0.28, 0.35, d);
  vec3 body = isTest > 0.5 ? mix(vec3(1.0), tint, rim) : mix(tint, vec3(1.0), rim * 0.92);
  body = mix(body, levelColour, isWrong * smoothstep(0.5, 0.56, d));
  colour = vec4(body * alpha, alpha);
}`.replaceAll("WRONG_GROWTH", WRONG_GROWTH),
};

/** The map of which output is highest where, hatched where one of them is undefined and nobody wins; its corner vertices are the unit square. */
export const DECISION = {
  vertex: `${COMMON}
uniform vec2 canvasSize;
uniform vec3 placement;
layout(location = 0) in vec2 corner;
out vec2 q;
void main() {
  q = corner;
  vec2 pixel = placement.xy + placement.z * vec2(corner.x * 2.0 - 1.0, 1.0 - corner.y * 2.0);
  gl_Position = vec4(pixel.x / canvasSize.x * 2.0 - 1.0, 1.0 - pixel.y / canvasSize.y * 2.0, 0.5, 1.0);
}`,
  fragment: `${COMMON}${HEIGHTS}${LINKED}${LINKED_LINE}
uniform float firstRow;
uniform int classes;
uniform vec3 classColours[6];
uniform vec3 paper;
uniform vec3 levelColour;
in vec2 q;
out vec4 colour;
void main() {
  float best = -1e38, second = -1e38;
  int winner = 0;
  bool isUndefined = false;
  for (int k = 0; k < classes; k++) {
    isUndefined = isUndefined || hasHole(firstRow + float(k), q);
    float h = between(firstRow + float(k), q);
    if (h > best) { second = best; best = h; winner = k; } else if (h > second) { second = h; }
  }
  float margin = best - second;
  float line = smoothstep(0.5, 1.3, margin / max(fwidth(margin), 1e-9));
  float sure = 1.0 - exp(-margin);
  vec3 base = mix(paper, classColours[winner % 6], mix(0.35, 0.75, sure));
  base = mix(levelColour, base, mix(0.25, 1.0, line));
  float stripe = step(0.8, fract((gl_FragCoord.x - gl_FragCoord.y) / 7.0));
  if (isUndefined) base = mix(paper, levelColour, 0.16 * stripe);
  colour = vec4(withLinked(base, aboveLinked(between(linked.x, q))), 1.0);
}`,
};

/** The data on the decision map, all classes, lying flat. */
export const FLAT_POINT = {
  vertex: `${COMMON}
uniform vec2 canvasSize;
uniform vec3 placement;
uniform float size;
uniform vec3 classColours[6];
layout(location = 0) in vec4 point;
out vec3 tint;
out float isTest;
out float isWrong;
void main() {
  vec2 pixel = placement.xy + placement.z * vec2(point.x * 2.0 - 1.0, 1.0 - point.y * 2.0);
  bool isInside = all(greaterThanEqual(point.xy, vec2(0.0))) && all(lessThanEqual(point.xy, vec2(1.0)));
  gl_Position = isInside
    ? vec4(pixel.x / canvasSize.x * 2.0 - 1.0, 1.0 - pixel.y / canvasSize.y * 2.0, 0.4, 1.0)
    : vec4(2.0, 2.0, 2.0, 1.0);
  tint = classColours[int(point.z) % 6];
  ${MARKS}
}`,
  fragment: POINT.fragment,
};

/** The probe's marker on every landscape of a set of tiles: an instance each. */
export const PROBE = {
  vertex: `${COMMON}${HEIGHTS}${CAMERA}
uniform vec2 probe;  // in the unit square
uniform float size;
layout(location = 1) in vec3 placement;
layout(location = 2) in vec2 source;
void main() {
  float h = between(source.x, probe);
  float t = clamp(h * source.y, -1.0, 1.0);
  gl_Position = project(placement.xy, placement.z, vec3(probe * 2.0 - 1.0, t * ${HEIGHT}));
  gl_Position.z = -0.9;
  if (abs(h) > ${LARGEST_HEIGHT.toExponential(1)}) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size;
}`,
  fragment: `${COMMON}
uniform vec3 levelColour;
uniform vec3 paper;
out vec4 colour;
void main() {
  float d = length(gl_PointCoord - 0.5);
  float alpha = 1.0 - smoothstep(0.42, 0.5, d);
  if (alpha < 0.02) discard;
  float ring = smoothstep(0.16, 0.22, d) * (1.0 - smoothstep(0.3, 0.36, d));
  colour = vec4(mix(paper, levelColour, max(ring, 1.0 - smoothstep(0.04, 0.1, d))) * alpha, alpha);
}`,
};
