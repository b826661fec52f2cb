// Tensors from the server: a file of safetensors, read in place.

const fetched = new Map(); // by address; a step's tensors never change
const MOST_FETCHED = 24;

async function tensorsAt(address) {
  const found = fetched.get(address) ?? fetch(new URL(address, document.baseURI)).then(readTensors);
  fetched.delete(address);
  fetched.set(address, found);
  if (fetched.size > MOST_FETCHED) fetched.delete(fetched.keys().next().value);
  try {
    return await found;
  } catch (error) {
    fetched.delete(address);
    throw error;
  }
}

// Eight bytes count those of the head, which is JSON; after it come the tensors' bytes, without gaps.
async function readTensors(answer) {
  if (!answer.ok) throw new Error(await answer.text());
  const buffer = await answer.arrayBuffer();
  const size = Number(new DataView(buffer).getBigUint64(0, true));
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(head)) {
    const Numbers = { F32: Float32Array, U8: Uint8Array }[dtype];
    if (Numbers) tensors[name] = { shape, values: new Numbers(buffer.slice(8 + size + from, 8 + size + to)) };
  }
  return tensors;
}

// What a layer puts out as maps: a row of features is one map, as high as it is long.
function mapsOf({ shape, values }) {
  const [channels, height, width] = shape.length === 3 ? shape : [1, shape[0], 1];
  return { channels, height, width, values, isRow: shape.length !== 3 };
}

function valueAt(maps, [channel, row, column]) {
  return maps.values[(channel * maps.height + row) * maps.width + column];
}

function rangeOf(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
