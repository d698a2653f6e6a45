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
  let layers = null; // whose titles the menu has
  let isDrawn = false;
  let size = ""; // at which it was drawn
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
    const [surface] = data;
    const scale = surface.cmax;
    // Plotly takes many seconds to draw so large a surface's level lines again where graphics are slow
    surface.contours.z.show = false;
    status.textContent = `heights from −${formatScale(scale)} to +${formatScale(scale)}; hover for values`;
    isDrawn = true;
    size = sizeOf(graph);
    await window.Plotly.react(graph, data, { ...rest, margin: { l: 0, r: 0, t: 0, b: 0 } }, CONFIG);
  }

  function fillMenu() {
    showLayers(menu, session.document, layers ? Number(menu.value) : Math.max(view.selection.layer, 1));
    layers = session.layers;
  }

  function fit() {
    if (!graph.data || !graph.clientWidth || size === sizeOf(graph)) return;
    size = sizeOf(graph);
    window.Plotly.Plots.resize(graph);
  }

  function request(delay) {
    seen = present();
    isDrawn = false;
    clearTimeout(timer);
    // Plotly arrives later than everything else
    timer = setTimeout(() => (window.Plotly ? update() : request(REST)), delay);
  }

  menu.addEventListener("change", () => request(0));
  kind.addEventListener("change", () => request(0));
  new ResizeObserver(fit).observe(graph);

  return {
    show() {
      fillMenu();
      if (isNew()) request(0);
    },
    hide() {
      clearTimeout(timer);
      asking.abort();
      if (!isDrawn) seen = [];
    },
    draw() {
      if (layers !== session.layers) fillMenu();
      if (isNew()) request(REST);
    },
  };
}

const sizeOf = ({ clientWidth, clientHeight }) => `${clientWidth} × ${clientHeight}`;
