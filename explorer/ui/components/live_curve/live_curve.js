// A chart that is mounted once and grows by the points that are new.
//
// Each message holds, for each line, its new points, the number of points that stand before them (`from`) and the number
// in all (`total`). A message can be lost, and a chart can be mounted again: a chart that has fewer points than `from`
// asks for what comes after the points that it has, until it gets it: by the trigger "ask" the page that draws it, or
// the stream by which it hears of a run that goes on. What it heard there is never undone by a page that knew less.

const PATIENCE = 2000; // ms
const OURS = "live curve";
const LOADS = "The curves are loading."; // they are there, but what draws them is not yet
const SYMBOLS = 12; // on a line: enough to know it by. More hide what lies under them, and each costs as much as ten points

export default function ({ data, parentElement, setTriggerValue }) {
  const chart = chartIn(parentElement, data);
  const stream = follow(chart.frame, data.watch?.address, (told) => hear(chart, told));
  if (stream !== chart.stream) chart.told = undefined;
  Object.assign(chart, { page: data, stream, askPage: setTriggerValue });
  const late = chart.told?.events > data.watch?.events;
  draw(chart, late ? chart.told : data, late ? chart.told.series.map(withoutPoints) : data.series);
  if (!chart.look) say(chart, data.series.some(({ total }) => total > 0) ? LOADS : data.empty);
  return () => unmount(chart, parentElement);
}

function hear(chart, told) {
  chart.told = told;
  draw(chart, told, told.series);
}

function draw(chart, { alt, marks }, series) {
  chart.box.setAttribute("aria-label", alt);
  const { axes, empty, library } = chart.page;
  inTurn(chart, library, (Plotly) => update(Plotly, chart, { axes, empty, marks, series }));
}

// A line as it was told, to a chart that has its points already.
function withoutPoints(line) {
  return { ...line, from: line.total, x: [], y: [] };
}

async function update(Plotly, chart, data) {
  const { box, frame } = chart;
  const start = performance.now();
  tellArrays(Plotly);
  const theme = readTheme(box);
  const look = JSON.stringify([theme, data.axes, data.marks, data.series.map(({ x, y, from, total, ...style }) => style)]);
  const grown = data.series.map((line) => ({ line, ...newPoints(frame, line, chart.told) }));
  if (look !== chart.look || grown.some(({ shrunk }) => shrunk)) {
    chart.layout = (sized) => layout(sized, data.axes, data.marks, frame);
    await redraw(Plotly, frame, grown, chart.layout(theme));
    chart.look = look;
  } else {
    await extend(Plotly, frame, grown);
  }
  const points = data.series.map(({ key }) => count(frame, key));
  say(chart, points.some((many) => many > 0) ? "" : data.empty);
  frame.dataset.points = Math.max(0, ...points);
  performance.measure("live_curve", { start, end: performance.now() });
  clearTimeout(chart.waits);
  if (grown.some(({ missing }) => missing)) ask(chart, data.series);
}

// At each drawing Plotly searches its whole schema for what is an array in each line: a third of an update of a race of
// six. Of these lines it is known; a Plotly without that function, which it does not document, searches as before.
function tellArrays({ PlotSchema }) {
  const search = PlotSchema?.findArrayAttributes;
  if (!search || search.knows) return;
  const told = (trace) => (trace.meta === OURS ? ["x", "y"] : search(trace));
  PlotSchema.findArrayAttributes = Object.assign(told, { knows: true });
}

function ask(chart, series) {
  if (!chart.frame.isConnected) return;
  if (chart.stream) chart.stream.askAgain();
  else chart.askPage("ask", Object.fromEntries(series.map(({ key }) => [key, count(chart.frame, key)])));
  chart.waits = setTimeout(() => ask(chart, series), PATIENCE);
}

// Plotly makes CSS classes of its traces' ids.
function uidOf(key) {
  return [...key].map((letter) => letter.codePointAt(0).toString(36)).join("-");
}

function placeOf(frame, key) {
  return (frame.data ?? []).findIndex((trace) => trace.uid === uidOf(key));
}

function traceOf(frame, key) {
  return frame.data?.[placeOf(frame, key)];
}

function count(frame, key) {
  return traceOf(frame, key)?.x.length ?? 0;
}

function newPoints(frame, line, told) {
  const stands = count(frame, line.key);
  if (told && stands >= line.total) return { shrunk: false, missing: false, x: [], y: [] };
  const shrunk = stands > line.total; // another run under the same key
  const have = shrunk ? 0 : stands;
  if (line.from > have) return { shrunk, missing: true, x: [], y: [] };
  return { shrunk, missing: false, x: line.x.slice(have - line.from), y: line.y.slice(have - line.from) };
}

