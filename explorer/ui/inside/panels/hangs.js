// What the answer hangs on, by five methods, and under each map what would show the same without the answer: untrained
// weights, another class. A map that hardly changes there says nothing about what was learnt.

const COMPUTING = "The maps are being computed, which takes some seconds where the network is a large one.";
const LEVEL = 0.1; // a map whose values lie apart by a smaller share of the largest is the same everywhere
const METHODS = {
  occlusion: ["Occlusion", ({ size, stride }) => `The score's fall while a square of ${size}×${size} hides the place${stride > 1 ? `, in steps of ${stride}` : ""}. ` +
    "It cannot say what places do together; and the network never learnt from pictures with a hole."],
  gradient: ["Gradient", () => "The score's rise with a tiny rise of each pixel. It cannot say what the answer came from: a saturated unit has none, however much it decides."],
  product: ["Gradient × input", () => "The gradient, weighed by the pixel. It cannot say anything of black: where the picture is 0, so is the map."],
  smoothgrad: ["SmoothGrad", ({ samples, noise }) => `The mean gradient of ${samples} noisy copies (standard deviation ${noise.toPrecision(2)}, the same noise each time). ` +
    "It looks calmer than a gradient, and cannot say more."],
  gradcam: ["Grad-CAM", ({ at, wide, high }) => `${at}'s maps, weighed by their mean gradients; nothing is cut off below 0. It cannot say finer than ${high}×${wide}, nor see maps that cancel out.`],
};

function hangs(view, box) {
  if (!view.isOwn && moveQuery(view)) return box.replaceChildren(element("p", "This is shown for test pictures as they are. Put the picture back, and what the answer hangs on stands here."));
  view.hanging ??= { target: null, other: null, size: null, isSmooth: false, isShared: false };
  if (!box.querySelector(".asks")) {
    const grid = Object.assign(element("div", "", "hanging"), { tabIndex: 0, role: "group", ariaLabel: "Maps of what the answer hangs on" }); // a phone scrolls it
    box.replaceChildren(element("div", "", "asks"), element("p", "", "note"), grid);
  }
  askHangs(view, box);
}

async function askHangs(view, box) {
  const turn = (view.hanging.turn = {}), shown = view.turn, note = box.querySelector(".note");
  const isLate = () => view.hanging.turn !== turn || view.turn !== shown || view.choice.panel !== "hangs";
  box.setAttribute("aria-busy", "true");
  const told = setTimeout(() => isLate() || Object.assign(note, { textContent: COMPUTING, hidden: false }), LATE);
  try {
    await view.hanging.asked?.catch(() => {}); // one request at a time: one's own picture changes with each stroke
    if (isLate()) return;
    view.hanging.asked = hangsFound(view);
    const found = await view.hanging.asked;
    if (isLate()) return;
    note.hidden = true;
    asksOf(view, box, found);
    mapsInto(view, box.querySelector(".hanging"), found);
    box.setAttribute("aria-busy", "false");
  } catch (error) {
    if (isLate()) return;
    Object.assign(note, { textContent: error.message, hidden: false });
    box.querySelector(".hanging").replaceChildren();
    box.setAttribute("aria-busy", "false");
  } finally {
    clearTimeout(told);
  }
}

function hangsFound(view) {
  const { data, choice, isOwn } = view, at = `${data.address}/${choice.step}`, query = hangsQuery(view);
  return isOwn ? ownTensors(view, at, "own/hangs", query) : tensorsAt(`${at}/test/${choice.picture}/hangs?${query}`);
}

function hangsQuery({ data, choice, tensors, hanging: { target, other, size } }) {
  const hasMaps = choice.layer !== data.layers[0].name && tensors[choice.layer].shape.length === 3;
  const asked = { class: target, other: other === target ? null : other, layer: hasMaps ? choice.layer : null, size };
  return Object.entries(asked).filter(([, value]) => value !== null).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}

function asksOf(view, box, found) {
  const { data, hanging, tensors } = view, { values } = tensors.probabilities, answer = values.indexOf(Math.max(...values));
  const names = answerNames(data, values), target = found.class.values[0];
  const change = (name, value) => { hanging[name] = value; askHangs(view, box); };
  const numberOr = (text) => (text === "" ? null : Number(text));
  const classes = (usual) => [new Option(usual, ""), ...names.map((name, place) => new Option(name, place))];
  const others = classes("the likeliest other one").filter(({ value }) => value !== String(target));
  const asks = [
    asked("What speaks for", choiceOf(classes(`the answer: ${names[answer]}`), hanging.target ?? "", (text) => change("target", numberOr(text)))),
    asked("and beside it for", choiceOf(others, hanging.other === target ? "" : hanging.other ?? "", (text) => change("other", numberOr(text)))),
    asked("Square", choiceOf([...found.sides.values].map((side) => new Option(`${side}×${side} pixels`, side)), found.size.values[0], (text) => change("size", Number(text)))),
    asked("One scale a method", askedSwitch(hanging.isShared, (isOn) => change("isShared", isOn))),
    asked("Smooth Grad-CAM", askedSwitch(hanging.isSmooth, (isOn) => change("isSmooth", isOn))),
  ];
  const row = box.querySelector(".asks"), at = [...row.children].findIndex((label) => label.contains(row.getRootNode().activeElement));
  row.replaceChildren(...asks);
  row.children[at]?.querySelector("select, input").focus();
}

