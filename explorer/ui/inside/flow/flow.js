// One network's maps in a row, from the picture to the answer: a column a layer, which a click makes large.

const FLOW_SHAPE = 0.35; // width to height of a layer's sheet
const MOST_CLASSES = 12; // of more only so many are listed, the likeliest first
const MOST_ANSWERS = 4; // where two networks stand one below the other

// A strand has a network's layers and tensors, and where it is drawn: its flow, and its columns by the layers' names.
function paintFlow(view, strand) {
  const { layers, tensors, flow, columns } = strand, { choice, colours } = view, { scaling } = choice;
  const names = layers.map(({ name }) => name).join();
  if (flow.names !== names) buildFlow(view, strand);
  flow.names = names;
  strand.scales = scalesOf(layers, tensors, scaling);
  for (const layer of layers) {
    const maps = mapsOf(tensors[layer.name]), [low, high] = rangeOf(maps.values);
    layer.height = maps.height;
    layer.width = maps.width;
    layer.values = maps.values.length;
    const { button, canvas, words } = columns.get(layer.name);
    draw(canvas, maps, sheetOf(maps, FLOW_SHAPE), scaleOf(scaling, strand.scales, layer.name, maps), colours);
    words.textContent = maps.isRow ? maps.height.toLocaleString("en") : `${maps.channels}@\u200b${maps.height}×${maps.width}`; // may break there
    button.setAttribute("aria-label", described(layer, maps, low, high));
    button.setAttribute("aria-pressed", layer.name === choice.layer);
  }
  bars(view, strand);
}

function buildFlow(view, { flow, columns, layers }) {
  columns.clear();
  flow.replaceChildren(...layers.map((layer) => {
    const button = document.createElement("button"), name = document.createElement("b");
    const canvas = document.createElement("canvas"), frames = document.createElement("canvas"), words = document.createElement("span");
    const sheet = element("div", "", "framed");
    name.textContent = layer.name;
    frames.hidden = true;
    sheet.append(canvas, frames);
    button.append(name, sheet, words);
    button.onclick = () => {
      Object.assign(view, { place: null, answer: undefined });
      if (view.data.layers.some((own) => own.name === layer.name)) choose(view, { layer: layer.name });
    };
    columns.set(layer.name, { button, canvas, frames, words });
    return button;
  }), answerList());
}

function answerList() {
  const box = element("div", "", "answering");
  box.append(element("ol", "", "answers"), element("p", "", "usual"));
  return box;
}

// Says of the strongest response where it stands, for who cannot see it.
function described(layer, maps, low, high) {
  const what = maps.isRow ? `${maps.height} values` : `${maps.channels} map${maps.channels > 1 ? "s" : ""} of ${maps.height}×${maps.width}`;
  const cells = maps.height * maps.width, place = maps.values.indexOf(high), within = place % cells;
  const part = (at, size, names) => names[Math.min(2, Math.floor((3 * at) / size))];
  const where = maps.isRow ? `value ${place + 1}` : `map ${Math.floor(place / cells) + 1}, ` +
    `${part(Math.floor(within / maps.width), maps.height, ["top", "middle", "bottom"])} ` +
    `${part(within % maps.width, maps.width, ["left", "centre", "right"])}`;
  return `${layer.name}: ${what}, from ${digits(low)} to ${digits(high)}; the strongest is ${where}`;
}

// Whether the network answers in the data set's classes: one that was trained elsewhere may have others.
function hasClassesOf({ classes }, values) {
  return values.length === classes.length;
}

function answerNames(data, values) {
  return [...values].map((_, place) => (hasClassesOf(data, values) ? data.classes[place] : `class ${place}`));
}

function bars(view, { tensors, flow }) {
  const { data, choice, isOwn } = view, isBeside = tensors !== view.tensors;
  const { values } = tensors.probabilities, names = answerNames(data, values);
  const truth = isOwn || !hasClassesOf(data, values) ? null : data.labels[choice.picture]; // nobody says what one's own is
  const likeliest = [...values.keys()].toSorted((one, two) => values[two] - values[one]), isLong = names.length > MOST_CLASSES;
  const shown = [...new Set([truth, ...likeliest])].filter((place) => place !== null).slice(0, choice.beside ? MOST_ANSWERS : MOST_CLASSES);
  const list = flow.querySelector(".answers"), active = list.getRootNode().activeElement, held = list.contains(active) && active.textContent;
  list.replaceChildren(...(isLong ? shown : shown.toSorted((one, two) => one - two)).map((place) => {
    const line = document.createElement("li");
    line.append(isBeside ? names[place] : answerButton(view, place, names[place]));
    line.dataset.share = `${(100 * values[place]).toFixed(1)} %`;
    line.style.setProperty("--share", values[place]);
    line.className = place === truth ? "true" : "";
    if (place === truth) line.title = "what it is";
    return line;
  }));
  [...list.querySelectorAll("button")].find(({ textContent }) => textContent === held)?.focus();
}
