// A network's weights: of a small one all at once, of a large one a layer at a time, and of a wide dense layer a row.

const WHOLE = 1_000_000; // weights of a layer that come together
const STAYS = 100; // ms that the pointer stays on a value before its row is asked for

function weightsOfAll(view, at) {
  return view.data.isSmall ? tensorsAt(`${at}/weights`) : {};
}

function isByRow({ kind, weights }) {
  return kind === "Linear" && weights > WHOLE;
}

// Gives the weights with which a layer makes a value, or null while they are on their way; then `again` is called.
function weightsFor(view, layer, place, again) {
  if (view.data.isSmall || !layer.weights) return view.weights;
  const { data, choice } = view, row = isByRow(layer) ? `/${place[1]}` : "";
  const address = `${data.address}/${choice.step}/weights/${layer.name}${row}`;
  if (view.weightsAt === address) return view.weights;
  clearTimeout(view.weightsSoon);
  view.weightsSoon = setTimeout(() => fetchWeights(view, address, again), row ? STAYS : 0);
  return null;
}

async function fetchWeights(view, address, again) {
  view.weightsWanted = address;
  try {
    const found = await tensorsAt(address);
    if (view.weightsWanted !== address) return;
    Object.assign(view, { weights: found, weightsAt: address });
    again();
  } catch (error) {
    say(view, error.message);
  }
}