function asked(words, control) {
  const label = element("label", "");
  label.append(...(control.type === "checkbox" ? [control, words] : [`${words} `, control]));
  return label;
}

function choiceOf(options, value, onChange) {
  const select = element("select", "");
  select.replaceChildren(...options);
  select.value = String(value);
  select.onchange = () => onChange(select.value);
  return select;
}

function askedSwitch(isOn, onChange) {
  const input = Object.assign(document.createElement("input"), { type: "checkbox", checked: isOn });
  input.onchange = () => onChange(input.checked);
  return input;
}

function mapsInto(view, grid, found) {
  const methods = Object.keys(METHODS).filter((method) => found[`trained/${method}`]);
  const names = answerNames(view.data, view.tensors.probabilities.values), named = (figure) => names[found[figure].values[0]];
  const rows = { trained: `trained, for ${named("class")}`, untrained: "untrained" };
  if (found.other) rows.other = `for ${named("other")}`;
  if (view.choice.step === 0) Object.assign(rows, { trained: `before the first step, for ${named("class")}`, untrained: undefined });
  const shown = Object.entries(rows).filter(([, words]) => words);
  grid.style.setProperty("--methods", methods.length);
  grid.replaceChildren(element("span", ""), ...methods.map((method) => element("h4", METHODS[method][0])), ...shown.flatMap(([row, words]) =>
    [element("div", words, "row"), ...methods.map((method) => hangingMap(view, found, { row, method, words }))]),
  element("span", ""), ...methods.map((method) => element("p", METHODS[method][1](figuresOf(view, found)), "limit")));
  if (!methods.includes("gradcam")) grid.append(element("p", "No layer here puts out maps, so there is no Grad-CAM.", "limit"));
}

function figuresOf({ data }, found) {
  const figure = (name) => found[name]?.values[0], [high, wide] = found["trained/gradcam"]?.shape ?? [];
  return { size: figure("size"), stride: figure("stride"), samples: figure("samples"), noise: figure("noise"), at: data.layers[figure("layer")]?.name, high, wide };
}

function hangingMap(view, found, { row, method, words }) {
  const { shape: [height, width], values } = found[`${row}/${method}`], maps = { channels: 1, height, width, values, isRow: false };
  const most = (name) => Math.max(...rangeOf(found[name].values).map(Math.abs)), rows = Object.keys(found).filter((name) => name.endsWith(`/${method}`) && !name.startsWith("like/"));
  const scale = (view.hanging.isShared ? Math.max(...rows.map(most)) : most(`${row}/${method}`)) || 1;
  const drawnAs = isLevel(values) ? Infinity : scale; // one colour all over would look like evidence
  const title = METHODS[method][0], said = ([, y, x]) => `Row ${y + 1}, column ${x + 1}: ${digits(valueAt(maps, [0, y, x]))}`;
  const drawn = element("div", "", `map ${row} ${view.hanging.isSmooth && method === "gradcam" ? "smooth" : ""}`);
  const [frame, under] = pointedSheet(maps, { columns: 1, rows: 1, high: height, wide: width, gap: 0 }, { scale: drawnAs, colours: view.colours, said, label: `${title}, ${words}` });
  const range = rangeWords(maps, scale);
  under.textContent = range;
  frame.querySelector("canvas").onpointerleave = () => { under.textContent = range; };
  drawn.append(frame, under, ...warningsOf(found, row, method));
  return drawn;
}

function isLevel(values) {
  const [low, high] = rangeOf(values);
  return high - low <= LEVEL * Math.max(Math.abs(low), Math.abs(high));
}

// What the colours mean, and in words what a map of one colour says.
function rangeWords({ values, height, width }, scale) {
  const [low, high] = rangeOf(values), ends = `±${digits(scale)}`;
  if (low === 0 && high === 0) return "All 0: nothing that it measures reaches the score.";
  if (height * width === 1) return `Not drawn: ${digits(low)} for one place, which says nothing of where. Choose an earlier layer.`;
  if (isLevel(values)) return `Not drawn: about ${digits((low + high) / 2)} everywhere, which says nothing of where.`;
  const range = `${ends}: from ${digits(low)} to ${digits(high)}`;
  if (high <= 0) return `${range}. Nowhere above 0: nothing speaks for it.`;
  return low >= 0 ? `${range}. Nowhere below 0.` : range;
}

function warningsOf(found, row, method) {
  const like = found[`like/${row}/${method}`]?.values[0];
  if (like === undefined || like < found.bound.values[0]) return [];
  const much = `Much like the trained one (rank correlation ${like.toFixed(2)}): `;
  return [element("p", much + (row === "untrained" ? "it shows the picture more than what was learnt." : "it hardly tells the classes apart."), "warning")];
}
