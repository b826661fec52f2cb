// A round's counts as bars, each with its words and its number beside it; or the curves that were drawn, and what came.

const CURVES = { width: 420, height: 180, left: 34, right: 412, top: 8, bottom: 150, most: 3 }; // units, and nats

function tallyOf({ round, answered, bars, curves, right }, { round: present, tallies, came }, { language, words }) {
  const made = part("section", "tally");
  const heading = (present > 1 || tallies.length > 1) ? filled(words.round, round, answered) : filled(words.answered, answered);
  const judged = bars.length || curves.length;
  made.append(part("h3", "", right === null || !judged ? heading : `${heading}${filled(words.right, right)}`));
  if (curves.length) made.append(curvesOf(curves, came, words));
  const list = part("ul", "bars");
  list.append(...bars.map((bar) => barOf(bar, answered, language)));
  if (bars.length) made.append(list);
  return made;
}

function curvesOf(curves, came, words) {
  const losses = [...curves, ...(came ? [came] : [])].flat();
  const top = Math.max(CURVES.most, ...losses);
  const names = filled(came ? words.curves_and_came : words.curves, curves.length);
  const drawing = drawn("svg", { viewBox: `0 0 ${CURVES.width} ${CURVES.height}`, role: "img", "aria-label": names, class: "curves" });
  for (let loss = 0; loss <= top; loss += 1) {
    const y = heightOf(loss, top);
    drawing.append(drawn("line", { x1: CURVES.left, x2: CURVES.right, y1: y, y2: y, class: "grid" }));
    drawing.append(drawn("text", { x: CURVES.left - 6, y: y + 4, class: "tick" }, String(loss)));
  }
  drawing.append(drawn("text", { x: CURVES.left, y: CURVES.bottom + 20 }, words.first_step));
  drawing.append(drawn("text", { x: CURVES.right, y: CURVES.bottom + 20, class: "tick" }, words.last_step));
  drawing.append(...curves.map((curve) => lineOf(curve, top, "drawn")), ...(came ? [lineOf(came, top, "came")] : []));
  return drawing;
}

function lineOf(curve, top, kind) {
  const width = (CURVES.right - CURVES.left) / (curve.length - 1);
  const points = curve.map((loss, place) => `${CURVES.left + place * width},${heightOf(loss, top)}`);
  return drawn("polyline", { points: points.join(" "), class: kind });
}

function heightOf(loss, top) {
  return CURVES.bottom - ((CURVES.bottom - CURVES.top) * loss) / top;
}

function drawn(tag, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

// Of all who answered, so that rounds can be compared.
function barOf({ label, count, right }, answered, language) {
  const made = part("li", right ? "bar right" : "bar");
  const track = part("span", "track");
  track.append(part("span", "fill"));
  track.firstChild.style.width = `${(100 * count) / Math.max(1, answered)}%`;
  made.append(part("span", "label", `${right ? "✓ " : ""}${label[language]}`), track, part("span", "count", `${count}`));
  return made;
}

// The runs of a class as points from 0 to 100 % of the test pictures.
function runsOf(runs, words) {
  const made = part("section", "tally runs");
  made.append(part("h3", "", words.runs));
  const list = part("ul", "bars");
  list.append(...runs.map(lineOfRuns));
  made.append(list);
  return made;
}

function lineOfRuns({ label, reached }) {
  const made = part("li", "bar");
  const track = part("span", "track");
  track.append(...reached.map((share) => {
    const point = part("span", "point");
    point.style.left = `${100 * share}%`;
    return point;
  }));
  const [least, most] = [reached[0], reached.at(-1)].map((share) => `${(100 * share).toFixed(1)}`);
  made.append(part("span", "label", label), track, part("span", "count", least === most ? `${most} %` : `${least} – ${most} %`));
  return made;
}

// A sentence with its numbers in it, each in the place of a pair of braces.
function filled(words, ...values) {
  return values.reduce((sentence, value) => sentence.replace("{}", value), words);
}

function part(tag, kind, text = "") {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}
