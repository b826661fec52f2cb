// A round's counts as bars, each with its words and its number beside it; or the curves that were drawn, and what came.

const CURVES = { width: 420, height: 180, left: 34, right: 412, top: 8, bottom: 150, most: 3 }; // units, and nats

function tallyOf({ round, answered, bars, curves, right }, { tallies, came }, language) {
  const made = part("section", "tally");
  const heading = tallies.length > 1 ? `Round ${round}: ${answered} answered` : `${answered} answered`;
  const judged = bars.length || curves.length;
  made.append(part("h3", "", right === null || !judged ? heading : `${heading}, ${right} right`));
  if (curves.length) made.append(curvesOf(curves, came));
  const list = part("ul", "bars");
  list.append(...bars.map((bar) => barOf(bar, answered, language)));
  if (bars.length) made.append(list);
  return made;
}

function curvesOf(curves, came) {
  const losses = [...curves, ...(came ? [came] : [])].flat();
  const top = Math.max(CURVES.most, ...losses);
  const names = `${curves.length} drawn curve${curves.length === 1 ? "" : "s"} of the training loss${came ? ", and the one that came" : ""}`;
  const drawing = drawn("svg", { viewBox: `0 0 ${CURVES.width} ${CURVES.height}`, role: "img", "aria-label": names, class: "curves" });
  for (let loss = 0; loss <= top; loss += 1) {
    const y = heightOf(loss, top);
    drawing.append(drawn("line", { x1: CURVES.left, x2: CURVES.right, y1: y, y2: y, class: "grid" }));
    drawing.append(drawn("text", { x: CURVES.left - 6, y: y + 4, class: "tick" }, String(loss)));
  }
  drawing.append(drawn("text", { x: CURVES.left, y: CURVES.bottom + 20 }, "first step"));
  drawing.append(drawn("text", { x: CURVES.right, y: CURVES.bottom + 20, class: "tick" }, "last step"));
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
function runsOf(runs) {
  const made = part("section", "tally runs");
  made.append(part("h3", "", "Right on the test pictures, a point a run"));
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

function part(tag, kind, text = "") {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}
