// A network's weights: of a small one all at once, of a large one a layer at a time, and of a wide dense layer a row.

const WHOLE = 1_000_000; // weights of a layer that come together

// What is at hand; `wanted` is what a place needs beside it, by its address.
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
  view.weightsWanted = address;
  tensorsAt(address).then((found) => {
    if (view.weightsWanted !== address) return;
    Object.assign(view, { weights: found, weightsAt: address });
    again();
  }).catch((error) => say(view, error.message));
  return null;
}
