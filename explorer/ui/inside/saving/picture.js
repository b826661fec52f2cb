// A picture of a part of the page as SVG, in shapes that any program reads: its canvases, texts, grounds and frames.

const WIDE = 1600; // px of the picture, whatever the window has
const MARGIN = 24, LINE = 20, APART = 16; // px on the page
const BASELINE = 0.78; // of a line's height, from its top
const PARTS = /[^\s\u200b-]+-?|-/g; // of a text, between which a line may end
const SVG = "http://www.w3.org/2000/svg";
const LEFT_OUT = ".asks, .movers, .thumb, form, select, input, progress, button:not(:has(canvas), .answers *)"; // what one operates

function svgOf(view) {
  const { root } = view, svg = document.createElementNS(SVG, "svg"), shapes = document.createElementNS(SVG, "g");
  root.setAttribute("data-saved", ""); // nothing scrolls, so that no layer is left out
  const page = { shapes, left: 0, top: 0, right: 0 }, { color } = getComputedStyle(root);
  let below = captionOf(view).reduce((y, words, i) => {
    drawWords(page, words, { x: MARGIN, y: y + LINE, size: i ? 14 : 20, weight: i ? 400 : 600, fill: color });
    return y + 1.3 * LINE;
  }, MARGIN / 2) + APART;
  for (const part of partsOf(view)) {
    const box = part.getBoundingClientRect();
    Object.assign(page, { left: box.left - MARGIN, top: box.top - below });
    drawNode(page, part);
    below += Math.max(box.height, part.scrollHeight) + APART;
  }
  root.removeAttribute("data-saved");
  const wide = page.right + MARGIN, high = below + MARGIN - APART;
  setAll(svg, { xmlns: SVG, width: WIDE, height: Math.round((WIDE * high) / wide), viewBox: `0 0 ${wide} ${high}`, "font-family": "sans-serif", preserveAspectRatio: "none" });
  svg.append(shape("rect", { width: wide, height: high, fill: groundOf(root) }), shapes);
  return new XMLSerializer().serializeToString(svg);
}

// Of which run, step and picture, and in which scale.
function captionOf(view) {
  const { data, choice, isOwn } = view;
  const which = isOwn ? "a picture of one's own" : `test picture ${choice.picture} (${data.classes[data.labels[choice.picture]]}), ${moveWords(moveOf(view))}`;
  const moment = data.moments[data.steps.indexOf(choice.step)] ?? `Step ${choice.step}`;
  return [`${data.title} · run ${data.address.split("/").at(-1)}`, `${moment} · ${which} · ${SCALED[choice.scaling]}; 0 is the ground, orange above, blue below`];
}

function partsOf({ root, flow, beside, own, boxes, choice }) {
  const parts = [own.steps, root.querySelector(".who"), flow, beside.box, boxes.get(choice.panel)];
  return parts.filter((part) => part.checkVisibility());
}

function drawNode(page, node) {
  if (node.nodeType === Node.TEXT_NODE) return drawText(page, node);
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(LEFT_OUT) || !node.checkVisibility({ visibilityProperty: true })) return undefined;
  const style = getComputedStyle(node), box = boxOf(page, node.getBoundingClientRect());
  page.right = Math.max(page.right, box.x + box.width);
  const ground = solid(style.backgroundColor);
  if (ground) page.shapes.append(shape("rect", { ...box, ...ground }));
  if (node.dataset.share) drawShare(page, node, box, style);
  if (node.tagName === "CANVAS") return page.shapes.append(shape("image", { ...box, href: node.toDataURL(), preserveAspectRatio: "xMidYMid meet", style: `image-rendering: ${style.imageRendering}` }));
  for (const child of node.childNodes) drawNode(page, child);
  if (style.outlineStyle === "solid") page.shapes.append(shape("rect", { ...box, fill: "none", stroke: style.outlineColor, "stroke-width": parseFloat(style.outlineWidth) }));
  return undefined;
}

function drawShare(page, { dataset }, box, style) {
  const { fill } = solid(style.getPropertyValue("--above"));
  page.shapes.append(shape("rect", { ...box, width: box.width * Number(style.getPropertyValue("--share")), fill, "fill-opacity": 0.35 }));
  drawWords(page, dataset.share, { x: box.x + box.width, y: box.y + BASELINE * box.height, size: parseFloat(style.fontSize), weight: style.fontWeight, fill: style.color, anchor: "end" });
}

// A line at a time, as wide as it stands on the page, whatever font another program has.
function drawText(page, node) {
  const style = getComputedStyle(node.parentElement), range = document.createRange(), lines = new Map();
  for (const { 0: part, index } of node.data.matchAll(PARTS)) {
    range.setStart(node, index);
    range.setEnd(node, index + part.length);
    const box = range.getBoundingClientRect(), line = lines.get(box.top) ?? { from: index, box };
    lines.set(box.top, { ...line, to: index + part.length, right: box.right });
  }
  for (const { from, to, right, box: { left, top, height } } of lines.values()) {
    drawWords(page, node.data.slice(from, to), { x: left - page.left, y: top - page.top + BASELINE * height, size: parseFloat(style.fontSize), weight: style.fontWeight, fill: style.color, wide: right - left });
  }
}

function drawWords({ shapes }, words, { x, y, size, weight, fill, anchor = "start", wide }) {
  const text = shape("text", { x, y, "font-size": size, "font-weight": weight, "text-anchor": anchor, fill, ...(wide ? { textLength: wide, lengthAdjust: "spacingAndGlyphs" } : {}) });
  text.textContent = words;
  shapes.append(text);
}

function boxOf({ left, top }, { x, y, width, height }) {
  return { x: x - left, y: y - top, width, height };
}

function shape(tag, settings) {
  return setAll(document.createElementNS(SVG, tag), settings);
}

function setAll(made, settings) {
  for (const [name, value] of Object.entries(settings)) made.setAttribute(name, value);
  return made;
}

// A colour as all programs write it; null for none at all.
function solid(colour) {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = probe.getImageData(0, 0, 1, 1).data;
  return alpha ? { fill: `rgb(${red}, ${green}, ${blue})`, "fill-opacity": alpha / 255 } : null;
}

function groundOf(element) {
  return getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "white";
}
