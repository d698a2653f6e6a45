/**
 * What the benchmark of frames does in the page; see frames.py.
 */
window.benchmark = {
  phase: 0,
  scenes: {},

  /** Drag the first weight's slider through so many frames; the requests are those of this drag. @param {number} frames */
  async drag(frames) {
    const { requests } = window.relief.stats();
    const slider = document.querySelector('#terms input[type="range"]');
    for (let i = 0; i < frames; i += 1) {
      this.phase += 0.1;
      slider.value = Math.sin(this.phase);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise(requestAnimationFrame);
    }
    slider.dispatchEvent(new Event("change", { bubbles: true }));
    const stats = window.relief.stats();
    return { ...stats, requests: stats.requests - requests };
  },

  /**
   * Make one Plotly scene a name, in which every landscape is a surface placed as its tile is on the wall.
   * @param {string[]} names of "plain" and "unrefined"
   */
  async prepare(names) {
    const { relief, Plotly } = window;
    const widths = [2, ...relief.model().layers.map(({ width }) => width)];
    const neurons = widths.flatMap((width, layer) => Array.from({ length: width }, (_, k) => ({ layer, k, width })));
    // what the scenes are restyled to in turn: the landscapes at two values of the first weight
    this.heights = [0.3, -0.7].map((weight) => {
      relief.setParameter(0, weight);
      return neurons.map(({ layer, k }) => rowsOf(relief.surface(layer, k)));
    });
    const n = this.heights[0][0].length;
    const along = (centre) => Array.from({ length: n }, (_, i) => centre + 0.9 * (i / (n - 1) - 0.5));
    const level = { show: true, start: -0.75, end: 0.75, size: 0.25, highlight: false };
    const contours = { x: { highlight: false }, y: { highlight: false }, z: level };
    const traces = neurons.map(({ layer, k, width }, i) => ({
      ...{ type: "surface", cmin: -1, cmax: 1, showscale: false, hoverinfo: "skip", contours },
      ...{ x: along(layer), y: along(k - (width - 1) / 2), z: this.heights[0][i] },
    }));
    const layout = { margin: { l: 0, r: 0, t: 0, b: 0 }, scene: { aspectmode: "cube", zaxis: { range: [-1, 1] } } };
    for (const name of names) {
      const scene = document.createElement("div");
      scene.style.cssText = "position: fixed; left: 0; bottom: 0; width: 600px; height: 400px; z-index: 1000";
      document.body.append(scene);
      const isPlain = name === "plain";
      await Plotly.newPlot(scene, isPlain ? traces : traces.map((trace) => ({ ...trace, ...LONG })), layout);
      const all = (key) => traces.map((trace) => trace[key]);
      if (!isPlain) await Plotly.restyle(scene, { x: all("x"), y: all("y"), z: all("z") });
      this.scenes[name] = { scene, restyles: 0 };
    }
  },

  /**
   * Restyle every surface of a scene at once.
   * @param {string} name @returns {Promise<number>} ms of the call; what it leaves to do is done when the promise is
   */
  async restyle(name) {
    const plot = this.scenes[name];
    plot.restyles += 1;
    const z = this.heights[plot.restyles % 2];
    const start = performance.now();
    const done = window.Plotly.restyle(plot.scene, { z });
    const taken = performance.now() - start;
    await done;
    await this.settle(2);
    return taken;
  },

  /** @param {number} frames to let pass */
  async settle(frames) {
    for (let i = 0; i < frames; i += 1) await new Promise(requestAnimationFrame);
  },
};

/** Plotly refines grids of fewer than 120 points an axis, but not those of a trace that began with more. */
var LONG = { x: Array.from({ length: 721 }, (_, i) => i), y: [0, 1], z: [0, 1].map(() => new Float64Array(721)) };

function rowsOf({ n, values }) {
  return Array.from({ length: n }, (_, row) => Float64Array.from(values.slice(row * n, row * n + n)));
}
