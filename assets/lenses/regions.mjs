/**
 * The lens "regions": the polygons on which the network is affine, as a map, with the numbers of the one that is
 * pointed at; of a landscape that has none, its curvature.
 */

import { layerTitle } from "../lib/document.mjs";
import { setProperty, setText } from "../lib/dom.mjs";
import { formatCount } from "../lib/format.mjs";
import { regionsOf } from "../lib/regions.mjs";
import { inDomain, inSquare } from "../lib/square.mjs";
import { readColours } from "../lib/theme.mjs";
import { save, shapeText, stem } from "../sheets/share/exports.mjs";
import { COLOURINGS } from "./regions/colouring.mjs";
import { Curvature, curvatureAt, curvatureImage, curvatureLegend, curvatureText } from "./regions/curvature.mjs";
import { buildSide, Menus, showColourings, showLegend, write } from "./regions/pane.mjs";
import { Picture } from "./regions/picture.mjs";
import { Pointing } from "./regions/pointing.mjs";
import { printMap } from "./regions/print.mjs";
import { open, readRegion, regionAt, shownNeuron, sightOf, titleOf } from "./regions/reading.mjs";
import { creasesUpTo, dataOf } from "./regions/scene.mjs";
import { MapsTable, showCounts } from "./regions/tables.mjs";
import { areScores, landscapeTitle } from "./regions/words.mjs";

const HINT = "Point at the map, or walk over it with the arrow keys, to read its numbers; a click or Enter pins the place.";

/** @param {object} parts of the page (see main.mjs) @param {HTMLElement} pane */
export const create = (parts, pane) => new RegionsLens(parts, pane);

class RegionsLens {
  constructor(parts, pane) {
    Object.assign(this, { parts, pane, session: parts.session, view: parts.view, probe: parts.probe });
    const map = pane.querySelector("#regions-map");
    this.find = buildSide(pane.querySelector("#regions-side"));
    this.picture = new Picture(map);
    this.menus = new Menus(this.find, (layer, neuron) => this.view.select(layer, neuron));
    this.maps = new MapsTable(this.find("maps"));
    this.regions = regionsOf(parts);
    this.curvature = new Curvature(parts, () => ({ ...shownNeuron(this.view.selection), kind: this.view.kind }));
    this.chosen = COLOURINGS[0].name;
    this.hasData = true;
    this.isShown = false;
    this.opened = null; // the answer that is shown, decoded
    this.drawn = []; // what the map was drawn from
    this.read = []; // what the numbers were read from
    this.scene = null; // what is on the map
    this.pointing = new Pointing(map, this.picture, {
      place: () => this.#place(),
      move: (place) => this.scene && this.probe.show(place && this.#point(place)),
      pin: (place) => this.scene && this.probe.pin(this.#point(place)),
    });
    this.#wire(map);
  }

  #wire(map) {
    for (const asking of [this.regions, this.curvature]) {
      for (const type of ["answer", "change"]) asking.addEventListener(type, () => this.isShown && this.view.request());
    }
    this.find("colours").addEventListener("click", ({ target }) => this.#colour(target.dataset.colouring));
    this.find("points").addEventListener("click", () => this.#change(() => (this.hasData = !this.hasData)));
    this.find("save").addEventListener("click", () => this.#save());
    new ResizeObserver(() => this.#change(() => this.#fit(map))).observe(map);
  }

  #change(change) {
    change();
    this.view.request();
  }

  /** Colour the map in another way, or say why it cannot be. */
  #colour(name) {
    const wanted = COLOURINGS.find((colouring) => colouring.name === name);
    if (!wanted) return;
    const why = this.look ? wanted.missing(this.look) : "";
    this.parts.transport.say(why && `${why}.`);
    if (!why) this.#change(() => (this.chosen = name));
  }

  #fit({ clientWidth, clientHeight }) {
    if (!clientWidth) return;
    this.picture.resize(clientWidth, clientHeight);
    this.drawn = [];
    this.read = [];
  }

  show() {
    this.isShown = true;
    this.regions.want(this);
    this.#fit(this.pane.querySelector("#regions-map"));
  }

  hide() {
    this.isShown = false;
    this.regions.release(this);
    this.curvature.release(this);
    this.probe.show(null);
  }

  draw() {
    const { regions, session, view } = this;
    if (regions.answer && this.opened?.answer !== regions.answer) this.opened = open(regions.answer);
    this.sight = this.opened ? sightOf(regions.answer, view.selection) : { mode: "none", why: "" };
    const { areProbabilities } = view.landscapes;
    this.look = this.sight.mode === "regions" ? { ...this.opened, ...this.sight, areProbabilities } : null;
    this.#wantCurvature();
    this.menus.show(shownNeuron(view.selection), session.document);
    this.#showState();
    this.#draw();
    this.#read();
  }

  #wantCurvature() {
    if (this.sight.mode !== "curvature") {
      this.curvature.release(this);
      return;
    }
    this.curvature.follow();
    if (!this.curvature.wanting.has(this)) this.curvature.want(this);
  }

  /** Whether what is shown is true, on its way, or cannot be had. */
  #showState() {
    const { sight, regions, curvature } = this;
    const asking = sight.mode === "curvature" ? curvature : regions;
    const lines = [regions.error || sight.why, asking.error].filter(Boolean);
    if (!asking.answer && !asking.error) lines.push("computing…");
    write(this.find("note"), [...new Set(lines)]);
    setProperty(this.find("points"), "aria-pressed", String(this.hasData));
    setProperty(this.find("points"), "hidden", !this.session.points);
    const isWaiting = this.parts.trainer.isRunning && !asking.error; // for the next answer, which is soon there
    this.pane.classList.toggle("is-stale", asking.isStale && asking.answer !== null && !isWaiting);
  }

