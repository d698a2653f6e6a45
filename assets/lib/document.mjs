/**
 * The document (version 1) as the page uses it: its numbers decoded, its layers laid out.
 * Twin of the reading half of nets/document.py and of nets/network.py's parameter order.
 */

const N_INPUTS = 2;

/**
 * @typedef {object} Layer
 * @property {number} width
 * @property {string[]} activation one name per neuron
 * @property {string} pre
 * @property {boolean} skip
 * @property {number[]} off neurons that are switched off: their activation is 0 everywhere
 * @property {number} inputs length of a neuron's weight vector
 * @property {number} weights index of the first weight in the parameter vector
 * @property {number} biases index of the first bias
 */

/** @param {string} text base64 @returns {ArrayBuffer} */
export function decodeBytes(text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = characters.charCodeAt(i);
  return bytes.buffer;
}

/** @param {string} text base64 of little-endian float64 @returns {Float64Array} */
export const decodeFloat64 = (text) => new Float64Array(decodeBytes(text));

/** @param {string} text base64 of little-endian float32 @returns {Float32Array} */
export const decodeFloat32 = (text) => new Float32Array(decodeBytes(text));

/** @param {Float64Array} values @returns {string} base64 of little-endian float64 */
export function encodeFloat64(values) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const chunks = [];
  for (let i = 0; i < bytes.length; i += 8192) chunks.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  return btoa(chunks.join(""));
}

/**
 * Lay out a document's layers over the flat parameter vector.
 * @param {object} document
 * @returns {Layer[]} hidden layers and outputs; layer 0 of the page (the inputs) is not among them
 */
export function layoutLayers(document) {
  let before = N_INPUTS;
  let start = 0;
  return document.layers.map((layer) => {
    const inputs = before + (layer.skip ? N_INPUTS : 0);
    const activation = Array.isArray(layer.activation) ? layer.activation : Array(layer.width).fill(layer.activation);
    const weights = start;
    const biases = weights + layer.width * inputs;
    start = biases + layer.width;
    before = layer.width;
    const { width, pre = "identity", skip = false, off = [] } = layer;
    return { width, activation, pre, skip, off, inputs, weights, biases };
  });
}

/** @param {Layer[]} layers @returns {number} length of the parameter vector */
export const countParameters = (layers) => layers.reduce((sum, layer) => sum + layer.width * (layer.inputs + 1), 0);

/**
 * Find the layer a parameter belongs to.
 * @param {Layer[]} layers @param {number} index into the parameter vector
 * @returns {number} the page's layer number, 1 for the first hidden layer
 */
export function layerOfParameter(layers, index) {
  return layers.findIndex((layer) => index < layer.biases + layer.width) + 1;
}

/**
 * What a parameter is.
 * @param {Layer[]} layers @param {number} index into the parameter vector
 * @returns {{layer: number, neuron: number, input: ?number}} the page's layer number; input is null for a bias
 */
export function placeOfParameter(layers, index) {
  const layer = layerOfParameter(layers, index);
  const { weights, biases, inputs } = layers[layer - 1];
  if (index >= biases) return { layer, neuron: index - biases, input: null };
  return { layer, neuron: Math.floor((index - weights) / inputs), input: (index - weights) % inputs };
}

/**
 * The part of a document that the setup panel shows: everything that training does not change.
 * Two documents with equal settings text need the same controls, points and tiles.
 * @param {object} document @returns {string}
 */
export function settingsText(document) {
  const { parameters: _, progress: __, ...settings } = document;
  return JSON.stringify(settings);
}

/**
 * Name a layer as people do.
 * @param {number} layer the page's layer number, 0 for the inputs
 * @param {object} document
 */
export function layerTitle(layer, document) {
  if (layer === 0) return "input";
  if (layer < document.layers.length) return `hidden ${layer}`;
  return isClassification(document) ? "classes" : "output";
}

/** @param {object} document @returns {boolean} */
export const isClassification = (document) => document.data.classes > 0;
