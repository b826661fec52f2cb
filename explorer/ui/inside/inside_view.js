// One picture on its way through a network: all maps of all layers, one of them large, and the sum behind each value.

const LARGE_SHAPE = 1.6; // width to height of a layer's sheet
const LATE = 500; // milliseconds until somebody who waits is told for what
const LOADING = "The network is being loaded, which takes some seconds where it is a large one.";
const PAUSE = 400; // ms of rest after which the page's address says what is shown
const views = new WeakMap();
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".inside");
  const view = views.get(root) ?? begin(root);
  const isNew = view.run !== data.address || view.asked !== JSON.stringify(data.choice);
  const isLast = view.run === data.address && (view.ownChoice || !isNew) && view.choice.step === view.data.steps.at(-1) && !view.predicts;
  Object.assign(view, { data, run: data.address, asked: JSON.stringify(data.choice), told: (choice) => setTriggerValue("choose", choice) });
  const rest = JSON.stringify({ ...data, choice: null }), isKnown = view.ownChoice && view.rest === rest; // it comes back from the link
  if (isNew && !view.ownChoice) view.choice = { ...data.choice };
  if (isLast) view.choice.step = data.steps.at(-1); // it goes along with a run that goes on
  Object.assign(view, { ownChoice: false, rest });
  if (isKnown) return;
  if (view.own.isOpen) keepToRun(view);
  root.toggleAttribute("data-presented", data.isPresented);
  show(view);
}

function begin(root) {
  const find = (name) => root.querySelector(`.${name}`);
  const view = { root, place: null, columns: new Map() };
  for (const name of ["picture", "class", "random", "unmoved", "time", "moment", "flow", "large", "mark", "title", "scale", "sum", "near", "panels", "note"]) view[name] = find(name);
  beginOwn(view);
  beginScales(view);
  beginBeside(view);
  beginSaving(view);
  find("wrong").onclick = () => toWrong(view);
  views.set(root, view);
  const go = (picture) => choose(view, { picture: (picture + view.data.labels.length) % view.data.labels.length });
  find("before").onclick = () => go(view.choice.picture - 1);
  find("after").onclick = () => go(view.choice.picture + 1);
  view.picture.onchange = () => go(Math.max(0, Math.trunc(Number(view.picture.value)) || 0));
  view.class.onchange = () => go(next(view, (label) => label === Number(view.class.value)));
  view.unmoved.onclick = () => moveTo(view, UNMOVED);
  view.random.onclick = () => go(Math.floor(Math.random() * view.data.labels.length));
  view.time.oninput = () => choose(view, { step: view.data.steps[view.time.value] });
  view.large.onpointerdown = (event) => point(view, under(view, event));
  view.large.onpointermove = (event) => view.predicts || view.large.onpointerdown(event);
  view.large.onkeydown = (event) => walk(view, event);
  return view;
}

// The next picture of a class, from the one after this on.
function next({ choice, data: { labels } }, fits) {
  const places = labels.map((_, i) => (choice.picture + 1 + i) % labels.length);
  return places.find((place) => fits(labels[place])) ?? choice.picture;
}

function choose(view, change) {
  Object.assign(view.choice, change);
  show(view);
  tellSoon(view);
}

function tellSoon(view) {
  clearTimeout(view.waits);
  view.waits = setTimeout(() => {
    view.ownChoice = true;
    view.told({ ...view.choice });
  }, PAUSE);
}

async function show(view) {
  const { data, choice } = view;
  const turn = (view.turn = {});
  controls(view);
  controlsOfOwn(view);
  const told = setTimeout(() => view.turn === turn && !view.tensors && say(view, LOADING), LATE);
  try {
    const at = `${data.address}/${choice.step}`, isOwn = isOwnShown(view);
    const [tensors, weights] = await Promise.all([isOwn ? ownTensors(view, at) : tensorsOfTest(view, at), weightsOfAll(view, at)]);
    if (view.turn !== turn) return;
    Object.assign(view, { tensors, isOwn }, data.isSmall ? { weights } : {});
    paint(view);
    showBeside(view);
    showOwn(view);
    say(view, "");
    sayUsual(view);
  } catch (error) {
    if (view.turn === turn) await refuse(view, error.message);
  } finally {
    clearTimeout(told);
  }
}

async function refuse(view, words) {
  if (isOwnShown(view)) {
    view.own.picture = null;
    await show(view);
  }
  say(view, words);
}

function say({ note, root }, words) {
  note.textContent = words;
  note.hidden = !words;
  root.toggleAttribute("data-ready", !words);
}

