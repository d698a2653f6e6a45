/**
 * window.relief: the page's console API, for teachers' snippets and for tests (see README.md).
 * Layers count from 0 = the inputs.
 */

const KINDS = ["preactivation", "activation"];
const GRID_SIZES = [2, 501]; // smallest and largest

/**
 * @param {object} parts session, history, trainer, view, editing
 * @returns {object} the API
 */
export function consoleApi({ session, history, trainer, view, editing }) {
  const check = (layer, neuron) => {
    const widths = [2, ...session.layers.map(({ width }) => width)];
    if (!(neuron >= 0 && neuron < widths[layer] && Number.isInteger(neuron))) {
      throw new RangeError(`there is no neuron ${neuron} in layer ${layer}; the layers' widths are ${widths.join(", ")}`);
    }
  };
  return {
    /** @returns {object} the document; while training runs, that of the last checkpoint */
    model: () => session.model(editing.present()),
    /** Check a document on the server and take it up. @param {object} document @returns {Promise<void>} rejects with what is wrong */
    load: async (document) => {
      trainer.pause();
      await editing.load(document, true);
    },
    select(layer, neuron) {
      check(layer, neuron);
      view.select(layer, neuron);
    },
    setParameter(index, value) {
      session.checkParameter(index, value);
      editing.start();
      session.setParameter(index, value);
      editing.end();
    },
    surface(layer, neuron, kind = "activation", n = undefined) {
      check(layer, neuron);
      if (!KINDS.includes(kind)) throw new RangeError(`unknown kind '${kind}'; choose from ${KINDS.join(", ")}`);
      const [least, most] = GRID_SIZES;
      if (n !== undefined && !(Number.isInteger(n) && n >= least && n <= most)) {
        throw new RangeError(`a grid has ${least} to ${most} points an axis, not ${n}`);
      }
      return view.surface(layer, neuron, kind, n);
    },
    play: () => trainer.play(),
    pause: () => trainer.pause(),
    /** @param {number} epochs @returns {Promise<void>} when they are done */
    step: (epochs = 1) => trainer.step(epochs),
    /** Show a moment of the run. @param {number} index negative: from the end */
    seek(index) {
      trainer.pause();
      const at = index < 0 ? history.length + index : index;
      if (!history.moments[at]) throw new RangeError(`there is no moment ${index}; this run has 0 to ${history.length - 1}`);
      editing.seek(at);
    },
    stats: () => view.stats(),
  };
}
