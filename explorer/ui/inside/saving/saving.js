// What is seen as a file: one picture of the flow and the large layer, with a caption that says of what, and the values.

const WIDE = 1600, MARGIN = 24, TOP = 84, COLUMN_HIGH = 260, LARGE_HIGH = 420, LINE = 20; // px of the picture
const SVG = "http://www.w3.org/2000/svg";
const UNSAFE = /[^\p{L}\p{N}]+/gu; // in a file's name

function beginSaving(view) {
  const [png, svg, values] = view.root.querySelectorAll(".saves button");
  const close = () => view.root.querySelector(".saves").removeAttribute("open");
  png.onclick = () => { close(); savePng(view).catch((error) => say(view, error.message)); };
  svg.onclick = () => { close(); save(new Blob([svgOf(view)], { type: "image/svg+xml" }), fileName(view, "svg")); };
  values.onclick = () => { close(); saveValues(view); };
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function fileName({ data, choice, isOwn }, ending) {
  const picture = isOwn ? "own picture" : `picture ${choice.picture}`;
  return `${[data.title, `step ${choice.step}`, picture].join(" ").replaceAll(UNSAFE, "-")}.${ending}`;
}

// The server writes them: for a test picture as it is, or as it is moved.
function saveValues(view) {
  const { data, choice, isOwn } = view;
  if (isOwn) return say(view, "The values of one's own picture are kept nowhere, so there is no file of them. Save the picture instead.");
  const address = `${data.address}/${choice.step}/test/${choice.picture}/values.npz?${moveQuery(view)}`;
  Object.assign(document.createElement("a"), { href: new URL(address, document.baseURI).href, download: fileName(view, "npz") }).click();
}

async function savePng(view) {
  const picture = new Image(), source = svgOf(view);
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * picture.width, height: 2 * picture.height });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  save(await new Promise((done) => canvas.toBlob(done, "image/png")), fileName(view, "png"));
}

function svgOf(view) {
  const { data, choice, flow, large, scale, title, root, isOwn } = view, style = getComputedStyle(root), layers = data.layers;
  const wide = (WIDE - 2 * MARGIN) / (layers.length + 2), below = TOP + COLUMN_HIGH + 3 * LINE;
  const svg = document.createElementNS(SVG, "svg"), high = choice.panel === "sum" ? below + LARGE_HIGH + 4 * LINE : below + LINE;
  const put = (tag, settings, words = "") => {
    const made = svg.appendChild(document.createElementNS(SVG, tag));
    for (const [name, value] of Object.entries(settings)) made.setAttribute(name, value);
    made.textContent = words;
  };
  const image = (canvas, box, at = "xMidYMid") => put("image", { ...box, href: canvas.toDataURL(), style: "image-rendering: pixelated", preserveAspectRatio: `${at} meet` });
  const text = (words, x, y, settings = {}) => put("text", { x, y, "font-size": 14, fill: style.color, ...settings }, words);
  for (const [name, value] of Object.entries({ xmlns: SVG, width: WIDE, height: high, viewBox: `0 0 ${WIDE} ${high}`, "font-family": "sans-serif" })) svg.setAttribute(name, value);
  put("rect", { width: WIDE, height: high, fill: groundOf(root) });
  const which = isOwn ? "a picture of one's own" : `test picture ${choice.picture} (${data.classes[data.labels[choice.picture]]}), ${moveWords({ ...UNMOVED, ...view.move })}`;
  text(data.title, MARGIN, MARGIN + LINE, { "font-size": 20, "font-weight": 600 });
  text(`${data.moments[data.steps.indexOf(choice.step)] ?? `Step ${choice.step}`} · ${which} · ${SCALED[view.scaling]}; 0 is the ground, orange above, blue below`, MARGIN, MARGIN + 2.3 * LINE);
  layers.forEach(({ name }, i) => {
    const { canvas, words } = view.columns.get(name), x = MARGIN + i * wide, middle = { "text-anchor": "middle" };
    text(name, x + wide / 2, TOP + LINE, { ...middle, "font-weight": 600 });
    image(canvas, { x: x + 4, y: TOP + 1.5 * LINE, width: wide - 8, height: COLUMN_HIGH });
    text(words.textContent, x + wide / 2, TOP + COLUMN_HIGH + 2.4 * LINE, { ...middle, "font-size": 12 });
  });
  [...flow.querySelectorAll(".answers li")].forEach((line, i) => {
    const x = MARGIN + layers.length * wide + 8, y = TOP + (i + 2) * LINE;
    text(line.textContent, x, y, { "font-weight": line.className ? 600 : 400 });
    text(line.dataset.share, WIDE - MARGIN, y, { "text-anchor": "end" });
  });
  if (choice.panel === "sum") {
    text(title.textContent, MARGIN, below + LINE, { "font-size": 16, "font-weight": 600 });
    image(large, { x: MARGIN, y: below + 1.5 * LINE, width: WIDE - 2 * MARGIN, height: LARGE_HIGH }, "xMinYMin");
    text(scale.textContent, MARGIN, below + LARGE_HIGH + 3 * LINE);
  }
  return new XMLSerializer().serializeToString(svg);
}

function groundOf(element) {
  return getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "white";
}