function controls(view) {
  const { data, choice, picture, class: classes, unmoved, time, moment } = view;
  unmoved.hidden = isOwnShown(view) || !moveQuery(view);
  unmoved.title = `The picture is moved: ${moveWords(moveOf(view))}`;
  view.root.querySelector(".scaling").value = choice.scaling;
  picture.value = choice.picture;
  picture.max = data.labels.length - 1;
  if (classes.options.length !== data.classes.length) {
    classes.replaceChildren(...data.classes.map((name, place) => new Option(name, place)));
  }
  classes.value = data.labels[choice.picture];
  time.max = data.steps.length - 1;
  time.value = Math.max(0, data.steps.indexOf(choice.step));
  moment.textContent = data.moments[time.value] ?? "";
  time.setAttribute("aria-valuetext", moment.textContent);
}

function paint(view) {
  const { data, flow, choice } = view;
  view.colours = coloursOf(flow, data.colours);
  if (!data.layers.some(({ name }) => name === choice.layer)) choice.layer = data.layers[1].name;
  const strand = { flow, columns: view.columns, layers: data.layers, tensors: view.tensors };
  paintFlow(view, strand);
  view.root.querySelector(".wrong").hidden = !hasClassesOf(data, view.tensors.probabilities.values);
  view.scales = strand.scales;
  showPanel(view);
}

function enlarge(view) {
  const { data, tensors, choice, large, title, scale } = view;
  const layer = data.layers.find(({ name }) => name === choice.layer);
  const maps = mapsOf(tensors[layer.name]), [low, high] = rangeOf(maps.values);
  view.sheet = sheetOf(maps, LARGE_SHAPE);
  const [wide, tall] = sizeOfSheet(view.sheet);
  large.parentElement.style.setProperty("--shape", wide / tall);
  draw(large, maps, view.sheet, scaleOf(choice.scaling, view.scales, layer.name, maps), view.colours);
  title.textContent = `${layer.name} · ${layer.words}`;
  scale.textContent = `From ${digits(low)} to ${digits(high)}. ${SCALED[choice.scaling]}: −${digits(view.scales[layer.name])} ` +
    `blue, 0 the ground, +${digits(view.scales[layer.name])} orange.`;
  large.setAttribute("aria-label", `${layer.name} large; ${described(layer, maps, low, high).slice(layer.name.length + 2)}; the arrow keys walk over its values`);
  view.place ??= maps.isRow ? [0, 0, 0] : [0, maps.height >> 1, maps.width >> 1];
  point(view, view.place);
}

function under({ large, sheet, tensors, choice }, { clientX, clientY }) {
  const box = large.getBoundingClientRect(), maps = mapsOf(tensors[choice.layer]);
  const x = Math.floor(((clientX - box.left) / box.width) * large.width);
  return fromSheet(x, Math.floor(((clientY - box.top) / box.height) * large.height), maps, sheet);
}

function walk(view, event) {
  const move = MOVES[event.key], maps = mapsOf(view.tensors[view.choice.layer]);
  if (!move) return;
  event.preventDefault();
  const [x, y] = onSheet(view.place, maps, view.sheet), [down, across] = move;
  const jump = (at, by, gap) => at + by * (1 + gap);
  point(view, fromSheet(x + across, y + down, maps, view.sheet) ??
    fromSheet(jump(x, across, view.sheet.gap), jump(y, down, view.sheet.gap), maps, view.sheet));
}

function point(view, place) {
  if (!place) return;
  if (place !== view.place) view.answer = undefined;
  const { data, tensors, choice, large, mark, sheet } = view;
  view.place = place;
  const at = data.layers.findIndex(({ name }) => name === choice.layer), layer = data.layers[at];
  const maps = mapsOf(tensors[layer.name]), [x, y] = onSheet(place, maps, sheet);
  mark.style.inset = `${(100 * y) / large.height}% auto auto ${(100 * x) / large.width}%`;
  mark.style.width = `${100 / large.width}%`;
  mark.style.height = `${100 / large.height}%`;
  const value = valueAt(maps, place);
  const weights = weightsFor(view, layer, place, () => point(view, view.place));
  const found = at === 0 || !weights ? { lines: [] } : sumOf(layer, place, mapsOf(tensors[data.layers[at - 1].name]), weights);
  frameWindows(view, layer, found);
  if (view.answer !== undefined) writeAnswer(view);
  else write(view, whereIs(layer, place, maps), found, value, view.scales[layer.name]);
}
