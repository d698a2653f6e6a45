/** The few WebGL2 operations the wall needs, none of which knows what is drawn. */

function compile(gl, type, source) {
  const shader = gl.createShader(type);
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
    throw new Error(`shader: ${gl.getShaderInfoLog(shader)}`);
  }
  return shader;
}

/**
 * Compile and link a program and look its uniforms up.
 * @param {WebGL2RenderingContext} gl @param {{vertex: string, fragment: string}} source
 * @returns {{program: WebGLProgram, uniforms: Record<string, WebGLUniformLocation>}}
 */
export function createProgram(gl, { vertex, fragment }) {
  const program = gl.createProgram();
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, vertex));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, fragment));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`program: ${gl.getProgramInfoLog(program)}`);
  }
  const uniforms = {};
  const count = gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) ?? 0;
  for (let i = 0; i < count; i += 1) {
    const name = gl.getActiveUniform(program, i).name.replace("[0]", "");
    uniforms[name] = gl.getUniformLocation(program, name);
  }
  return { program, uniforms };
}

/**
 * Create a buffer and describe its floats as vertex attributes of the bound vertex array.
 * @param {WebGL2RenderingContext} gl
 * @param {Array<[number, number]>} attributes [location, floats] in the order in which they are interleaved
 * @param {boolean} isInstanced whether one set serves a whole instance
 * @returns {WebGLBuffer}
 */
export function createAttributes(gl, attributes, isInstanced = false) {
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  const stride = 4 * attributes.reduce((sum, [, floats]) => sum + floats, 0);
  let offset = 0;
  for (const [location, floats] of attributes) {
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, floats, gl.FLOAT, false, stride, offset);
    if (isInstanced) gl.vertexAttribDivisor(location, 1);
    offset += 4 * floats;
  }
  return buffer;
}

/** Replace a buffer's contents. @param {WebGL2RenderingContext} gl */
export function fill(gl, buffer, values, usage = gl.DYNAMIC_DRAW) {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, values, usage);
}

/**
 * The mesh of a landscape: an n × n grid and, along its four edges, a skirt down to the foot.
 * @param {number} n points an axis
 * @returns {{vertices: Float32Array, indices: Uint32Array}} vertices are (x, y, isFoot) in the unit square
 */
export function blockMesh(n) {
  const vertices = [];
  const indices = [];
  for (let row = 0; row < n; row += 1) {
    for (let column = 0; column < n; column += 1) vertices.push(column / (n - 1), row / (n - 1), 0);
  }
  for (let row = 0; row < n - 1; row += 1) {
    for (let column = 0; column < n - 1; column += 1) {
      const corner = row * n + column;
      indices.push(corner, corner + 1, corner + n, corner + 1, corner + n + 1, corner + n);
    }
  }
  const sides = [(t) => [t, 0], (t) => [t, 1], (t) => [0, t], (t) => [1, t]];
  for (const side of sides) {
    const first = vertices.length / 3;
    for (let i = 0; i < n; i += 1) {
      const [x, y] = side(i / (n - 1));
      vertices.push(x, y, 0, x, y, 1);
    }
    for (let i = 0; i < n - 1; i += 1) {
      const corner = first + 2 * i;
      indices.push(corner, corner + 1, corner + 2, corner + 1, corner + 3, corner + 2);
    }
  }
  return { vertices: new Float32Array(vertices), indices: new Uint32Array(indices) };
}

/** @param {string} colour #rrggbb @returns {number[]} red, green, blue from 0 to 1 */
export const rgb = (colour) => [1, 3, 5].map((i) => parseInt(colour.trim().slice(i, i + 2), 16) / 255);

/**
 * Whether this browser draws WebGL on the processor. Smooth edges then cost half the frame rate,
 * and the flag a context can be asked to fail by (failIfMajorPerformanceCaveat) does not always tell.
 * @returns {boolean}
 */
export function isSoftware() {
  const gl = document.createElement("canvas").getContext("webgl2");
  const info = gl?.getExtension("WEBGL_debug_renderer_info");
  const renderer = info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "";
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}
