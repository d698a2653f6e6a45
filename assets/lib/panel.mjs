/**
 * The setup panel's side of the conversation with Python: what the user changed goes out with the
 * current document, a proposal comes back (see app/callbacks.py).
 *
 * Changes wait in a list until an answer that knows of them has come, because Dash drops the
 * answer to a request when a newer one is under way.
 */

import { differences, isSame } from "./components.mjs";
import { Echoes } from "./echoes.mjs";

const OF_NEURON = ["neuron-activation", "remove-neuron"]; // controls of the selected neuron
const PATIENCE = 10_000; // ms to wait for an answer
const DEEPEST = 20; // levels; a document has six, and what has hundreds no server reads

export class Panel {
  /**
   * @param {object} dash window.dash_clientside
   * @param {object} hooks
   * @param {() => object} hooks.model the current document
   * @param {() => {layer: number, neuron: number}} hooks.selection for controls of the selected neuron
   * @param {() => any} hooks.version something that differs whenever the document's numbers do
   * @param {() => void} hooks.hold interrupt training, so that the document stays as it is
   * @param {(proposal: object, loaded: ?{isAnotherRun: boolean}) => void} hooks.accept
   *   loaded is null where the proposal is the present document with changes
   */
  constructor(dash, hooks) {
    this.dash = dash;
    this.hooks = hooks;
    this.sequence = 0;
    this.loading = null; // {document, isAnotherRun} until a document that is not the present one has been answered
    this.timer = null;
    this.updates = []; // what the controls were last told to show
    this.told = new Map(); // id text -> the properties that a component was last told, without the rows of layers
    this.rows = null; // the rows of layers among them
    this.sentVersion = null;
    this.pending = []; // changes that no answer knows of yet
    this.waiting = []; // {resolve, reject} of those who asked
    this.echoes = new Echoes();
    this.clearable = new Set(); // id texts of the boxes that may be empty: their placeholder says what that means
    this.requests = 0;
  }

  /** Send what the user did to a control. @param {object} change {control, value, layer, neuron} */
  change(change) {
    this.pending.push(change);
    return this.#send();
  }

  /**
   * Have a document checked and taken up.
   * @param {object} document @param {boolean} isAnotherRun whether the present run's past is not its own
   * @returns {Promise<object>} the proposal
   */
  load(document, isAnotherRun) {
    if (isDeeper(document, DEEPEST)) return Promise.reject(Object.assign(new Error("it is nested too deeply"), { where: "" }));
    this.pending.length = 0;
    this.loading = { document, isAnotherRun };
    return this.#send();
  }

  /** Dash's clientside callback for every control. @param {Array<{prop_id: string, value: any}>} triggered */
  collect(triggered) {
    for (const { prop_id: property, value } of triggered) {
      const split = property.lastIndexOf(".");
      const id = JSON.parse(property.slice(0, split));
      if (value === null || value === undefined || value === 0 && property.endsWith("n_clicks")) continue;
      if (value === "" && !this.clearable.has(idText(id))) {
        this.#refill(id);
        continue;
      }
      const isClick = property.endsWith("n_clicks");
      const who = isClick ? "user" : this.echoes.hear(idText(id), value);
      if (who === "late") this.dash.set_props(id, { value: this.echoes.shown.get(idText(id)) });
      if (who !== "user") continue;
      const change = this.#asChange(id, isClick ? null : value);
      if (change.value !== null && isOfSame(change, this.pending.at(-1))) this.pending.pop(); // a key that is held down
      this.change(change).catch(() => {}); // what could not be done is said by the accept hook
    }
  }

