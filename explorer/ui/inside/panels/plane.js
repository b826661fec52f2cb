// Where classes lie: each test picture as its class's numeral, in the plane in which a layer spreads them most.

const LOWEST = 180, OF_THE_SCREEN = 0.6, BELOW = 44, ROOM = 0.05, NUMERAL = 13, NEAR = 12; // the plane's height, px and a share of the window; px kept below it; a margin's share; px; px to the pointer

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

async function plane(view, box) {
  const { data, choice } = view, asked = (box.asked = {});
  try {
    const found = await tensorsAt(`${data.address}/${choice.step}/plane/${choice.layer}`);
    if (box.asked === asked) showPlane(view, box, found);
  } catch (error) {
    if (box.asked === asked) box.replaceChildren(element("p", error.message, "note"));
  }
}

function showPlane(view, box, { places, share }) {
  const { data, choice } = view, count = places.shape[0];
  const words = `${choice.layer}: ${count.toLocaleString("en")} test pictures in the plane of their two main directions, which keeps ` +
    `${(100 * share.values[0]).toFixed(0)} % of their spread. What lies together here may lie apart beyond the plane.`;
  const canvas = element("canvas", "", "plane"), under = element("p", "\u00a0", "scale");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", `Where ${count} test pictures lie at ${choice.layer}; the arrow keys go from one to the next, Enter puts it into the network`);
  const frame = element("div", "", "planar"), thumb = element("canvas", "", "thumb");
  thumb.hidden = true;
  frame.append(canvas, thumb);
  box.replaceChildren(element("p", words, "scale"), legendOf(data), frame, under);
  const rest = innerHeight - canvas.getBoundingClientRect().top - BELOW;
  canvas.style.height = `${Math.round(Math.max(LOWEST, Math.min(rest, OF_THE_SCREEN * innerHeight)))}px`;
  const points = pointsOf(canvas, places.values);
  drawPlane(view, canvas, points);
  under.setAttribute("aria-live", "polite");
  const tell = (near) => {
    showThumb(view, thumb, near, points);
    under.textContent = near === undefined ? "\u00a0" : `Picture ${near}: ${data.classes[data.labels[near]]}. A click or Enter puts it into the network.`;
  };
  canvas.onpointermove = (event) => tell(nearest(points, event));
  canvas.onkeydown = (event) => {
    const at = thumb.near ?? (choice.picture < count ? choice.picture : 0), way = WAYS[event.key];
    if (!way && (event.key !== "Enter" || thumb.near === undefined)) return;
    event.preventDefault();
    if (way) tell(onward(points, at, way));
    else choosePicture(view, at);
  };
  canvas.onclick = (event) => {
    const near = nearest(points, event);
    if (near !== undefined) choosePicture(view, near);
  };
}

// The nearest picture on a way: of those that lie within a quarter turn of it; the same where there is none.
function onward(points, from, [right, down]) {
  const [x, y] = points[from];
  let found = from, least = Infinity;
  points.forEach(([left, top], place) => {
    const along = (left - x) * right + (top - y) * down, aside = Math.abs((left - x) * down) + Math.abs((top - y) * right);
    const far = along + 2 * aside;
    if (along > 0 && aside <= along && far < least) [found, least] = [place, far];
  });
  return found;
}

// The picture beside its numeral; all of them come once, for the first that is pointed at.
async function showThumb({ data, colours }, thumb, near, points) {
  thumb.near = near;
  thumb.hidden = near === undefined;
  if (thumb.hidden) return;
  const { pictures: { shape: [, channels, height, width], values } } = await tensorsAt(`${data.address}/${data.steps[0]}/pictures`);
  if (thumb.near !== near) return;
  const size = channels * height * width, [x, y] = points[near];
  const maps = { channels, height, width, values: values.subarray(near * size, (near + 1) * size), isRow: false };
  draw(thumb, maps, sheetOf(maps, 1), 255, colours);
  thumb.style.inset = `${y + NUMERAL}px auto auto ${x + NUMERAL}px`;
}

function legendOf(data) {
  const legend = element("p", "", "classes");
  legend.append(...data.classes.map((name, place) => {
    const entry = element("span", ` ${name}`), numeral = element("b", `${place}`);
    numeral.style.color = data.colours.classes[place % data.colours.classes.length];
    entry.prepend(numeral);
    return entry;
  }));
  return legend;
}

// The pictures' places in px of the canvas, one scale for both directions.
function pointsOf(canvas, values) {
  const wide = canvas.clientWidth, high = canvas.clientHeight, sharper = devicePixelRatio || 1;
  [canvas.width, canvas.height] = [Math.round(wide * sharper), Math.round(high * sharper)];
  canvas.getContext("2d").scale(sharper, sharper);
  const across = values.filter((_, i) => i % 2 === 0), down = values.filter((_, i) => i % 2 === 1);
  const [left, right] = rangeOf(across), [low, top] = rangeOf(down);
  const scale = (1 - 2 * ROOM) * Math.min(wide / (right - left || 1), high / (top - low || 1));
  return Array.from(across, (x, i) => [wide / 2 + scale * (x - (left + right) / 2), high / 2 - scale * (down[i] - (low + top) / 2)]);
}

function drawPlane(view, canvas, points) {
  const { data, choice, root, isOwn } = view;
  const context = canvas.getContext("2d"), style = getComputedStyle(root);
  Object.assign(context, { font: `600 ${NUMERAL}px ${style.fontFamily}`, textAlign: "center", textBaseline: "middle" });
  points.forEach(([x, y], place) => {
    const label = data.labels[place];
    context.fillStyle = data.colours.classes[label % data.colours.classes.length];
    context.fillText(label, x, y);
  });
  if (isOwn || moveQuery(view) || choice.picture >= points.length) return; // one's own, or a moved one, has no place there
  Object.assign(context, { strokeStyle: style.color, lineWidth: 2 });
  context.beginPath();
  context.arc(...points[choice.picture], NUMERAL, 0, 2 * Math.PI);
  context.stroke();
}

function nearest(points, { offsetX, offsetY }) {
  const far = points.map(([x, y]) => Math.hypot(x - offsetX, y - offsetY)), least = Math.min(...far);
  return least <= NEAR ? far.indexOf(least) : undefined;
}
