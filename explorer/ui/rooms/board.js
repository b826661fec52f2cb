// A challenge's board: each entry's accuracy against its size, over its seeds, with the front that nobody beats; and
// beside it the places. Entries have the labels that the server gives them.

const BOARD = { width: 620, height: 492, left: 84, right: 600, top: 12, bottom: 420, listed: 8, letter: 14, line: 24 };

function boardOf({ points, reach }, words) {
  const made = part("section", "board");
  if (points.length) made.append(scatterOf(points, reach, words), placesOf(points, words));
  else made.append(part("p", "", words.nothing_trained));
  return made;
}

// How many entries are to come, and how many have no end.
function boardCounts({ to_come, without_end }, words) {
  return [to_come && filled(words.to_come, to_come), without_end && filled(words.without_end, without_end)].filter(Boolean);
}

function placesOf(points, words) {
  const made = part("table", "places");
  const head = part("tr");
  head.append(...[words.place, words.entry, words.params, words.accuracy].map((text) => part("th", "", text)));
  made.append(head);
  made.append(...points.slice(0, BOARD.listed).map(({ place, label, params, median }) => {
    const line = part("tr", place === 1 ? "first" : "");
    line.append(...[place === null ? "–" : `${place}.`, label, params.toLocaleString("en"), percent(median)].map((text) => part("td", "", text)));
    return line;
  }));
  return made;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function scatterOf(points, reach, words) {
  const scale = scaleOf(points, reach);
  const drawing = drawn("svg", { viewBox: `0 0 ${BOARD.width} ${BOARD.height}`, role: "img", "aria-label": filled(words.board, points.length) });
  drawing.append(...axesOf(scale, words));
  if (reach !== null) drawing.append(drawn("line", { x1: BOARD.left, x2: BOARD.right, y1: scale.y(reach), y2: scale.y(reach), class: "reach" }));
  const front = points.filter((point) => point.front).sort((one, other) => one.params - other.params);
  drawing.append(drawn("path", { d: stairs(front, scale), class: "front" }));
  drawing.append(...points.toReversed().map((point) => pointOf(point, scale)));
  drawing.append(...labelsOf(points, scale));
  return drawing;
}

// The axes hold all spreads; sizes by their ratios.
function scaleOf(points, reach) {
  const shares = points.flatMap(({ low, high }) => [low, high]).concat(reach ?? []);
  const least = Math.max(0, Math.floor(20 * Math.min(...shares) - 0.2) / 20);
  const most = Math.min(1, Math.ceil(20 * Math.max(...shares) + 0.2) / 20);
  const sizes = points.map(({ params }) => Math.log10(Math.max(1, params)));
  const low = Math.min(...sizes) - 0.15;
  const wide = Math.max(0.6, Math.max(...sizes) + 0.15 - low);
  const x = (params) => BOARD.left + ((Math.log10(Math.max(1, params)) - low) / wide) * (BOARD.right - BOARD.left);
  const y = (share) => BOARD.bottom - ((share - least) / (most - least)) * (BOARD.bottom - BOARD.top);
  return { least, most, low, wide, x, y };
}

function axesOf({ least, most, low, wide, x, y }, words) {
  const made = [];
  const step = most - least > 0.3 ? 0.1 : 0.05;
  for (let share = Math.ceil(least / step - 1e-9) * step; share <= most + 1e-9; share += step) {
    made.push(drawn("line", { x1: BOARD.left, x2: BOARD.right, y1: y(share), y2: y(share), class: "grid" }));
    made.push(drawn("text", { x: BOARD.left - 10, y: y(share) + 7, class: "tick" }, `${Math.round(100 * share)} %`));
  }
  for (const size of sizesWithin(10 ** low, 10 ** (low + wide))) {
    made.push(drawn("text", { x: x(size), y: BOARD.bottom + 30, class: "size" }, size.toLocaleString("en")));
  }
  made.push(drawn("text", { x: BOARD.right, y: BOARD.bottom + 62, class: "tick" }, words.params));
  return made;
}

function sizesWithin(low, high) {
  const all = Array.from({ length: 10 }, (_, i) => [10 ** i, 2 * 10 ** i, 5 * 10 ** i]).flat();
  return all.filter((size) => size >= low && size <= high);
}

function stairs(front, { x, y }) {
  return front.map(({ params, median }, i) => (i ? `H ${x(params)} V ${y(median)}` : `M ${x(params)} ${y(median)}`)).join(" ");
}

function pointOf({ params, low, high, median, front, place }, { x, y }) {
  const made = drawn("g", { class: [front && "ahead", place === null && "without"].filter(Boolean).join(" ") });
  made.append(drawn("line", { x1: x(params), x2: x(params), y1: y(low), y2: y(high), class: "spread" }));
  made.append(drawn("circle", { cx: x(params), cy: y(median), r: 8 }));
  return made;
}

// Those on the front first; where no room is left for a number, it is left out.
function labelsOf(points, { x, y }) {
  const taken = points.map(({ params, median }) => ({ left: x(params) - 6, right: x(params) + 6, y: y(median) + 6 }));
  const labels = [];
  for (const { number, params, median, front } of points.toSorted((one, other) => other.front - one.front)) {
    const at = { left: x(params) + 11, right: x(params) + 11 + BOARD.letter * String(number).length, y: y(median) - 9 };
    if (taken.some(({ left, right, y: line }) => left < at.right && at.left < right && Math.abs(line - at.y) < BOARD.line)) continue;
    taken.push(at);
    labels.push(drawn("text", { x: at.left, y: at.y, class: front ? "ahead" : "" }, String(number)));
  }
  return labels;
}
