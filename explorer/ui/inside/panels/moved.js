// Moved pictures: shifted, turned, scaled, blurred, covered or made lighter by hand, and how many answers stay right when
// all pictures are shifted. The maps above follow.

const FARTHEST = 8; // pixels of a shift each way
const UNMOVED = { turn: 0, scale: 1, across: 0, down: 0, blur: 0, cover: 0, cover_across: 0, cover_down: 0, light: 0 };
const MOVES_BY = {
  turn: ["Turn", -180, 180, 5, (value) => `${value}°`], scale: ["Size", 0.5, 2, 0.05, (value) => `${value.toFixed(2)} ×`],
  blur: ["Blur", 0, 4, 0.25, (value) => `${value} px`], light: ["Light", -1, 1, 0.05, (value) => (value > 0 ? `+${value.toFixed(2)}` : value.toFixed(2))],
  cover: ["Square", 0, 20, 1, (value) => `${value} px`],
};

function moveQuery({ move }) {
  const changed = Object.entries(move ?? {}).filter(([name, value]) => value !== UNMOVED[name]);
  return new URLSearchParams(changed).toString();
}

function tensorsOfTest(view, at) {
  const query = moveQuery(view), address = `${at}/test/${view.choice.picture}`;
  return tensorsAt(query ? `${address}/moved?${query}` : address);
}

// One picture is on its way at a time; where more was asked for meanwhile, the last of it follows.
async function moveTo(view, change) {
  view.move = { ...UNMOVED, ...view.move, ...change };
  if (view.isMoving) return;
  view.isMoving = true;
  let asked;
  do {
    asked = moveQuery(view);
    await show(view);
  } while (asked !== moveQuery(view));
  view.isMoving = false;
}

function moved(view, box) {
  if (view.isOwn) return box.replaceChildren(element("p", "Test pictures are moved here. Go back to them, and one's own can be drawn elsewhere on the pad."));
  if (!box.querySelector(".moving")) buildMoved(view, box);
  const { tensors, data, choice } = view, move = { ...UNMOVED, ...view.move }, maps = mapsOf(tensors[data.layers[0].name]);
  const canvas = box.querySelector(".moves");
  draw(canvas, maps, sheetOf(maps, 1), view.scales[data.layers[0].name], view.colours);
  canvas.setAttribute("aria-label", `Picture ${choice.picture}, ${moveWords(move)}: drag it, or press the arrow keys`);
  for (const input of box.querySelectorAll("input[type=range]")) {
    input.value = move[input.name];
    input.nextElementSibling.textContent = MOVES_BY[input.name][4](move[input.name]);
  }
  sayAnswers(view, box.querySelector(".answer"), move);
  showShifts(view, box.querySelector(".shifts"), move);
}

function buildMoved(view, box) {
  const grid = element("div", "", "moving"), canvas = element("canvas", "", "moves"), asks = element("div", "", "movers");
  Object.assign(canvas, { tabIndex: 0, onpointerdown: (event) => dragFrom(view, event), onkeydown: (event) => walkMove(view, event) });
  canvas.setAttribute("role", "img");
  asks.append(...Object.entries(MOVES_BY).map(([name, rule]) => mover(view, name, rule)), Object.assign(element("button", "Put it back"), { onclick: () => moveTo(view, UNMOVED) }));
  grid.append(canvas, asks, element("div", "", "shifts"));
  box.replaceChildren(element("p", "\u00a0", "answer"), grid);
}

function mover(view, name, [title, min, max, step]) {
  const label = element("label", ""), input = Object.assign(document.createElement("input"), { type: "range", name, min, max, step });
  input.setAttribute("aria-label", title);
  input.oninput = () => moveTo(view, { [name]: Number(input.value) });
  label.append(element("span", title), input, element("output", ""));
  return label;
}

// A drag that begins in the square moves that, any other the picture.
function dragFrom(view, event) {
  const { target, pointerId, clientX, clientY } = event, box = target.getBoundingClientRect(), move = { ...UNMOVED, ...view.move };
  const pixel = box.width / target.width, [x, y] = [(clientX - box.left) / pixel - target.width / 2, (clientY - box.top) / pixel - target.height / 2];
  const isIn = Math.max(Math.abs(x - move.cover_across), Math.abs(y - move.cover_down)) <= move.cover / 2;
  const [across, down] = isIn ? ["cover_across", "cover_down"] : ["across", "down"];
  target.setPointerCapture(pointerId);
  target.onpointermove = (moving) => moveTo(view, {
    [across]: within(move[across] + Math.round((moving.clientX - clientX) / pixel), target.width),
    [down]: within(move[down] + Math.round((moving.clientY - clientY) / pixel), target.height),
  });
  target.onpointerup = target.onpointercancel = () => { target.onpointermove = null; };
}

function within(value, most) {
  return Math.max(-most, Math.min(most, value));
}

function walkMove(view, event) {
  const step = MOVES[event.key], { width, height } = event.target, prefix = event.shiftKey ? "cover_" : "";
  if (!step) return;
  event.preventDefault();
  const move = { ...UNMOVED, ...view.move }, [across, down] = [`${prefix}across`, `${prefix}down`];
  moveTo(view, { [across]: within(move[across] + step[1], width), [down]: within(move[down] + step[0], height) });
}

