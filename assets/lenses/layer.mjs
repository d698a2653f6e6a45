/**
 * The layer view: all neurons of a layer as tiles of one Plotly scene, with Plotly's own tools. The
 * figure comes from Python (app/layer_figures.py), asked for when the network has come to rest.
 */

import { formatScale } from "../lib/format.mjs";
import { currentTheme } from "../lib/theme.mjs";
import { showLayers } from "../sheets/share.mjs";
import { askFor } from "../sheets/share/exports.mjs";

const REST = 350; // ms without a change
const CONFIG = { displaylogo: false, displayModeBar: true, showSendToCloud: false, scrollZoom: true, responsive: false };

/** @param {object} parts @param {HTMLElement} pane */
export function create(parts, pane) {
  const { session, editing, view } = parts;
  const find = (id) => pane.querySelector(`#layer-view-${id}`);
  const [menu, kind, graph, status] = ["layer", "kind", "graph", "status"].map(find);
  let seen = []; // what the figure was drawn from, or is about to be
  let timer = null;
  let asking = new AbortController();

  const present = () => [session.parameters, session.layers, view.colours, menu.value, kind.value];
  const isNew = () => present().some((value, i) => value !== seen[i]);

  async function update() {
    asking.abort();
    asking = new AbortController();
    try {
      const body = { model: session.model(editing.present()), layer: Number(menu.value), kind: kind.value, theme: currentTheme() };
      const { response } = await askFor("layer-figure", body, asking.signal);
      await show(await response.json());
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = `This could not be drawn: ${error.message}.`;
    }
  }

  async function show({ data, layout }) {
    const { title, ...rest } = layout; // the menus say it
    const scale = data[0].cmax;
    status.textContent = `heights from −${formatScale(scale)} to +${formatScale(scale)}; hover for values`;
    await window.Plotly.react(graph, data, { ...rest, margin: { l: 0, r: 0, t: 0, b: 0 } }, CONFIG);
  }

  function request(delay) {
    seen = present();
    clearTimeout(timer);
    // Plotly arrives later than everything else
    timer = setTimeout(() => (window.Plotly ? update() : request(REST)), delay);
  }

  menu.addEventListener("change", () => request(0));
  kind.addEventListener("change", () => request(0));
  new ResizeObserver(() => graph.data && graph.clientWidth && window.Plotly.Plots.resize(graph)).observe(graph);

  return {
    show() {
      showLayers(menu, session.document, Math.max(view.selection.layer, 1));
      if (isNew()) request(0);
    },
    hide() {
      clearTimeout(timer);
      asking.abort();
      seen = [];
    },
    draw() {
      if (menu.length !== session.layers.length + 1) showLayers(menu, session.document, Number(menu.value));
      if (isNew()) request(REST);
    },
  };
}
