/**
 * The session: the current document, who wants to know when it changes, undo and redo, and its
 * copy in local storage. The browser holds the network; the server holds nothing.
 *
 * Events: "settings" when anything but the numbers changed (other layers, other data, other
 * training), "parameters" when the numbers did; `detail.from` is the first layer that is affected; "full" the
 * first time that the browser has no room for the document.
 */

import { countParameters, decodeFloat64, encodeFloat64, layerOfParameter, layoutLayers, settingsText } from "./document.mjs";
import { recall, remember } from "./storage.mjs";

const STORAGE_KEY = "relief.document";
export const LARGEST_PARAMETER = 1e30; // as in nets/model.py
const MOST_UNDOS = 100;

export class Session extends EventTarget {
  /**
   * @param {?Storage} storage where the document survives a reload; null where the browser allows none
   * @param {string} key under which it does
   */
  constructor(storage, key = STORAGE_KEY) {
    super();
    this.storage = storage;
    this.key = key;
    this.run = 0; // which run the document belongs to; another one has another past
    this.runs = new WeakMap(); // the same of the documents that can be had back
    this.document = null;
    this.layers = [];
    this.parameters = new Float64Array(0);
    /** @type {?import("./metrics.mjs").Points} */
    this.points = null;
    this.metrics = null;
    this.isFull = false; // whether there once was no room
    this.undos = [];
    this.redos = [];
  }

  /**
   * @param {{parameters: Float64Array, progress: object}} moment of its training; the present one where left out
   * @returns {object} the complete document, ready to be sent, saved or shared
   */
  model({ parameters, progress } = this) {
    return { ...this.document, parameters: encodeFloat64(parameters), progress };
  }

  get progress() {
    return this.document.progress;
  }

  /**
   * Take up a whole document.
   * @param {object} document version 1 @param {?object} points its data; null where not known yet
   * @throws {Error} when its parameters do not fit its layers; the session is then unchanged
   */
  adopt(document, points) {
    const layers = layoutLayers(document);
    const parameters = decodeFloat64(document.parameters);
    if (parameters.length !== countParameters(layers)) throw new Error("the parameters do not fit the layers");
    const isSame = this.document !== null && settingsText(document) === settingsText(this.document);
    this.document = document;
    this.layers = layers;
    this.parameters = parameters;
    this.metrics = null;
    if (!isSame || points) this.points = points;
    this.#emit(isSame && !points ? "parameters" : "settings", 1);
  }

  /**
   * Show another moment of training.
   * @param {Float64Array} parameters @param {object} progress @param {?object} metrics
   */
  show(parameters, progress, metrics) {
    this.parameters = parameters;
    this.document = { ...this.document, progress };
    this.metrics = metrics;
    this.#emit("parameters", 1);
  }

  /** @throws {RangeError} when there is no such parameter, or it cannot have the value */
  checkParameter(index, value) {
    if (!Number.isInteger(index) || index < 0 || index >= this.parameters.length) {
      throw new RangeError(`there is no parameter ${index}; this network has 0 to ${this.parameters.length - 1}`);
    }
    if (!(Math.abs(value) <= LARGEST_PARAMETER)) {
      throw new RangeError(`a parameter is a number up to ±${LARGEST_PARAMETER}, not ${value}`);
    }
  }

  /** Change one number; metrics are stale until measured. @param {number} index @param {number} value */
  setParameter(index, value) {
    this.checkParameter(index, value);
    this.parameters = this.parameters.slice();
    this.parameters[index] = value;
    this.metrics = null;
    this.#emit("parameters", layerOfParameter(this.layers, index));
  }

  /** Remember the present for undo: to be called once before each gesture. */
  remember() {
    const present = this.model();
    this.runs.set(present, this.run);
    if (JSON.stringify(present) !== JSON.stringify(this.undos.at(-1))) this.undos.push(present);
    if (this.undos.length > MOST_UNDOS) this.undos.shift();
    this.redos.length = 0;
  }

  /** @returns {?object} the document before the last gesture; the present goes to the redos */
  undo() {
    return this.#travel(this.undos, this.redos);
  }

  /** @returns {?object} the document that undo took away */
  redo() {
    return this.#travel(this.redos, this.undos);
  }

  #travel(from, to) {
    if (!from.length) return null;
    const present = this.model();
    this.runs.set(present, this.run);
    to.push(present);
    return from.pop();
  }

  /** Save a moment to local storage. @returns {boolean} whether there was room */
  save(moment = this) {
    const isSaved = remember(this.storage, this.key, JSON.stringify(this.model(moment)));
    if (!isSaved && this.storage && !this.isFull) {
      this.isFull = true;
      this.dispatchEvent(new Event("full"));
    }
    return isSaved;
  }

  /** @returns {?object} what was saved last; null if nothing, or nothing legible */
  saved() {
    try {
      return JSON.parse(recall(this.storage, this.key));
    } catch {
      return null;
    }
  }

  /** Whether something was saved that is no JSON at all. */
  get isIllegible() {
    return this.saved() === null && recall(this.storage, this.key) !== null;
  }

  /** Keep what was saved under a name of its own, before something else is saved in its place. */
  setAside() {
    const text = recall(this.storage, this.key);
    const names = [`${this.key}.unread`];
    while (![null, text].includes(recall(this.storage, names.at(-1)))) names.push(`${names[0]}.${names.length + 1}`);
    if (!remember(this.storage, names.at(-1), text)) this.stopSaving();
  }

  /** Leave what was saved as it is: nothing is saved any more before the page is loaded again. */
  stopSaving() {
    this.storage = null;
  }

  #emit(type, from) {
    this.dispatchEvent(new CustomEvent(type, { detail: { from } }));
  }
}
