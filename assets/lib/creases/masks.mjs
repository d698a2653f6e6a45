/**
 * Creases on the wall's landscapes, with WebGL2: pictures of them that the landscapes' shader looks up, so that the lines
 * hug the surface, are as wide on the screen at every tilt, and cost the same however many there are.
 *
 * A mask does not hold coverage but how near the next crease is: 1 on it, falling to 0 over REACH texels, over fewer for
 * a finer one. So one threshold, which depends on how many texels there are to a pixel, gives every line its width. One
 * texture array has a mask for each layer, of the creases that all its landscapes have, and one for each neuron, of its own.
 */

import { placement, view } from "../camera.mjs";
import { createAttributes, createProgram, fill, rgb } from "../gl.mjs";
import { block } from "../shaders.mjs";
import { widthOf } from "./lines.mjs";

export const REACH = 10; // texels
const HEAVIEST = widthOf(1); // CSS pixels
const SMALL = { side: 110, least: 0.6 }; // on smaller landscapes, CSS pixels, lines are finer, down to this share
const SHARED = 0.7; // how strong the creases of the layers before are, beside a neuron's own
const SIZES = { least: 64, most: 1024 }; // texels of a mask's side
const UNITS = { shared: 1, own: 2 }; // texture units; 0 is the heights'
const MAP = view(0, 1);

const RIBBON = {
  vertex: `#version 300 es
precision highp float;
uniform float size;  // texels
layout(location = 0) in vec2 corner;  // 0 or 1 along, ±1 across
layout(location = 1) in vec4 ends;    // in the unit square
layout(location = 2) in float reach;  // texels
out vec2 p;
flat out vec4 segment;
flat out float fall;
void main() {
  vec2 a = ends.xy * size, b = ends.zw * size;
  vec2 along = b - a;
  vec2 direction = dot(along, along) > 0.0 ? normalize(along) : vec2(1.0, 0.0);
  p = mix(a - direction * reach, b + direction * reach, corner.x) + corner.y * reach * vec2(-direction.y, direction.x);
  segment = vec4(a, b);
  fall = reach;
  gl_Position = vec4(p / size * 2.0 - 1.0, 0.0, 1.0);
}`,
  fragment: `#version 300 es
precision highp float;
in vec2 p;
flat in vec4 segment;
flat in float fall;
out vec4 colour;
void main() {
  vec2 along = segment.zw - segment.xy;
  float t = clamp(dot(p - segment.xy, along) / max(dot(along, along), 1e-9), 0.0, 1.0);
  colour = vec4(1.0 - min(length(p - segment.xy - t * along) / fall, 1.0));
}`,
};

const DECLARATIONS = `
precision highp sampler2DArray;
uniform sampler2DArray shared_;
uniform sampler2DArray own;
uniform vec3 creaseColour;
uniform vec3 paleColour;
uniform float ratio;      // pixels of the canvas to one of CSS
uniform float strength;
uniform float firstRow;   // of the first layer's neurons
float line(float nearness, float halfWidth, float texels) {  // pixels of the heaviest line; texels to a pixel
  return clamp((nearness - 1.0) * ${REACH.toFixed(1)} / texels + halfWidth + 0.5, 0.0, 1.0);
}
`;

const PAINTING = `
  if (tile.y > 0.5) {
    float small = clamp(2.0 * tile.z / (${SMALL.side.toFixed(1)} * ratio), ${SMALL.least}, 1.0);
    float halfWidth = ${(HEAVIEST / 2).toFixed(2)} * ratio * small;
    vec2 across = dFdx(q), down = dFdy(q);
    float texels = sqrt(abs(across.x * down.y - across.y * down.x)) * float(textureSize(own, 0).x);
    texels = clamp(texels, 1e-3, ${REACH.toFixed(1)} / (halfWidth + 0.5));  // a mask says no more than that nothing is near
    float before = line(texture(shared_, vec3(q, tile.y - 1.0)).r, halfWidth, texels);
    float crease = max(${SHARED} * before, line(texture(own, vec3(q, tile.x - firstRow)).r, halfWidth, texels));
    base = mix(base, mix(creaseColour, paleColour, smoothstep(0.55, 0.8, abs(t))), strength * crease);
  }`;

export class CreasePaint {
  /** @param {import("../wall.mjs").Wall} wall @param {() => Record<string, string>} colours those of the theme */
  constructor(wall, colours) {
    Object.assign(this, { wall, colours });
    this.strength = 1;
    this.lines = null;
    this.#build();
  }