function moveWords({ turn, scale, across, down, blur, cover, light }) {
  const way = (by, more, less) => by && `${Math.abs(by)} ${by > 0 ? more : less}`;
  const parts = [way(across, "right", "left"), way(down, "down", "up"), turn && `turned by ${turn}°`, scale !== 1 && `${scale.toFixed(2)} times as large`,
    blur && `blurred by ${blur} px`, cover && `a square of ${cover} px hidden`, way(light, "lighter", "darker")];
  return parts.filter(Boolean).join(", ") || "not moved";
}

async function sayAnswers(view, line, move) {
  const { data, choice, tensors } = view, turn = view.turn;
  const before = await tensorsAt(`${data.address}/${choice.step}/test/${choice.picture}`);
  if (view.turn !== turn) return;
  const said = ({ probabilities: { values } }) => {
    const most = values.indexOf(Math.max(...values));
    return `${answerNames(data, values)[most]} ${(100 * values[most]).toFixed(1)} %`;
  };
  const truth = `It is ${data.classes[data.labels[choice.picture]]}. Where it stood: ${said(before)}.`;
  line.textContent = moveQuery(view) ? `${truth} ${upperFirst(moveWords(move))}: ${said(tensors)}.` : `${truth} Drag the picture, and its maps and the answer follow.`;
}

function upperFirst(words) {
  return words[0].toUpperCase() + words.slice(1);
}

// The accuracies of a step, by the address of their first row: rows of 17, from −8 to 8 pixels down.
const shiftRows = new Map();

function showShifts(view, box, move) {
  const at = `${view.data.address}/${view.choice.step}/shifts`, found = shiftRows.get(at);
  if (box.at !== at) box.replaceChildren();
  box.at = at;
  if (!found) return box.replaceChildren(...offerShifts(view, box, at));
  drawShifts(view, box, found, move);
}

function offerShifts(view, box, at) {
  const button = Object.assign(element("button", "Shift all test pictures"), { onclick: () => measureShifts(view, box, at) });
  const words = `Does it catch translation? Each of up to 500 test pictures is shifted by −${FARTHEST} to ${FARTHEST} pixels each way, and the right answers are counted.`;
  return [element("p", words, "scale"), button];
}

async function measureShifts(view, box, at) {
  const found = { rows: new Map(), count: 0 };
  shiftRows.set(at, found);
  for (const down of Array.from({ length: 2 * FARTHEST + 1 }, (_, i) => (i % 2 ? (i + 1) / 2 : -i / 2))) {
    try {
      const { accuracies, count } = await tensorsAt(`${at}?down=${down}`);
      found.rows.set(down, accuracies.values);
      [found.count] = count.values;
    } catch (error) {
      shiftRows.delete(at);
      return box.replaceChildren(element("p", error.message, "note"), ...offerShifts(view, box, at));
    }
    if (box.at === at) drawShifts(view, box, found, { ...UNMOVED, ...view.move });
  }
}

function drawShifts(view, box, { rows, count }, move) {
  const side = 2 * FARTHEST + 1, values = new Float32Array(side * side);
  for (const [down, row] of rows) values.set(row, (down + FARTHEST) * side);
  const maps = { channels: 1, height: side, width: side, values, isRow: false };
  const shiftOf = ([, y, x]) => ({ ...UNMOVED, across: x - FARTHEST, down: y - FARTHEST });
  const said = (place) => `${upperFirst(moveWords(shiftOf(place)))}: ${(100 * valueAt(maps, place)).toFixed(1)} % right`;
  const words = rows.size < side ? `${rows.size} of ${side} rows` : shiftWords(values, side, count, view.data.classes.length);
  const [frame, under] = pointedSheet(maps, { columns: 1, rows: 1, high: side, wide: side, gap: 0 }, { scale: 1, colours: view.colours, said, label: `Share of right answers by the shift. ${words}` });
  const mark = element("div", "", "mark"), canvas = frame.firstChild, share = 100 / side;
  mark.style.inset = `${share * (FARTHEST + move.down)}% auto auto ${share * (FARTHEST + move.across)}%`;
  mark.style.width = mark.style.height = `${share}%`;
  mark.hidden = Math.max(Math.abs(move.across), Math.abs(move.down)) > FARTHEST;
  canvas.onclick = ({ offsetX, offsetY }) => moveTo(view, shiftOf([0, Math.floor((offsetY * side) / canvas.clientHeight), Math.floor((offsetX * side) / canvas.clientWidth)]));
  frame.append(mark);
  const told = element("div", "", "told");
  told.append(element("p", words, "scale"), under);
  box.replaceChildren(frame, told);
}

function shiftWords(values, side, count, classes) {
  const mean = (far) => {
    const ring = [...values].filter((_, i) => Math.max(Math.abs((i % side) - FARTHEST), Math.abs(Math.floor(i / side) - FARTHEST)) === far);
    return `${((100 * total(ring)) / ring.length).toFixed(0)} %`;
  };
  return `Right answers to ${count.toLocaleString("en")} test pictures: ${mean(0)} as they are, ${mean(1)} shifted by 1 pixel, ${mean(2)} by 2, ${mean(4)} by 4, ${mean(8)} by 8 ` +
    `(the mean of all ways as far); ${(100 / classes).toFixed(0)} % by guessing. Ground is 0 %, full orange 100 %.`;
}