  /** A box that may not be empty is on the way to another number; one that was left so gets its own again. */
  #refill(id) {
    const box = document.getElementById(elementId(id));
    const refill = () => box.value === "" && this.dash.set_props(id, { value: this.echoes.shown.get(idText(id)) });
    if (box === document.activeElement) box.addEventListener("focusout", refill, { once: true });
    else refill();
  }

  /** Dash's clientside callback for an answer. @param {object} proposal */
  accept(proposal) {
    const { sequence } = proposal;
    const { loading } = this;
    if (sequence !== this.sequence) return; // a later one is on its way and knows of everything in this one
    this.hooks.hold();
    if (!loading && this.hooks.version() !== this.sentVersion) {
      this.#post(); // a slider was moved or training went on meanwhile: the same changes, to the document as it now is
      return;
    }
    clearTimeout(this.timer);
    this.pending.length = 0;
    this.loading = null;
    this.updates = proposal.shown ?? this.updates; // none where no document could be read: what waited is taken back
    this.show(this.updates);
    this.hooks.accept(proposal, loading);
    this.#settle(proposal.error ? Object.assign(new Error(proposal.error), { where: proposal.where }) : null, proposal);
  }

  /** Remember what the page was delivered with. @param {Array<{id: any, props: object}>} updates */
  remember(updates) {
    this.updates = updates;
    this.#note(updates);
  }

  #note(updates) {
    for (const { id, props } of updates) {
      this.told.set(idText(id), { ...this.told.get(idText(id)), ...props });
      if ("value" in props) this.echoes.tell(idText(id), props.value);
      if (props.placeholder) this.clearable.add(idText(id));
      if (id === "layer-rows") {
        this.rows = props.children;
        this.#rememberRows(props.children);
      }
    }
  }

  /** Make components show what a proposal says. @param {Array<{id: any, props: object}>} updates */
  show(updates) {
    const { rows } = this;
    const finer = updates.flatMap((update) => (update.id === "layer-rows" && rows && differences(rows, update.props.children)) || [update]);
    const news = finer.map((update) => this.#news(update)).filter(({ props }) => Object.keys(props).length);
    this.#note(updates);
    for (const { id, props } of news) this.dash.set_props(id, props);
  }

  /** What of an update a component does not show yet: whatever it is told, Dash goes over all components of the page. */
  #news({ id, props }) {
    const text = idText(id);
    const told = this.told.get(text);
    const shows = (name, value) => {
      if (name === "value") return this.echoes.shown.get(text) === value;
      return told !== undefined && name in told && isSame(told[name], value);
    };
    return { id, props: Object.fromEntries(Object.entries(props).filter(([name, value]) => !shows(name, value))) };
  }

  #asChange({ control, layer }, value) {
    if (layer >= 0) return { control, value, layer };
    if (OF_NEURON.includes(control)) return { control, value, ...this.hooks.selection() };
    return { control, value };
  }

  #send() {
    this.hooks.hold();
    this.#post();
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  #post() {
    this.sequence += 1;
    this.requests += 1;
    this.sentVersion = this.hooks.version();
    const document = this.loading ? this.loading.document : this.hooks.model(); // null is no document, and not ours either
    this.dash.set_props("request", { data: { sequence: this.sequence, document, changes: [...this.pending] } });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#giveUp(), PATIENCE);
  }

  /** No answer: take back what was asked, so that the page goes on as it was. */
  #giveUp() {
    this.pending.length = 0;
    this.loading = null;
    this.sequence += 1; // an answer that comes after all is not ours any more
    const error = "the server did not answer; nothing was changed";
    this.show(this.updates);
    this.hooks.accept({ error }, null);
    this.#settle(new Error(error), null);
  }

  /** Tell those who wait how it went. */
  #settle(error, proposal) {
    for (const { resolve, reject } of this.waiting.splice(0)) {
      if (error) reject(error);
      else resolve(proposal);
    }
  }

  /** The layer rows arrive as whole components: remember the values inside them. */
  #rememberRows(node) {
    if (Array.isArray(node)) node.forEach((child) => this.#rememberRows(child));
    else if (node?.props) {
      const { id, value, children } = node.props;
      if (id && value !== undefined) this.echoes.tell(idText(id), value);
      if (children) this.#rememberRows(children);
    }
  }
}

const isDeeper = (value, levels) =>
  value instanceof Object && (levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1)));

/** Whether two changes set one and the same control. */
const isOfSame = (a, b) => b && a.control === b.control && a.layer === b.layer && a.neuron === b.neuron && b.value !== null;

/** @param {any} id a Dash id @returns {string} the id of its element */
const elementId = (id) => (typeof id === "string" ? id : JSON.stringify(Object.fromEntries(Object.entries(id).sort())));

/** @param {any} id a Dash id @returns {string} the same text for the same id */
function idText(id) {
  return typeof id === "string" ? id : JSON.stringify(Object.entries(id).sort());
}
