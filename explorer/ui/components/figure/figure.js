// A Plotly figure that is mounted once and changed in place.

// Plotly looks for the point under a moving pointer once in 50 ms, and a click takes what it found last.
const HOVER_DELAY = 60;

export default function ({ data, parentElement, setTriggerValue }) {
  const chart = chartIn(parentElement, data);
  chart.select = (value) => data.selectable && value !== undefined && setTriggerValue("select", value);
  inTurn(chart, data.library, (Plotly) => draw(Plotly, chart, data));
  return () => unmount(chart, parentElement);
}

async function draw(Plotly, chart, data) {
  const { box, frame } = chart;
  const start = performance.now();
  const { data: traces, layout } = JSON.parse(data.figure);
  const theme = readTheme(box);
  await Plotly.react(frame, traces, { ...themedLayout(readable(layout, theme), theme), ...sizeOf(frame) }, CONFIG);
  box.classList.toggle("explorer-selectable", data.selectable);
  if (!chart.listens) {
    listen(chart);
  }
  say(chart, "");
  performance.measure("figure", { start, end: performance.now() });
}

function listen(chart) {
  const { frame } = chart;
  let moved = 0;
  frame.addEventListener("pointermove", () => { moved = performance.now(); }, true);
  frame.on("plotly_click", ({ points }) => {
    if (performance.now() - moved > HOVER_DELAY) chart.select(points[0].customdata);
    else setTimeout(() => chart.select((frame._hoverdata ?? points)[0].customdata), HOVER_DELAY);
  });
  chart.listens = true;
}

// Words in a figure stand on the page's own ground, so that no line runs through them.
function readable(layout, { background }) {
  const notes = layout.annotations?.map((note) => ({ bgcolor: background, borderpad: 0, ...note }));
  return notes ? { ...layout, annotations: notes } : layout;
}
