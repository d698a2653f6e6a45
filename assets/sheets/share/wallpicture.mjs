/**
 * The wall as a picture: everything it holds, whether or not it is in view, at twice the size of the
 * screen, with the heads of the columns and the legend, on the page's own paper.
 */

const RATIO = 2;
const FOOT = 36; // CSS pixels for the legend
const BAR = { width: 110, height: 7 };
const STOPS = [0, 0.225, 0.5, 0.775, 1]; // of the height colours, as in style.css

/**
 * @param {object} parts of the page; the wall has to be in sight
 * @returns {Blob} a PNG
 * @throws {Error} where the browser has no room for it
 */
export function wallPicture(parts) {
  // at once, because toBlob waits for the page to be idle, which it may not be for a long time
  const [, text] = draw(parts).toDataURL("image/png").split(",");
  if (!text) throw new Error("the wall is larger than a picture can be in this browser");
  return new Blob([Uint8Array.from(atob(text), (character) => character.charCodeAt(0))], { type: "image/png" });
}

function draw({ wall, view, frame, transport }) {
  const { width, height } = view.scene.arrangement;
  const { colours } = view;
  const canvas = Object.assign(document.createElement("canvas"), { width: RATIO * width, height: RATIO * (height + FOOT) });
  const pen = canvas.getContext("2d");
  pen.scale(RATIO, RATIO);
  pen.fillStyle = colours.paper;
  pen.fillRect(0, 0, width, height + FOOT);
  whileWhole(view, () => pen.drawImage(wall.canvas, 0, 0, width, height));
  drawTexts(pen, frame);
  drawLegend(pen, height + FOOT / 2, transport, colours);
  return canvas;
}

/** Draw the wall with all it holds, do something with it, and draw it again as it was. */
function whileWhole({ wall, scene, frameElement: frame }, use) {
  const { scroll, ratio } = wall;
  wall.scroll = [0, 0];
  wall.resize(scene.arrangement.width, scene.arrangement.height, RATIO);
  wall.draw();
  use();
  wall.scroll = scroll;
  wall.resize(frame.clientWidth, frame.clientHeight, ratio);
  wall.draw();
}

/** Draw every text that lies over the wall where it stands, in its own font and colour. */
function drawTexts(pen, frame) {
  const origin = frame.getBoundingClientRect();
  const walker = document.createTreeWalker(frame.querySelector(".overlay"), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  pen.textBaseline = "middle";
  while (walker.nextNode()) {
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    const style = getComputedStyle(walker.currentNode.parentElement);
    if (!box.width || style.visibility === "hidden") continue;
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pen.fillStyle = style.color;
    const x = box.left - origin.left + frame.scrollLeft;
    const y = box.top + box.height / 2 - origin.top + frame.scrollTop;
    pen.fillText(walker.currentNode.textContent, x, y, box.width);
  }
}

/** The heights' colours with their scale, as they stand under the wall. */
function drawLegend(pen, y, { minimum, maximum, legendText }, colours) {
  const { fontFamily } = getComputedStyle(document.body);
  pen.font = `11px ${fontFamily}`;
  pen.fillStyle = colours.muted;
  let x = 14;
  const write = (text) => {
    pen.fillText(text, x, y);
    x += pen.measureText(text).width + 8;
  };
  write(minimum.textContent);
  const gradient = pen.createLinearGradient(x, 0, x + BAR.width, 0);
  STOPS.forEach((stop, i) => gradient.addColorStop(stop, colours[`height-${i}`]));
  pen.fillStyle = gradient;
  pen.beginPath();
  pen.roundRect(x, y - BAR.height / 2, BAR.width, BAR.height, BAR.height / 2);
  pen.fill();
  pen.fillStyle = colours.muted;
  x += BAR.width + 8;
  write(maximum.textContent);
  x += 8;
  write(legendText.textContent);
}
