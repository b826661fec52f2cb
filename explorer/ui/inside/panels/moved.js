// Moved pictures: shifted, turned, scaled, blurred, covered or made lighter by hand. The maps above follow.

const UNMOVED = { turn: 0, scale: 1, across: 0, down: 0, blur: 0, cover: 0, cover_across: 0, cover_down: 0, light: 0 };
const MOVES_BY = {
  turn: ["Turn", -180, 180, 5, (value) => `${value}°`], scale: ["Size", 0.5, 2, 0.05, (value) => `${value.toFixed(2)} ×`],
  blur: ["Blur", 0, 4, 0.25, (value) => `${value} px`], light: ["Light", -1, 1, 0.05, (value) => (value > 0 ? `+${value.toFixed(2)}` : value.toFixed(2))],
  cover: ["Square", 0, 20, 1, (value) => `${value} px`],
};

function moveQuery({ choice }) {
  return choice.move;
}

function moveOf({ choice }) {
  const changed = [...new URLSearchParams(choice.move)].map(([name, value]) => [name, Number(value)]);
  return { ...UNMOVED, ...Object.fromEntries(changed) };
}

function tensorsOfTest(view, at) {
  const query = moveQuery(view), address = `${at}/test/${view.choice.picture}`;
  return tensorsAt(query ? `${address}/moved?${query}` : address);
}

// One picture is on its way at a time; where more was asked for meanwhile, the last of it follows.
async function moveTo(view, change) {
  const changed = Object.entries({ ...moveOf(view), ...change }).filter(([name, value]) => value !== UNMOVED[name]);
  view.choice.move = new URLSearchParams(changed).toString();
  tellSoon(view);
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
  const { tensors, data, choice } = view, move = moveOf(view), maps = mapsOf(tensors[data.layers[0].name]);
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
  const { target, pointerId, clientX, clientY } = event, box = target.getBoundingClientRect(), move = moveOf(view);
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
  const move = moveOf(view), [across, down] = [`${prefix}across`, `${prefix}down`];
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
