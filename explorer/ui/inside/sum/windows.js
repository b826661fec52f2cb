// What a value sees of the layer before: its window, framed on each map there that it comes from.

const SHARPER = 4; // pixels of the frames to one of a map
const SEEN_WIDE = 54; // px on the screen that a column has at least

function frameWindows(view, layer, { lines, sees }) {
  if (view.framed) view.framed.hidden = true;
  const cells = lines.find((line) => line.cells)?.cells, frames = view.columns.get(layer.before)?.frames;
  view.framed = cells && frames;
  if (!view.framed) return;
  const maps = mapsOf(view.tensors[layer.before]), sheet = sheetOf(maps, FLOW_SHAPE), [wide, high] = sizeOfSheet(sheet);
  frames.hidden = false;
  if (frames.width !== SHARPER * wide || frames.height !== SHARPER * high) Object.assign(frames, { width: SHARPER * wide, height: SHARPER * high });
  const [top, bottom] = edgesOf(cells.map(({ y }) => y), maps.height), [left, right] = edgesOf(cells.map(({ x }) => x), maps.width);
  const context = frames.getContext("2d");
  context.clearRect(0, 0, frames.width, frames.height);
  Object.assign(context, { strokeStyle: getComputedStyle(view.root).color, lineWidth: Math.max(SHARPER / 2, frames.width / SEEN_WIDE) });
  for (const channel of sees ?? lines.map((line) => line.channel).filter((each) => each !== undefined)) {
    const [x, y] = onSheet([channel, top, left], maps, sheet);
    context.strokeRect(SHARPER * x, SHARPER * y, SHARPER * (right - left), SHARPER * (bottom - top));
  }
}

// Of what lies within the maps: their padding is no part of them.
function edgesOf(places, size) {
  return [Math.max(0, Math.min(...places)), Math.min(size, Math.max(...places) + 1)];
}
