// A picture of one's own instead of a test picture: drawn, chosen or pasted, and sent to the network that is shown.

const MOST_SENT = 2_000_000; // bytes; larger pictures, as phones take them, are made smaller here
const LONGEST_SENT = 1600; // pixels of a side, then
const OWN_STEPS = {
  came: ["As it came"], cropped: ["Cropped", "crop"], channels: ["Grey"], inverted: ["Inverted", "invert"],
  centred: ["Centred by mass", "centre"], scaled: ["Scaled"],
};
const SWITCH_TITLES = {
  crop: "Cut out what is drawn",
  invert: "Turn light and dark round where the picture is dark on light, as the network's own pictures are not",
  centre: "Fit it into a box of 20 of 28 pixels with its centre of mass in the middle, as MNIST's digits are",
};
const KEPT = "It stays in this page and in the server's memory until the network has answered: it is kept nowhere, and the page's link has the test picture.";

function beginOwn(view) {
  const find = (name) => view.root.querySelector(`.${name}`);
  const own = (view.own = { box: view.root.querySelector(".own"), isOpen: false, picture: null, answered: new Map() });
  for (const name of ["steps", "undo", "clear", "hint"]) own[name] = find(name);
  own.toggle = view.root.querySelector(".toggle");
  own.toggle.onclick = () => openOwn(view, !own.isOpen);
  own.undo.onclick = () => drawnAgain(view, own.pad.strokes.slice(0, -1));
  own.clear.onclick = () => drawnAgain(view, []);
  for (const input of view.root.querySelectorAll("input[type=file]")) {
    input.onchange = () => {
      if (input.files.length) takeFile(view, input.files[0]);
      input.value = "";
    };
  }
  find("camera").hidden = !navigator.mediaDevices || !matchMedia("(pointer: coarse)").matches;
  find("made").append(...madeButtons(view));
  listenForPaste(view);
}

function openOwn(view, isOpen) {
  const { own, root } = view;
  own.isOpen = isOpen;
  own.box.hidden = !isOpen;
  root.toggleAttribute("data-own", isOpen);
  own.toggle.textContent = isOpen ? "Back to the test pictures" : "Your own";
  own.toggle.setAttribute("aria-expanded", isOpen);
  if (isOpen) keepToRun(view);
  tellSoon(view); // the link says then that it holds a test picture
  show(view);
}

// Another run has another data set: its pictures are made in another way.
function keepToRun(view) {
  const { own, data } = view, canvas = own.box.querySelector(".pad");
  if (own.run === view.run) return;
  Object.assign(own, { run: view.run, switches: { ...data.own.switches }, picture: null });
  own.pad = padOf(canvas, { isLight: !data.own.isGrey, drawn: () => sendPad(view) });
  buildSteps(view);
}

