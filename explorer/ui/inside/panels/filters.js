// What a layer weighs its inputs with: every kernel of every map, in one scale; colour ones in colour.

const MOST_WIDE = 4; // width to height of the sheet of all kernels

// Of a large network the first filters alone were kept on the way: they have a time of their own.
async function filtersOverTime(view, box, layer) {
  const { data } = view, { filterSteps } = data, last = filterSteps.length - 1;
  box.at = Math.min(box.at ?? last, last);
  const asked = (box.asked = {}), step = filterSteps[box.at];
  const found = await tensorsAt(`${data.address}/${step}/weights/${layer.name}`).catch((error) => error);
  if (box.asked !== asked || view.choice.panel !== "filters") return;
  if (found instanceof Error) return box.replaceChildren(element("p", found.message, "note"));
  let line = box.querySelector(".overtime");
  if (!line) {
    line = element("label", "", "overtime");
    const input = Object.assign(document.createElement("input"), { type: "range", min: 0, max: last, ariaLabel: "Time of the filters" });
    input.oninput = () => {
      box.at = Number(input.value);
      filtersOverTime(view, box, layer);
    };
    line.append("Time of the filters ", input, element("output", ""));
  }
  line.querySelector("input").value = box.at;
  line.querySelector("output").textContent = `Step ${step.toLocaleString("en")}`;
  const scroll = element("div", "", "drawn");
  drawFilters(view, scroll, layer, found[`${layer.name}.weight`]);
  if (line.parentElement === box) box.querySelector(".drawn").replaceWith(scroll);
  else box.replaceChildren(line, scroll);
}

function filters(view, box) {
  const other = otherOf(view);
  if (!box.children.length) box.append(element("div", "", "kernels"), element("div", "", "kernels"));
  ownFilters(view, box.firstChild);
  box.lastChild.hidden = !other;
  if (other) filtersBeside(view, box.lastChild, other);
}

async function filtersBeside({ data, choice, colours }, box, { layers, title, at }) {
  const layer = layers.find(({ name }) => name === choice.layer), asked = (box.asked = {});
  const say = (words) => box.replaceChildren(element("p", `${title}: ${words}`, "who"));
  if (!layer?.weights) return say(`no weights in a layer ${choice.layer}.`);
  if (isByRow(layer)) return say(`${layer.weights.toLocaleString("en")} weights in ${layer.name}, too many to draw.`);
  const found = await tensorsAt(`${at}/weights/${layer.name}`).catch((error) => error);
  if (box.asked !== asked) return undefined;
  if (found instanceof Error) return say(found.message);
  drawFilters({ data: { ...data, layers }, colours }, box, layer, found[`${layer.name}.weight`]);
  return box.prepend(element("p", title, "who"));
}

function ownFilters(view, box) {
  const { data, choice } = view, layer = data.layers.find(({ name }) => name === choice.layer);
  if (data.filterSteps.length > 1 && layer === data.layers.find(({ weights }) => weights)) return filtersOverTime(view, box, layer);
  box.asked = {};
  if (!data.isSmall && isByRow(layer)) return box.replaceChildren(element("p", `${layer.name} has ${layer.weights.toLocaleString("en")} weights, too many to draw. Those of one value stand in its sum.`));
  const weights = weightsFor(view, layer, [0, 0, 0], () => showPanel(view));
  if (!weights && layer.weights) return box.replaceChildren(element("p", "The weights are on their way."));
  drawFilters(view, box, layer, weights?.[`${layer.name}.weight`]);
}

function drawFilters(view, box, layer, kernels) {
  const { data } = view;
  if (!kernels || kernels.shape.length === 1) return box.replaceChildren(element("p", withoutFilters(layer, kernels)));
  const [low, high] = rangeOf(kernels.values), scale = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const range = `From ${digits(low)} to ${digits(high)}. One scale for the layer: −${digits(scale)} blue, 0 the ground, +${digits(scale)} orange.`;
  const drawn = isInColour(layer, kernels, data) ? inColour(view, kernels, scale) : inSheets(view, layer, kernels, scale);
  box.replaceChildren(element("p", titleOf(layer, kernels), "title"), ...drawn, element("p", isInColour(layer, kernels, data)
    ? `From ${digits(low)} to ${digits(high)}. As colours: −${digits(scale)} none, 0 half, +${digits(scale)} full red, green and blue.` : range, "scale"));
}

function withoutFilters(layer, kernels) {
  if (kernels) return `${layer.name} has one number a map, which stands in the sum of a value.`;
  return layer.kind === "input" ? "The picture itself: no layer yet. Choose a layer above." : `${layer.name} has no weights: nothing is learnt in it.`;
}

function titleOf(layer, { shape }) {
  const [outputs, inputs, high, wide] = shape;
  if (shape.length === 2) return `${layer.name} · the weights of ${outputs} outputs, a row each, for ${inputs} inputs`;
  return `${layer.name} · ${outputs} maps × ${inputs} input map${inputs > 1 ? "s" : ""}: kernels of ${high}×${wide}`;
}

function isInColour(layer, { shape }, data) {
  return shape.length === 4 && shape[1] === 3 && layer.before === data.layers[0].name;
}

// A dense layer's weights are one map; a convolution's rows are the maps that it puts out, its columns those it takes.
function inSheets(view, layer, { shape, values }, scale) {
  const [outputs, inputs, high = 1, wide = 1] = shape, isDense = shape.length === 2;
  const maps = isDense ? { channels: 1, height: outputs, width: inputs, values, isRow: false }
    : { channels: outputs * inputs, height: high, width: wide, values, isRow: false };
  const beside = Math.min(outputs, Math.max(1, Math.ceil(Math.sqrt(outputs * inputs * MOST_WIDE) / inputs))); // maps in a row
  const columns = isDense ? 1 : inputs * beside;
  const sheet = { columns, rows: Math.ceil(maps.channels / columns), high: maps.height, wide: maps.width, gap: isDense ? 0 : 1 };
  const said = ([channel, row, column]) => {
    const value = digits(valueAt(maps, [channel, row, column]));
    if (isDense) return `output ${row + 1}, ${layer.before} ${column + 1}: ${value}`;
    const first = Math.floor(Math.floor(channel / inputs) / (outputs / layer.groups)) * inputs;
    return `map ${Math.floor(channel / inputs) + 1} for input map ${first + (channel % inputs) + 1}, row ${row + 1}, column ${column + 1}: ${value}`;
  };
  return pointedSheet(maps, sheet, { scale, colours: view.colours, said, label: `${layer.name}: all of its weights` });
}

function inColour(view, { shape: [outputs, inputs, high, wide], values }, scale) {
  const sheet = sheetOf({ channels: outputs, height: high, width: wide }, MOST_WIDE), canvas = element("canvas", "", "large");
  [canvas.width, canvas.height] = sizeOfSheet(sheet);
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height), cells = high * wide;
  for (let map = 0; map < outputs; map += 1) for (let cell = 0; cell < cells; cell += 1) {
    const [x, y] = onSheet([map, Math.floor(cell / wide), cell % wide], { isRow: false }, sheet);
    const parts = Array.from({ length: inputs }, (_, i) => 127.5 * (1 + values[(map * inputs + i) * cells + cell] / scale));
    image.data.set([...parts, 255], 4 * (y * canvas.width + x));
  }
  context.putImageData(image, 0, 0);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `All ${outputs} colour kernels`);
  const frame = element("div", "", "sheet");
  frame.style.setProperty("--shape", canvas.width / canvas.height);
  frame.append(canvas);
  return [frame];
}