  /** Make everything that lives on the GPU; again after the context was lost. */
  #build() {
    const { gl } = this.wall;
    this.program = createProgram(gl, block(DECLARATIONS, PAINTING));
    this.ribbon = createProgram(gl, RIBBON);
    this.frame = gl.createFramebuffer();
    this.textures = Object.fromEntries(Object.keys(UNITS).map((name) => [name, createMasks(gl)]));
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    fill(gl, createAttributes(gl, [[0, 2]]), new Float32Array([0, -1, 0, 1, 1, -1, 1, 1]), gl.STATIC_DRAW);
    this.segments = createAttributes(gl, [[1, 4], [2, 1]], true);
    gl.bindVertexArray(null);
    this.size = 0; // of what has been drawn
    this.programs = this.wall.programs; // with which it was made
  }

  /** @param {import("./lines.mjs").CreaseLines} lines */
  set(lines) {
    this.lines = lines;
    this.size = 0;
  }

  /** Draw the masks if there are other creases, other tiles, other sizes, or other graphics; before the wall is drawn. */
  prepare() {
    const { scene, ratio, programs } = this.wall;
    if (this.programs !== programs) this.#build(); // the graphics were lost, and what was on them
    const sides = scene.tiles.map((tile) => 2 * placement(MAP, tile).scale * ratio);
    const size = Math.min(Math.max(2 ** Math.ceil(Math.log2(2 * Math.max(...sides))), SIZES.least), SIZES.most);
    if (!this.lines || (this.size === size && this.scene === scene)) return;
    Object.assign(this, { size, scene });
    this.#draw();
  }

  /** Tell the landscapes' program what it is to paint with. @param {Record<string, WebGLUniformLocation>} uniforms */
  tell(uniforms) {
    const { gl, ratio, scene } = this.wall;
    for (const [name, unit] of Object.entries(UNITS)) {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.textures[name]);
    }
    gl.activeTexture(gl.TEXTURE0);
    const { crease, paper } = this.colours();
    gl.uniform1i(uniforms.shared_, UNITS.shared);
    gl.uniform1i(uniforms.own, UNITS.own);
    gl.uniform3fv(uniforms.creaseColour, rgb(crease));
    gl.uniform3fv(uniforms.paleColour, rgb(paper));
    gl.uniform1f(uniforms.ratio, ratio);
    gl.uniform1f(uniforms.strength, this.lines ? this.strength : 0);
    gl.uniform1f(uniforms.firstRow, scene.firstRows[1]);
  }

  #draw() {
    const { wall, lines, size, scene } = this;
    const { gl } = wall;
    const neurons = scene.tiles.filter(({ layer }) => layer > 0);
    const depth = scene.firstRows.length - 1;
    this.#reserve("shared", depth);
    this.#reserve("own", neurons.length);
    const reaches = Float32Array.from(lines.layers, (layer) => (REACH * widthOf(layer)) / HEAVIEST);
    const attributes = new Float32Array(5 * lines.count);
    for (let i = 0; i < lines.count; i += 1) {
      attributes.set(lines.ends.subarray(4 * i, 4 * i + 4), 5 * i);
      attributes[5 * i + 4] = reaches[i];
    }
    fill(gl, this.segments, attributes);
    gl.useProgram(this.ribbon.program);
    gl.uniform1f(this.ribbon.uniforms.size, size);
    gl.bindVertexArray(this.array);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.viewport(0, 0, size, size);
    gl.disable(gl.DEPTH_TEST);
    gl.blendEquation(gl.MAX);
    gl.clearColor(0, 0, 0, 0);
    for (let layer = 1; layer <= depth; layer += 1) this.#drawSlice("shared", layer - 1, lines.shared(layer));
    neurons.forEach((tile, slice) => this.#drawSlice("own", slice, lines.own(tile.layer, tile.neuron)));
    gl.blendEquation(gl.FUNC_ADD);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.bindVertexArray(null);
  }

  #drawSlice(name, slice, [first, end]) {
    const { gl } = this.wall;
    gl.framebufferTextureLayer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, this.textures[name], 0, slice);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (end === first) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.segments);
    gl.vertexAttribPointer(1, 4, gl.FLOAT, false, 20, 20 * first); // WebGL2 cannot draw instances from the middle of a buffer
    gl.vertexAttribPointer(2, 1, gl.FLOAT, false, 20, 20 * first + 16);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, end - first);
  }

  /** Make room for so many masks, unless there is. */
  #reserve(name, count) {
    const { gl } = this.wall;
    const { size } = this;
    const texture = this.textures[name];
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
    if (texture.room === `${size} ${count}`) return;
    texture.room = `${size} ${count}`;
    gl.texImage3D(gl.TEXTURE_2D_ARRAY, 0, gl.R8, size, size, count, 0, gl.RED, gl.UNSIGNED_BYTE, null);
  }
}

function createMasks(gl) {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D_ARRAY, filter, gl.LINEAR);
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D_ARRAY, side, gl.CLAMP_TO_EDGE);
  gl.texImage3D(gl.TEXTURE_2D_ARRAY, 0, gl.R8, 1, 1, 1, 0, gl.RED, gl.UNSIGNED_BYTE, new Uint8Array(1)); // drawn from before there is a mask
  return texture;
}