function extend(Plotly, frame, grown) {
  const fresh = grown.filter(({ x }) => x.length > 0);
  if (!fresh.length) return Promise.resolve();
  const places = fresh.map(({ line }) => placeOf(frame, line.key));
  return Plotly.extendTraces(frame, { x: fresh.map(({ x }) => x), y: fresh.map(({ y }) => y) }, places);
}

function redraw(Plotly, frame, grown, layout) {
  const traces = grown.map(({ line, shrunk, x, y }) => {
    const before = shrunk ? undefined : traceOf(frame, line.key);
    return trace(line, [...(before?.x ?? []), ...x], [...(before?.y ?? []), ...y]);
  });
  return Plotly.react(frame, traces, { ...layout, ...sizeOf(frame) }, CONFIG);
}

function trace(line, x, y) {
  const test = line.split === "test";
  return {
    x, y, uid: uidOf(line.key), meta: OURS, name: line.name, type: "scatter",
    yaxis: line.panel === "loss" ? "y" : "y2",
    legendgroup: line.group || line.key.slice(0, line.key.lastIndexOf("/")),
    showlegend: line.panel === "loss" && line.in_legend,
    mode: test && line.width ? "lines+markers" : "lines",
    line: { color: line.color, width: line.width, dash: line.dash || (test ? "dash" : "solid") },
    marker: {
      color: line.color, size: 10, symbol: line.symbol || "circle-open", line: { width: line.width },
      maxdisplayed: SYMBOLS,
    },
    fill: line.fills ? "toself" : "none",
    fillcolor: `${line.color}40`,
    hoverinfo: line.width ? undefined : "skip",
    hovertemplate: !line.width ? undefined : line.panel === "loss" ? "%{y:.4g}" : "%{y:.1%}",
  };
}

const NARROW = 380; // px: a chart where the legend has no room beside the first title, and stands above it
const MODE_BAR = 32; // px that it has above the legend, however large the type is

// The chart is as high as the page lets it be: its panels get what titles and ticks leave, which grow with the type.
function layout(theme, axes, marks, { clientWidth, clientHeight }) {
  const size = Math.max(16, theme.size);
  const isNarrow = clientWidth < NARROW;
  const margin = { l: 4.5 * size, r: 24, t: isNarrow ? 6 * size : MODE_BAR + 1.9 * size, b: 3 * size };
  const room = Math.max(1, clientHeight - margin.t - margin.b);
  const between = Math.min(0.4, (2.1 * size) / room); // where the second title stands
  const panel = (1 - between) / 2;
  const above = isNarrow ? { x: 0, xanchor: "left", y: 1.16 } : { x: 1, xanchor: "right", y: 1.01 };
  const title = (text, y) => ({
    text: `<b>${text}</b>`, x: 0, xref: "paper", xanchor: "left", y, yref: "paper", yanchor: "bottom",
    showarrow: false, font: { size: 1.25 * size },
  });
  return themedLayout({
    margin,
    font: { size },
    hovermode: "x unified",
    plot_bgcolor: theme.background, // the line under the pointer gets an outline in this colour
    legend: { orientation: "h", yanchor: "bottom", font: { size: 1.1 * size }, ...above },
    // Fixed margins: the panels stand still while their labels change.
    xaxis: {
      title: { text: axes.x, font: { size: 1.1 * size } }, anchor: "y2", rangemode: "tozero", automargin: false,
      exponentformat: "SI",
      uirevision: axes.x, // a zoom into other units means nothing
      unifiedhovertitle: { text: axes.hover }, spikethickness: 1, spikedash: "dot", spikecolor: theme.text,
    },
    yaxis: { domain: [1 - panel, 1], rangemode: "tozero", nticks: 5, exponentformat: "e", automargin: false },
    yaxis2: {
      domain: [0, panel], range: [0, 1.02], dtick: panel * room < 6 * size ? 0.5 : 0.25, tickformat: ".0%",
      automargin: false,
    },
    annotations: [title(axes.loss, 1.01), title(axes.accuracy, panel + 0.1 * between), ...marks.map(({ x, text }) => ({
      // Between the panels, where no line runs.
      text, x, xanchor: "left", y: panel + 0.5 * between, yref: "paper", yanchor: "bottom", showarrow: false,
      font: { size },
    }))],
    shapes: marks.map(({ x }) => ({
      type: "line", x0: x, x1: x, y0: 0, y1: 1, yref: "paper", line: { color: theme.text, width: 2, dash: "dot" },
    })),
  }, theme);
}
