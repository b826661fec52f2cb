// How many answers stay right when all test pictures are shifted: of this network, and of the one beside it.

const FARTHEST = 8; // pixels of a shift each way
const LONGEST = 120; // seconds of measuring with a large network
const RINGS = [0, 1, 2, 4, 8]; // pixels, of which the words tell

// The accuracies of a step, by the address below which they stand: a square of shifts, NaN where none is measured.
const shiftsAt = new Map();

function showShifts(view, box, move) {
  const { data, choice } = view, other = otherOf(view);
  const networks = [{ title: other ? "This run" : "", at: `${data.address}/${choice.step}/shifts`, shifts: data.shifts[data.address] }];
  if (other) networks.push({ title: other.title, at: `${other.at}/shifts`, shifts: data.shifts[other.address] });
  box.networks = networks.map(({ at }) => at).join();
  const parts = networks.map((network, i) => box.children[i] ?? element("div", "", "shifted"));
  if (box.children.length !== parts.length) box.replaceChildren(...parts);
  networks.forEach((network, i) => showShifted(view, parts[i], { ...network, box }, move));
}

function showShifted(view, part, network, move) {
  const found = shiftsAt.get(network.at);
  if (!network.shifts) part.replaceChildren(element("p", "Shifting the test pictures takes too long with a network as large as this one.", "scale"));
  else if (found) drawShifts(view, part, { ...network, found }, move);
  else part.replaceChildren(...offerShifts(view, part, network));
}

function offerShifts(view, part, network) {
  const { title, shifts: { every, pictures } } = network, button = element("button", "Shift all test pictures");
  button.onclick = () => measureShifts(view, part, network);
  const { width } = mapsOf(view.tensors[view.data.layers[0].name]), ways = `−${FARTHEST} to ${FARTHEST} ${every === 1 ? "pixels" : `of its ${width} pixels`}`;
  const words = `${title && `${upperFirst(title)}. `}Does it catch translation? Each of ${pictures} test pictures is shifted by ${ways} each way, and the right answers are counted.`;
  const cost = every === 1 ? "" : ` The network is large: only every second shift and few pictures are taken, which tells it roughly and takes at most ${LONGEST / 60} minutes.`;
  return [element("p", words + cost, "scale"), button];
}

function sideOf({ every }) {
  return (2 * FARTHEST) / every + 1;
}

// From the middle on: a row at a time, or with a large network a single shift, so that others who look come between.
function placesOf(shifts) {
  const side = sideOf(shifts), middle = (side - 1) / 2, far = (place) => Math.max(...place.map((at) => Math.abs(at - middle)));
  const all = Array.from({ length: side }, (_, i) => i);
  return (shifts.every === 1 ? all.map((y) => [y]) : all.flatMap((y) => all.map((x) => [y, x]))).toSorted((one, two) => far(one) - far(two));
}

async function measureShifts(view, part, network) {
  const { at, shifts, box } = network, { every } = shifts, side = sideOf(shifts), from = performance.now();
  const found = shiftsAt.get(at) ?? { values: new Float32Array(side * side).fill(NaN), seconds: 0 }, before = found.seconds;
  shiftsAt.set(at, found);
  found.isMeasured = true;
  for (const [y, x] of placesOf(shifts).filter(([y, x = 0]) => Number.isNaN(found.values[y * side + x]))) {
    if (!view.root.isConnected || !box.networks.split(",").includes(at) || (every > 1 && found.seconds > LONGEST)) break;
    try {
      const across = x === undefined ? "" : `&across=${x * every - FARTHEST}`;
      const { accuracies } = await tensorsAt(`${at}?down=${y * every - FARTHEST}${across}`);
      found.values.set(accuracies.values, y * side + (x ?? 0));
    } catch (error) {
      shiftsAt.delete(at);
      return part.replaceChildren(element("p", error.message, "note"), ...offerShifts(view, part, network));
    }
    found.seconds = before + (performance.now() - from) / 1000;
    if (box.networks.split(",").includes(at)) showShifts(view, box, moveOf(view)); // into the part that it has now
  }
  found.isMeasured = false;
  if (box.networks.split(",").includes(at)) showShifts(view, box, moveOf(view));
}

