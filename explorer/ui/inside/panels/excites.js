// The test pictures to which one map responds most strongly, each with what the response sees framed.

async function excites(view, box) {
  const { data, choice } = view, layer = data.layers.find(({ name }) => name === choice.layer);
  if (layer === data.layers[0]) return box.replaceChildren(element("p", "Choose a layer above: its maps respond to pictures."));
  const maps = mapsOf(view.tensors[layer.name]), count = maps.isRow ? maps.height : maps.channels;
  const map = Math.min(view.place?.[maps.isRow ? 1 : 0] ?? 0, count - 1), asked = (box.asked = {});
  try {
    const only = view.onlyClass === undefined ? "" : `?class=${view.onlyClass}`;
    const found = await tensorsAt(`${data.address}/${choice.step}/excites/${layer.name}/${map}${only}`);
    if (box.asked === asked) showExciting(view, box, found, { layer, maps, count, map });
  } catch (error) {
    if (box.asked === asked) box.replaceChildren(element("p", error.message, "note"));
  }
}

function showExciting(view, box, found, shown) {
  const held = box.getRootNode().activeElement, focused = held?.getAttribute("aria-label"), isChoosing = held?.localName === "select";
  const pictures = element("div", "", "exciting");
  pictures.append(...[...found.numbers.values].map((_, place) => excitingPicture(view, found, place)));
  pictures.append(...["trained", "untrained"].map((which) => ascentFrame(view, which)));
  box.replaceChildren(mapChoice(view, shown), element("p", excitingWords(view, found, shown), "scale"), pictures, element("p", ASCENT_WORDS, "scale"));
  climb(view, box, shown);
  box.querySelector(isChoosing ? "select" : `button[aria-label="${focused}"]`)?.focus({ preventScroll: true });
}

function mapChoice(view, { layer, maps, count, map }) {
  const { data } = view, line = element("div", "", "pick"), what = maps.isRow ? "value" : "map";
  const to = (label, words, change) => {
    const button = Object.assign(element("button", words), { onclick: () => {
      const next = (map + change + count) % count;
      view.place = maps.isRow ? [0, next, 0] : [next, maps.height >> 1, maps.width >> 1];
      showPanel(view);
    } });
    button.setAttribute("aria-label", label);
    return button;
  };
  line.append(to(`${what} before`, "‹", -1), element("b", `${layer.name}, ${what} ${map + 1} of ${count.toLocaleString("en")}`), to(`${what} after`, "›", 1));
  const classes = [new Option("all classes", ""), ...data.classes.map((name, place) => new Option(name, place))];
  line.append(asked("Pictures of", choiceOf(classes, view.onlyClass ?? "", (text) => {
    view.onlyClass = text === "" ? undefined : Number(text);
    showPanel(view);
  })));
  return line;
}

function excitingWords({ data, tensors }, found, { layer, maps, map }) {
  const { all, frames } = found;
  const pictures = `${all.values.length.toLocaleString("en")} test pictures`, [low, high] = rangeOf(all.values);
  if (low === high) return `It answers ${digits(low)} to each of ${pictures}: it tells none of them from another. ${sleepingWords(found, layer, maps)}`;
  const own = maps.isRow ? maps.values[map] : rangeOf(maps.values.subarray(map * maps.height * maps.width, (map + 1) * maps.height * maps.width))[1];
  const stronger = all.values.filter((value) => value > own).length;
  const alike = sleepingWords(found, layer, maps);
  const framed = frames.values.length ? " The frame is what the strongest value sees." : "";
  return `Its strongest value a picture lies between ${digits(low)} and ${digits(high)} over ${pictures}; ` +
    `it is ${digits(own)} for the one above, and larger for ${stronger.toLocaleString("en")}.${framed} ${alike}`;
}

function excitingPicture(view, { inputs, numbers, values, frames }, place) {
  const { data, colours } = view, [, channels, height, width] = inputs.shape, size = channels * height * width;
  const maps = { channels, height, width, values: inputs.values.subarray(place * size, (place + 1) * size), isRow: false };
  const number = numbers.values[place], name = data.classes[data.labels[number]];
  const button = element("button", ""), sheet = element("div", "", "sheet"), canvas = element("canvas", "");
  draw(canvas, maps, sheetOf(maps, 1), 1, colours);
  sheet.append(canvas, ...(frames.values.length && channels === 1 ? [frameOf(frames.values.subarray(4 * place, 4 * place + 4), height, width)] : []));
  button.append(sheet, element("b", digits(values.values[place])), element("span", name));
  button.setAttribute("aria-label", `Picture ${number}, ${name}: ${digits(values.values[place])}`);
  button.title = `Put picture ${number} into the network`;
  button.onclick = () => choosePicture(view, number);
  return button;
}

function frameOf([top, left, bottom, right], height, width) {
  const frame = element("div", "", "mark"), within = (value, size) => Math.min(size, Math.max(0, value));
  const [first, last] = [within(top, height), within(bottom, height)], [from, to] = [within(left, width), within(right, width)];
  frame.style.inset = `${(100 * first) / height}% auto auto ${(100 * from) / width}%`;
  frame.style.width = `${(100 * (to - from)) / width}%`;
  frame.style.height = `${(100 * (last - first)) / height}%`;
  return frame;
}

const ASCENT_WORDS = "Climbed: the picture that gradient ascent finds for the map's mean, in 96 steps from faint noise, each shrunk by 1 %, every sixth blurred, " +
  "all pixels kept between 0 and 1. Other rules find other pictures; beside it the same for the first weights.";

function sleepingWords({ alike: { values } }, { name }, { isRow }) {
  const what = isRow ? "value" : "map", listed = [...values].map((map) => map + 1);
  if (!listed.length) return `No ${what} of ${name} answers alike to all of them.`;
  const shown = `${listed.slice(0, 12).join(", ")}${listed.length > 12 ? ", …" : ""}`;
  return `${listed.length.toLocaleString("en")} of ${name}'s ${what}s answer alike to all of them: ${shown}.`;
}

function ascentFrame(view, which) {
  const frame = element("div", "", `climbed ${which}`), canvas = element("canvas", "");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Climbed, ${which}: not yet`);
  frame.append(canvas, element("b", "\u00a0"), element("span", which === "trained" ? "climbed" : "climbed, untrained"));
  return frame;
}

async function climb({ data, choice, colours }, box, { layer, map }) {
  const { asked } = box;
  const found = await tensorsAt(`${data.address}/${choice.step}/ascent/${layer.name}/${map}`).catch((error) => error);
  if (box.asked !== asked) return;
  for (const which of ["trained", "untrained"]) {
    const [canvas, value] = box.querySelector(`.climbed.${which}`).children;
    if (found instanceof Error) {
      value.textContent = found.message;
      continue;
    }
    const { shape: [channels, height, width], values } = found[`${which}/picture`], maps = { channels, height, width, values, isRow: false };
    const reached = digits(found[`${which}/value`].values[0]), isStuck = found[`${which}/stuck`].values[0] === 1;
    draw(canvas, maps, sheetOf(maps, 1), 1, colours);
    value.textContent = isStuck ? `${reached}: no gradient` : reached;
    canvas.setAttribute("aria-label", `Climbed, ${which}: ${value.textContent}`);
  }
}
