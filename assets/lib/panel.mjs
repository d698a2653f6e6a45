/**
 * The setup panel's side of the conversation with Python: what the user changed goes out with the
 * current document, a proposal comes back (see app/callbacks.py).
 *
 * Changes wait in a list until an answer that knows of them has come, because Dash drops the
 * answer to a request when a newer one is under way. A control that only shows what a proposal
 * told it to show is told apart from one that the user changed by remembering what was shown.
 */

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
    this.loading = { sequence: 0, isAnotherRun: false }; // the last document that was sent instead of the present one
    this.sentVersion = null;
    this.pending = []; // {sequence, change}
    this.waiting = new Map(); // sequence -> {resolve, reject}
    this.shown = new Map(); // id text -> value
    this.requests = 0;
  }

  /** Send what the user did to a control. @param {object} change {control, value, layer, neuron} */
  change(change) {
    this.pending.push({ sequence: this.sequence + 1, change });
    return this.#send(null);
  }

  /**
   * Have a document checked and taken up.
   * @param {object} document @param {boolean} isAnotherRun whether the present run's past is not its own
   * @returns {Promise<object>} the proposal
   */
  load(document, isAnotherRun) {
    this.pending.length = 0;
    this.loading = { sequence: this.sequence + 1, isAnotherRun };
    return this.#send(document);
  }

  /** Dash's clientside callback for every control. @param {Array<{prop_id: string, value: any}>} triggered */
  collect(triggered) {
    for (const { prop_id: property, value } of triggered) {
      const split = property.lastIndexOf(".");
      const id = JSON.parse(property.slice(0, split));
      if (value === null || value === undefined || value === "" || value === 0 && property.endsWith("n_clicks")) continue;
      if (this.shown.get(idText(id)) === value) continue;
      this.shown.set(idText(id), property.endsWith("n_clicks") ? undefined : value);
      // what could not be done is said by the accept hook
      this.change(this.#asChange(id, property.endsWith("n_clicks") ? null : value)).catch(() => {});
    }
  }

  /** Dash's clientside callback for an answer. @param {object} proposal */
  accept(proposal) {
    const { sequence } = proposal;
    const isLatest = sequence === this.sequence;
    const isLoaded = sequence === this.loading.sequence;
    if (isLatest && !isLoaded && this.#isOutdated()) {
      this.#post(null); // a slider was moved or training went on meanwhile: the same changes, to the document as it now is
      return;
    }
    this.pending = this.pending.filter((item) => item.sequence > sequence);
    if (proposal.shown) this.show(proposal.shown);
    if (isLatest) this.hooks.accept(proposal, isLoaded ? this.loading : null);
    this.#settle(proposal);
  }

  /** Remember what the page was delivered with. @param {Array<{id: any, props: object}>} updates */
  remember(updates) {
    for (const { id, props } of updates) {
      if ("value" in props) this.shown.set(idText(id), props.value);
      if (id === "layer-rows") this.#rememberRows(props.children);
    }
  }

  /** Make components show what a proposal says. @param {Array<{id: any, props: object}>} updates */
  show(updates) {
    this.remember(updates);
    for (const { id, props } of updates) this.dash.set_props(id, props);
  }

  #asChange({ control, layer }, value) {
    if (layer >= 0) return { control, value, layer };
    if (control === "neuron-activation") return { control, value, ...this.hooks.selection() };
    return { control, value };
  }

  #isOutdated() {
    this.hooks.hold();
    return this.hooks.version() !== this.sentVersion;
  }

  #send(document) {
    this.hooks.hold();
    this.#post(document);
    return new Promise((resolve, reject) => this.waiting.set(this.sequence, { resolve, reject }));
  }

  #post(document) {
    this.sequence += 1;
    this.requests += 1;
    this.sentVersion = this.hooks.version();
    const changes = this.pending.map(({ change }) => change);
    const data = { sequence: this.sequence, document: document ?? this.hooks.model(), changes };
    this.dash.set_props("request", { data });
  }

  /** Answer those who wait for this proposal or an earlier one. */
  #settle(proposal) {
    for (const [number, { resolve, reject }] of this.waiting) {
      if (number > proposal.sequence) continue;
      this.waiting.delete(number);
      if (proposal.error) reject(Object.assign(new Error(proposal.error), { where: proposal.where }));
      else resolve(proposal);
    }
  }

  /** The layer rows arrive as whole components: remember the values inside them. */
  #rememberRows(node) {
    if (Array.isArray(node)) node.forEach((child) => this.#rememberRows(child));
    else if (node?.props) {
      const { id, value, children } = node.props;
      if (id && value !== undefined) this.shown.set(idText(id), value);
      if (children) this.#rememberRows(children);
    }
  }
}

/** @param {any} id a Dash id @returns {string} the same text for the same id */
function idText(id) {
  return typeof id === "string" ? id : JSON.stringify(Object.entries(id).sort());
}
