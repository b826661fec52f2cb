// A pad on which a curve is drawn: what is under the pointer between two moments is filled, keys go from place to place.

const LEFT = 34, RIGHT = 412, TOP = 8, BOTTOM = 122; // of the plot, in the drawing's own units
const POINTS = 21;
const STEP = 0.1; // nats by which a key moves a place
const SVG = "http://www.w3.org/2000/svg";

const pads = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const svg = parentElement.querySelector("svg");
  const told = JSON.stringify(data);
  const pad = pads.get(svg) ?? { place: 0 };
  pads.set(svg, pad);
  if (pad.told !== told) Object.assign(pad, { told, losses: data.drawn ?? Array(POINTS).fill(null) });
  const isOpen = data.came === null && data.takes;
  const button = parentElement.querySelector("button");
  const words = parentElement.querySelector(".words");
  svg.classList.toggle("open", isOpen);

  const show = () => {
    draw(svg, pad, data, isOpen);
    button.hidden = !isOpen;
    button.disabled = pad.losses.every((loss) => loss === null);
    say(svg, words, pad, data, isOpen);
  };
  show();

  let before = null;
  const follow = (event) => {
    const now = under(svg, event, data.top);
    fill(pad.losses, before ?? now, now);
    before = now;
    pad.place = Math.round(now.place);
    show();
  };
  svg.onpointerdown = (event) => {
    if (!isOpen) return;
    svg.setPointerCapture(event.pointerId);
    before = null;
    follow(event);
  };
  svg.onpointermove = (event) => { if (isOpen && svg.hasPointerCapture(event.pointerId)) follow(event); };
  svg.onkeydown = (event) => {
    if (!isOpen || event.ctrlKey || event.metaKey || event.altKey) return;
    const along = { ArrowLeft: -1, ArrowRight: 1, Home: -POINTS, End: POINTS }[event.key];
    const up = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: 5 * STEP, PageDown: -5 * STEP }[event.key];
    if (along === undefined && up === undefined) return;
    event.preventDefault();
    const near = pad.losses[pad.place] ?? pad.losses.slice(0, pad.place).findLast((loss) => loss !== null) ?? data.top / 2;
    if (along) pad.place = clamp(pad.place + along, 0, POINTS - 1);
    pad.losses[pad.place] = clamp((along ? pad.losses[pad.place] ?? near : near + up), 0, data.top);
    show();
  };
  button.onclick = () => setTriggerValue("check", whole(pad.losses));
}

function draw(svg, pad, data, isOpen) {
  svg.replaceChildren(...frame(data.top), ...curve(pad.losses, data.top, "drawn"));
  if (data.came) svg.append(...curve(data.came, data.top, "came"));
  if (isOpen && pad.losses[pad.place] !== null) {
    svg.append(made("circle", { cx: x(pad.place), cy: y(pad.losses[pad.place], data.top), r: 4, class: "place" }));
  }
}

function frame(top) {
  const ticks = [...Array(Math.floor(top) + 1).keys()];
  return [
    ...ticks.map((loss) => made("line", { x1: LEFT, x2: RIGHT, y1: y(loss, top), y2: y(loss, top), class: "grid" })),
    ...ticks.map((loss) => made("text", { x: LEFT - 6, y: y(loss, top) + 4, class: "tick" }, String(loss))),
    made("text", { x: LEFT, y: BOTTOM + 18, class: "first" }, "first step"),
    made("text", { x: RIGHT, y: BOTTOM + 18, class: "tick" }, "last step"),
  ];
}

function curve(losses, top, name) {
  const known = losses.flatMap((loss, place) => (loss === null ? [] : [`${x(place)},${y(loss, top)}`]));
  return known.length ? [made("polyline", { points: known.join(" "), class: name })] : [];
}

function say(svg, words, pad, data, isOpen) {
  const loss = pad.losses[pad.place];
  const here = loss === null ? "nothing drawn" : `loss ${loss.toFixed(2)}`;
  const share = Math.round((100 * pad.place) / (POINTS - 1));
  svg.setAttribute("aria-label", data.label);
  svg.setAttribute("aria-valuemin", 0);
  svg.setAttribute("aria-valuemax", data.top);
  svg.setAttribute("aria-valuenow", loss ?? 0);
  svg.setAttribute("aria-valuetext", `${here}, ${share} % of the run`);
  svg.setAttribute("aria-readonly", !isOpen);
  words.replaceChildren(...(data.came ? [legend("drawn", "drawn"), legend("came", "came")] : []));
}

function legend(name, text) {
  const line = document.createElement("div");
  line.className = `legend ${name}`;
  line.textContent = text;
  return line;
}

// Fills all places between two of them; the curve begins and ends where it was drawn.
function fill(losses, from, to) {
  const [left, right] = from.place <= to.place ? [from, to] : [to, from];
  for (let place = Math.round(left.place); place <= Math.round(right.place); place += 1) {
    const width = right.place - left.place;
    const share = width ? clamp((place - left.place) / width, 0, 1) : 1;
    losses[place] = width ? left.loss + share * (right.loss - left.loss) : to.loss;
  }
}

// Gives each place a loss: one between its neighbours, or that of the nearest end.
function whole(losses) {
  const known = losses.flatMap((loss, place) => (loss === null ? [] : [place]));
  return losses.map((loss, place) => {
    if (loss !== null) return loss;
    const left = known.findLast((each) => each < place), right = known.find((each) => each > place);
    if (left === undefined || right === undefined) return losses[left ?? right];
    return losses[left] + ((place - left) / (right - left)) * (losses[right] - losses[left]);
  });
}

function under(svg, event, top) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return {
    place: clamp(((point.x - LEFT) / (RIGHT - LEFT)) * (POINTS - 1), 0, POINTS - 1),
    loss: clamp(((BOTTOM - point.y) / (BOTTOM - TOP)) * top, 0, top),
  };
}

const x = (place) => LEFT + ((RIGHT - LEFT) * place) / (POINTS - 1);
const y = (loss, top) => BOTTOM - ((BOTTOM - TOP) * Math.min(loss, top)) / top;
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

function made(tag, attributes, text = "") {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}