function drawShifts(view, part, { title, shifts, found, box, at }, move) {
  const { every } = shifts, side = sideOf(shifts), { values } = found, maps = { channels: 1, height: side, width: side, values, isRow: false };
  const shiftOf = ([, y, x]) => ({ ...UNMOVED, across: x * every - FARTHEST, down: y * every - FARTHEST });
  const said = (place) => `${upperFirst(moveWords(shiftOf(place)))}: ${shareWords(valueAt(maps, place), 1)}`;
  const words = `${title && `${upperFirst(title)}. `}${found.isMeasured ? "The right answers are being counted." : shiftWords(values, shifts, view.data.classes.length)}`;
  const [frame, under] = pointedSheet(maps, { columns: 1, rows: 1, high: side, wide: side, gap: 0 }, { scale: 1, colours: view.colours, said, label: `Share of right answers by the shift. ${words}` });
  const mark = element("div", "", "mark"), canvas = frame.firstChild, share = 100 / side;
  mark.style.inset = `${(share * (FARTHEST + move.down)) / every}% auto auto ${(share * (FARTHEST + move.across)) / every}%`;
  mark.style.width = mark.style.height = `${share}%`;
  mark.hidden = Math.max(Math.abs(move.across), Math.abs(move.down)) > FARTHEST;
  canvas.onclick = ({ offsetX, offsetY }) => moveTo(view, shiftOf([0, Math.floor((offsetY * side) / canvas.clientHeight), Math.floor((offsetX * side) / canvas.clientWidth)]));
  frame.append(mark);
  const told = element("div", "", "told");
  told.append(element("p", words, "scale"), under, ...restOf(view, part, { title, shifts, found, box, at }));
  part.replaceChildren(frame, told);
}

// What is still to be measured: how far it is, or that one may go on where it was left.
function restOf(view, part, network) {
  const { found, shifts: { every } } = network, done = found.values.filter((value) => !Number.isNaN(value)).length;
  if (done === found.values.length) return [];
  const line = element("p", `${done} of ${found.values.length} shifts`, "scale"), bar = Object.assign(element("progress", ""), { max: found.values.length, value: done, ariaLabel: "Shifts measured" });
  if (found.isMeasured) return [line, bar];
  if (every > 1 && found.seconds > LONGEST) return [element("p", `${line.textContent}: the ${LONGEST / 60} minutes are over.`, "scale")];
  return [line, Object.assign(element("button", "Go on"), { onclick: () => measureShifts(view, part, network) })];
}

function shareWords(share, places) {
  return Number.isNaN(share) ? "not measured" : `${(100 * share).toFixed(places)} % right`;
}

function shiftWords(values, shifts, classes) {
  const { every, pictures } = shifts, side = sideOf(shifts), away = (at) => Math.abs(at * every - FARTHEST);
  const mean = (far) => {
    const ring = [...values].filter((value, i) => !Number.isNaN(value) && Math.max(away(i % side), away(Math.floor(i / side))) === far);
    return ring.length ? `${((100 * total(ring)) / ring.length).toFixed(0)} %` : "not measured";
  };
  const ways = values.some(Number.isNaN) ? "those measured as far" : "all ways as far";
  const [first, second, ...rest] = RINGS.filter((far) => far % every === 0);
  return `Right answers to ${pictures.toLocaleString("en")} test pictures: ${mean(first)} as they are, ${mean(second)} shifted by ${second} pixel${second > 1 ? "s" : ""}, ` +
    `${rest.map((far) => `${mean(far)} by ${far}`).join(", ")} (the mean of ${ways}); ${(100 / classes).toFixed(0)} % by guessing. Ground is 0 %, full orange 100 %.`;
}
