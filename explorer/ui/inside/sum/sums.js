// How one value of a layer comes about: its windows, products and sums, computed here from the tensors that are drawn.

const SHOWN = 7; // contributions of their own; the rest is one line

// Gives {lines, total}: each line has words, a value, and for a window its grids of numbers.
function sumOf(layer, place, before, weights) {
  const kind = SUMS[layer.kind] ?? (layer.acts ? acted : passed);
  return kind(layer, place, before, weights);
}

const SUMS = {
  Conv2d: convolved, PartialConv2d: convolved, Linear: weighed, MaxPool2d: largest, AvgPool2d: averaged,
  Subsample2d: subsampled, AdaptiveAvgPool2d: averaged, AdaptiveMaxPool2d: largest, Flatten: flattened,
  Softmax: shared, LogSoftmax: logOfShare, BatchNorm2d: normalised, BatchNorm1d: normalised, LocalResponseNorm: damped,
  GaussianRBF: distant, ZeroPad2d: padded,
};

function* windowOf(layer, [, row, column], before) {
  const [tops, lefts] = layer.window ? [steps(layer.window, 0, row), steps(layer.window, 1, column)]
    : [parts(row, layer.height, before.height), parts(column, layer.width, before.width)];
  for (const [i, y] of tops.entries()) for (const [j, x] of lefts.entries()) yield { i, j, y, x };
}

function steps({ kernel, stride, padding, dilation }, axis, position) {
  const first = position * stride[axis] - padding[axis];
  return Array.from({ length: kernel[axis] }, (_, i) => first + i * dilation[axis]);
}