  /** Draw the map again, if anything about it has changed. */
  #draw() {
    const { session, view, opened, curvature, sight, look, chosen, hasData } = this;
    const own = look ? [look.layer, look.neuron === null || (chosen === "gradient" && look.neuron)] : [curvature.answer];
    const { areProbabilities } = view.landscapes;
    const from = [sight.mode, opened, ...own, chosen, hasData && session.points, session.document.domain, view.colours, areProbabilities];
    if (isSame(from, this.drawn)) return;
    this.drawn = from;
    this.scene = this.#sceneOf(view.colours);
    this.picture.draw(this.scene, view.colours);
    this.#showBeside();
  }

  /** @param {Record<string, string>} colours @returns {import("./regions/scene.mjs").Scene & object} with its colouring, legend and curvature */
  #sceneOf(colours) {
    const { session, sight, look, curvature } = this;
    const colouring = look && this.#colouring();
    const map = sight.mode === "curvature" ? curvature.answer : null;
    const { domain } = (look ?? map ?? session).document;
    const painting = colouring && colouring.paint(look, colours);
    return {
      domain,
      colouring,
      painting,
      image: map && curvatureImage(map, colours),
      map,
      legend: painting ?? curvatureLegend(map, colours),
      creases: look ? creasesUpTo(look.answer.creases, look.layer) : [],
      data: this.hasData ? dataOf(domain, session) : null,
    };
  }

  /** The chosen colouring, or the first where it cannot be had. */
  #colouring() {
    const chosen = COLOURINGS.find(({ name }) => name === this.chosen);
    return chosen.missing(this.look) ? COLOURINGS[0] : chosen;
  }

  #showBeside() {
    const { find, scene, look, opened } = this;
    const isCurved = this.sight.mode === "curvature";
    const { layer, document, areProbabilities } = look ?? this.#landscape();
    const isOfScores = areScores(layer, document, areProbabilities);
    find("colours").hidden = isCurved;
    setText(find("title"), isCurved ? `Curvature${isOfScores ? " of the score" : ""}` : "Regions");
    setText(find("here"), isOfScores ? "Scores here" : "Here");
    showColourings(find, look, scene.colouring?.name ?? this.chosen);
    showLegend(find("legend"), scene.legend);
    find("counts").hidden = !opened?.answer.layers.length;
    find("save").hidden = !scene.painting && !scene.image;
    if (opened) showCounts(find("counts"), opened.answer, look?.layer ?? 0);
    setProperty(this.picture.cover, "aria-label", `Map: ${this.#title()}${look ? `, ${scene.colouring.full(look)}` : ""}. Arrow keys move a cross over it.`);
  }

  /** Whose curvature is on the map, or is on its way. */
  #landscape() {
    const { scene, view, session } = this;
    const about = scene.map ?? { ...shownNeuron(view.selection), kind: view.kind, document: session.document };
    return { ...about, areProbabilities: view.landscapes.areProbabilities };
  }

  /** What is on the map, in words. */
  #title() {
    if (this.look) return titleOf(this.look);
    const landscape = this.#landscape();
    return `curvature of ${landscapeTitle(landscape)}${landscape.kind === "activation" ? "" : " before its nonlinearity"}`;
  }

  /** The present map as a file, in light colours, because it is printed on paper. */
  #save() {
    const { look, scene, session } = this;
    const colours = lightColours();
    const { document } = look ?? scene.map ?? session;
    const own = look ? scene.colouring.full(look) : "the principal curvature of larger magnitude";
    const subtitle = `network ${shapeText(document)}, epoch ${formatCount(document.progress.epoch)}, ${own}`;
    const text = printMap(this.#sceneOf(colours), [this.#title(), subtitle], colours);
    const name = look ? `regions-${layerTitle(look.layer, document)}-${scene.colouring.name}` : this.#title();
    save(`${stem(document)}-${name.replace(/\W+/g, "-")}.svg`, new Blob([text], { type: "image/svg+xml" }));
  }

  #point(place) {
    const { map, domain } = this.scene;
    return inDomain(domain, map ? curvatureAt(map, place).place : place);
  }

  /** @returns {?[number, number]} where the probe is */
  #place() {
    const { point } = this.probe;
    if (!point || !this.scene) return null;
    const place = inSquare(this.scene.domain, point);
    return place.every((t) => t >= 0 && t <= 1) ? place : null;
  }

  /** Outline what the probe is at, and write its numbers. */
  #read() {
    const { probe, view, look, scene, drawn } = this;
    const from = [probe.point, probe.isPinned && !probe.hovered, drawn, look?.neuron];
    if (isSame(from, this.read)) return;
    this.read = from;
    const place = this.#place();
    const index = place && look ? regionAt(look, place) : -1;
    const isRegion = index >= 0;
    this.picture.point(isRegion ? { polygons: look.answer.partitions[look.layer - 1], index } : null, place, from[1], view.colours);
    const found = isRegion ? readRegion(look, index) : null;
    const value = place && scene.map ? [`curvature ${curvatureText(curvatureAt(scene.map, place).value)}`] : [HINT];
    const reading = this.find("reading");
    write(reading, found?.lines ?? value);
    reading.classList.toggle("is-hint", !place);
    setProperty(reading, "aria-live", this.pointing.isByKeyboard ? "polite" : "off");
    this.find("maps-frame").hidden = !isRegion;
    if (!isRegion) return;
    this.maps.show(found.maps, look.layer, look.neuron, look.document);
    const frame = this.find("maps-frame");
    setProperty(frame, "tabIndex", frame.scrollHeight > frame.clientHeight ? 0 : -1); // what scrolls is scrolled with keys too
  }
}

/** @param {Array} values @param {Array} others */
const isSame = (values, others) => values.length === others.length && values.every((value, i) => value === others[i]);

/** The light theme's colours, whichever theme there is. */
function lightColours() {
  const { dataset } = document.documentElement;
  const present = dataset.mantineColorScheme;
  dataset.mantineColorScheme = "light"; // for the moment in which they are read
  const colours = readColours();
  dataset.mantineColorScheme = present;
  return colours;
}