function buildSteps(view) {
  const { own, data } = view;
  OWN_STEPS.channels[0] = data.own.isGrey ? "Grey" : "Colour";
  own.steps.replaceChildren(...Object.entries(OWN_STEPS).map(([name, [title, part]]) => {
    const line = element("li", ""), canvas = element("canvas", ""), label = element(part ? "label" : "span", part ? "" : title);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${title}: nothing yet`);
    const said = element("div", "");
    if (part) label.append(switchOf(view, part), title);
    line.dataset.step = name;
    said.append(label, element("small", ""));
    line.append(canvas, said);
    return line;
  }));
}

function switchOf(view, part) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: view.own.switches[part], title: SWITCH_TITLES[part] });
  box.onchange = () => {
    view.own.switches[part] = box.checked;
    show(view);
  };
  return box;
}

// One request at a time: what is drawn meanwhile goes with the next one.
async function sendPad(view) {
  const { own } = view;
  own.isDrawn = true;
  if (own.isSending) return;
  own.isSending = true;
  while (own.isDrawn) {
    own.isDrawn = false;
    const strokes = own.pad.strokes.length;
    own.picture = strokes ? await new Promise((done) => own.pad.canvas.toBlob(done, "image/png")) : null;
    await show(view);
  }
  own.isSending = false;
}

function drawnAgain(view, strokes) {
  restroke(view.own.pad, strokes);
  sendPad(view);
}

async function takeFile(view, file) {
  if (!view.own.isOpen) openOwn(view, true);
  restroke(view.own.pad, []);
  try {
    view.own.picture = file.size <= MOST_SENT ? file : await madeSmaller(file);
    await show(view);
  } catch {
    say(view, `${file.name || "What was pasted"} is no picture that can be read here. Choose a PNG, JPEG or WebP file.`);
  }
}

async function madeSmaller(file) {
  const picture = await createImageBitmap(file), share = Math.min(1, LONGEST_SENT / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.max(1, picture.width * share), height: Math.max(1, picture.height * share) });
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
}

function listenForPaste(view) {
  const listen = (event) => {
    if (!view.root.isConnected) return document.removeEventListener("paste", listen);
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (!file) return undefined;
    event.preventDefault();
    return takeFile(view, file);
  };
  document.addEventListener("paste", listen);
}

function isOwnShown({ own, run }) {
  return own.isOpen && own.run === run && own.picture !== null;
}

// What the network at the chosen step makes of the picture; kept while neither picture nor switches change.
function ownTensors(view, at, what = "own", asked = "") {
  const { own } = view;
  const query = new URLSearchParams(Object.entries(own.switches).map(([part, isOn]) => [part, Number(isOn)]));
  const address = `${at}/${what}?${query}${asked && `&${asked}`}`;
  if (own.answeredFor !== own.picture) Object.assign(own, { answeredFor: own.picture, answered: new Map() });
  const found = own.answered.get(address) ??
    fetch(new URL(address, document.baseURI), { method: "POST", body: own.picture }).then(readTensors);
  own.answered.set(address, found);
  if (own.answered.size > MOST_FETCHED) own.answered.delete(own.answered.keys().next().value);
  found.catch(() => own.answered.delete(address));
  return found;
}

function controlsOfOwn(view) {
  const { own, choice } = view;
  if (!own.isOpen) return;
  const isShown = isOwnShown(view);
  own.undo.disabled = !own.pad.strokes.length;
  own.clear.disabled = own.picture === null && own.undo.disabled;
  own.hint.textContent = isShown ? KEPT : `Draw, choose or paste a picture: the network answers at once. Until then test picture ${choice.picture} is shown below.`;
}

function showOwn({ own, tensors, isOwn }) {
  if (own.isOpen) for (const line of own.steps.children) showStep(line, isOwn ? tensors : {}, own.switches);
}

function showStep(line, tensors, switches) {
  const canvas = line.querySelector("canvas"), words = line.querySelector("small"), [title, part] = OWN_STEPS[line.dataset.step];
  const found = tensors[`step:${line.dataset.step}`];
  if (found) drawStep(canvas, found);
  else [canvas.width, canvas.height] = [1, 1];
  canvas.setAttribute("aria-label", found ? `${title}: the picture then` : `${title}: nothing yet`);
  words.textContent = found ? said(line.dataset.step, part, tensors, switches) : "\u00a0";
}

function said(name, part, tensors, switches) {
  if (name === "scaled") return sizesOf(tensors["step:scaled"], tensors.input);
  if (part && !switches[part]) return "off";
  if (name !== "inverted") return "\u00a0";
  const { values } = tensors["step:channels"];
  return tensors["step:inverted"].values.some((value, i) => value !== values[i]) ? "was dark on light" : "light on dark already";
}

// As wide and high as the data set's pictures, and then as the network takes them.
function sizesOf(...found) {
  return [...new Set(found.map(({ shape }) => shape.slice(1).toReversed().join(" × ")))].join(", then ");
}

function drawStep(canvas, { shape: [channels, height, width], values }) {
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d"), image = context.createImageData(width, height), cells = width * height;
  for (let cell = 0; cell < cells; cell += 1) {
    const colour = [0, 1, 2].map((channel) => 255 * values[(channels === 3 ? channel : 0) * cells + cell]);
    image.data.set([...colour, 255], 4 * cell);
  }
  context.putImageData(image, 0, 0);
}