function parts(position, outputs, inputs) {
  const first = Math.floor((position * inputs) / outputs), end = Math.ceil(((position + 1) * inputs) / outputs);
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function isInside({ y, x }, { height, width }) {
  return y >= 0 && y < height && x >= 0 && x < width;
}

function convolved(layer, place, before, weights) {
  const { shape: [outputs, inputs, high, wide], values } = weights[`${layer.name}.weight`];
  const first = Math.floor(place[0] / (outputs / layer.groups)) * inputs;
  const channels = Array.from({ length: inputs }, (_, i) => {
    const cells = [...windowOf(layer, place, before)].map((cell) => {
      const value = isInside(cell, before) ? valueAt(before, [first + i, cell.y, cell.x]) : 0;
      const weight = values[((place[0] * inputs + i) * high + cell.i) * wide + cell.j];
      return { ...cell, value, weight, product: value * weight, padding: !isInside(cell, before) };
    });
    return { words: `map ${first + i + 1}`, channel: first + i, cells, value: total(cells.map((cell) => cell.product)) };
  });
  return { ...summed(channels, weights[`${layer.name}.bias`]?.values[place[0]]), sees: channels.map(({ channel }) => channel) };
}

function weighed(layer, [, row], before, weights) {
  const { shape: [outputs, inputs], values } = weights[`${layer.name}.weight`], at = outputs === 1 ? 0 : row; // or this row alone
  const products = Array.from({ length: inputs }, (_, i) => {
    const value = before.values[i], weight = values[at * inputs + i];
    return { words: `${layer.before} ${i + 1}: ${digits(value)} × ${digits(weight)}`, value: value * weight };
  });
  return summed(products, weights[`${layer.name}.bias`]?.values[at]);
}

// The largest contributions first, the rest as one line: nothing is hidden.
function summed(found, bias) {
  const sorted = found.toSorted((one, two) => Math.abs(two.value) - Math.abs(one.value));
  const rest = sorted.slice(SHOWN);
  const lines = sorted.slice(0, SHOWN);
  if (rest.length) lines.push({ words: `${rest.length.toLocaleString("en")} others`, value: total(rest.map(({ value }) => value)) });
  if (bias !== undefined) lines.push({ words: "bias", value: bias });
  return { lines, total: total(lines.map(({ value }) => value)), sign: "the sum of" };
}

// Zeros of the padding count in a mean; what a last window has beyond them, where it was rounded up, does not.
function counts(layer, cell, before) {
  if (layer.kind !== "AvgPool2d") return isInside(cell, before);
  return cell.y < before.height + layer.window.padding[0] && cell.x < before.width + layer.window.padding[1];
}

function pooled(layer, place, before) {
  return [...windowOf(layer, place, before)].filter((cell) => counts(layer, cell, before)).map((cell) => {
    const value = isInside(cell, before) ? valueAt(before, [place[0], cell.y, cell.x]) : 0;
    return { ...cell, value, padding: !isInside(cell, before) };
  });
}

function largest(layer, place, before) {
  const cells = pooled(layer, place, before);
  const most = Math.max(...cells.map(({ value }) => value));
  const won = cells.map((cell) => ({ ...cell, wins: cell.value === most }));
  return { lines: [{ words: `map ${place[0] + 1}: the largest of ${cells.length}`, channel: place[0], cells: won, value: most }], total: most };
}

function averaged(layer, place, before) {
  const cells = pooled(layer, place, before);
  const mean = total(cells.map(({ value }) => value)) / cells.length;
  return { lines: [{ words: `map ${place[0] + 1}: the mean of ${cells.length}`, channel: place[0], cells, value: mean }], total: mean };
}

function subsampled(layer, place, before, weights) {
  const cells = pooled(layer, place, before), sum = total(cells.map(({ value }) => value));
  const weight = weights[`${layer.name}.weight`].values[place[0]], bias = weights[`${layer.name}.bias`].values[place[0]];
  const words = `map ${place[0] + 1}: ${digits(weight)} × the sum ${digits(sum)} of ${cells.length}`;
  return { lines: [{ words, channel: place[0], cells, value: weight * sum }, { words: "bias", value: bias }], total: weight * sum + bias };
}

function acted(layer, place, before) {
  const value = valueAt(before, place);
  return { lines: [{ words: `${layer.before}'s value here`, value }], sign: `${layer.title} of`, total: undefined };
}

function passed(layer, place, before) {
  const value = before.values.length === layer.values ? valueAt(before, place) : undefined;
  return { lines: value === undefined ? [] : [{ words: `${layer.before}'s value here`, value }], total: undefined };
}

function flattened(layer, [, row], before) {
  const cells = before.height * before.width, within = row % cells;
  const place = [Math.floor(row / cells), Math.floor(within / before.width), within % before.width];
  const words = `map ${place[0] + 1} of ${layer.before}, row ${place[1] + 1}, column ${place[2] + 1}`;
  return { lines: [{ words, value: valueAt(before, place) }], total: valueAt(before, place) };
}

function shared(_layer, [, row], before) {
  const top = Math.max(...before.values), powers = [...before.values].map((value) => Math.exp(value - top));
  return { lines: [{ words: `e to the power of this score ${digits(before.values[row])} less the highest, ${digits(top)}`, value: powers[row] }, { words: "the same of all scores", value: total(powers) }], total: powers[row] / total(powers), sign: "the first as a share of the second" };
}

function logOfShare(layer, place, before) {
  const { lines, total: share } = shared(layer, place, before);
  return { lines, total: Math.log(share), sign: "the logarithm of the first as a share of the second" };
}

// By the running mean and variance, as a network does that is not trained further.
function normalised(layer, place, before, weights) {
  const channel = before.isRow ? place[1] : place[0], value = valueAt(before, place);
  const [mean, variance] = ["running_mean", "running_var"].map((name) => weights[`${layer.name}.${name}`].values[channel]);
  const [weight, bias] = ["weight", "bias"].map((name) => weights[`${layer.name}.${name}`].values[channel]);
  const deviation = Math.sqrt(variance + layer.numbers.eps), scaled = (weight * (value - mean)) / deviation;
  const words = `(${layer.before}'s ${digits(value)} − mean ${digits(mean)}) / deviation ${digits(deviation)} × scale ${digits(weight)}`;
  return { lines: [{ words, value: scaled }, { words: "shift", value: bias }], total: scaled + bias, sign: "the sum of" };
}

// By the mean square of the channels around, as many as torch counts before and after.
function damped(layer, place, before) {
  const { size, alpha, beta, k } = layer.numbers, value = valueAt(before, place), first = place[0] - Math.floor(size / 2);
  const around = Array.from({ length: size }, (_, i) => first + i).filter((channel) => channel >= 0 && channel < before.channels);
  const mean = total(around.map((channel) => valueAt(before, [channel, place[1], place[2]]) ** 2)) / size, by = (k + alpha * mean) ** beta;
  const words = `(${digits(k)} + ${digits(alpha)} × ${digits(mean)}, the mean square of maps ${around[0] + 1} to ${around.at(-1) + 1}) to the power ${digits(beta)}`;
  return { lines: [{ words: `${layer.before}'s value here`, value }, { words, value: by }], total: value / by, sign: "the first divided by the second" };
}

function distant(layer, [, row], before, weights) {
  const { shape: [, inputs], values } = weights[`${layer.name}.weight`];
  const squares = Array.from({ length: inputs }, (_, i) => {
    const value = before.values[i], code = values[row * inputs + i];
    return { words: `${layer.before} ${i + 1}: (${digits(value)} − code ${digits(code)})²`, value: (value - code) ** 2 };
  });
  return summed(squares, undefined);
}

function padded(layer, [channel, row, column], before) {
  const cell = { y: row - layer.numbers.top, x: column - layer.numbers.left };
  if (!isInside(cell, before)) return { lines: [{ words: "a zero of the padding", value: 0 }], total: 0 };
  const value = valueAt(before, [channel, cell.y, cell.x]);
  return { lines: [{ words: `map ${channel + 1} of ${layer.before}, row ${cell.y + 1}, column ${cell.x + 1}`, value }], total: value };
}

function total(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

function digits(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 100_000)) return value.toExponential(2).replaceAll("-", "−");
  return value.toPrecision(4).replace("-", "−");
}
