// How values become colours: zero is the ground, and one scale holds for a layer, for each map, or for the whole network.

const SCALINGS = { layer: "one a layer", network: "one for all layers", map: "one a map" };
const SCALED = {
  layer: "One scale for the layer", network: "One scale for all layers: what is pale here is small beside the others",
  map: "Each map in a scale of its own: a map that hardly answers looks as strong as one that does. At most",
};

function beginScales(view) {
  const choice = view.root.querySelector(".scaling");
  choice.replaceChildren(...Object.entries(SCALINGS).map(([name, words]) => new Option(words, name)));
  choice.onchange = () => choose(view, { scaling: choice.value });
}

// The largest size of a value in each layer, by its name; all the same where there is one scale for all.
function scalesOf(layers, tensors, scaling) {
  const sizes = Object.fromEntries(layers.map(({ name }) => [name, largestOf(tensors[name].values)]));
  const most = Math.max(...Object.values(sizes));
  return Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, (scaling === "network" ? most : size) || 1]));
}

// What a layer's maps are drawn in: a number for all of them, or one for each.
function scaleOf(scaling, scales, name, maps) {
  if (scaling !== "map" || maps.isRow) return scales[name];
  const cells = maps.height * maps.width;
  return Array.from({ length: maps.channels }, (_, map) => largestOf(maps.values.subarray(map * cells, (map + 1) * cells)) || 1);
}

function largestOf(values) {
  return Math.max(...rangeOf(values).map(Math.abs));
}
