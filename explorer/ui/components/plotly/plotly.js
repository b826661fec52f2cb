// What the charts share: the library, the theme's colours, and words where a chart can't be drawn.

const CONFIG = {
  displayModeBar: matchMedia("(hover: hover)").matches ? "hover" : false, // a finger has no hover: they would stand over the legend
  displaylogo: false,
  responsive: false,
  modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]], // Plotly's own list uploads the chart to its cloud
};
const SMALLEST_TEXT = 14; // px: still read at six metres
const LINES = 13; // of text that a chart has height for at the least: on a large screen type grows, a low chart does not

const charts = new WeakMap(); // by the element that Streamlit gives each mounted component

function chartIn(parentElement, { alt, height }) {
  const box = parentElement.querySelector(".explorer-chart");
  const frame = box.querySelector(".explorer-frame");
  if (!charts.has(parentElement)) {
    const chart = { box, frame, turn: Promise.resolve() };
    charts.set(parentElement, Object.assign(chart, { observer: followSize(chart) }));
  }
  box.setAttribute("aria-label", alt);
  grow(frame, height);
  return charts.get(parentElement);
}

// A chart grows with the page's type, and what Streamlit puts around it, which knows a height in px alone.
function grow(frame, height) {
  const outermost = frame.closest(".stElementContainer");
  outermost.style.flex = "none"; // not as many px
  for (let part = frame; part; part = part === outermost ? null : part.parentElement) {
    part.style.height = `${height / 16}rem`; // that many px where the page's type is at its smallest
  }
}

// Draws one message after the other, the first ones once the library is there.
function inTurn(chart, url, paint) {
  chart.turn = chart.turn
    .then(() => loadPlotly(url))
    .then((Plotly) => chart.frame.isConnected && paint(Plotly))
    .then(() => hide(chart.frame))
    .catch((error) => {
      console.error(error);
      say(chart, `This chart can't be drawn. ${error.message}`);
    });
}

// The chart's label says what is drawn; its letters one by one would say nothing.
function hide(frame) {
  for (const drawing of frame.querySelectorAll("svg.main-svg")) drawing.setAttribute("aria-hidden", "true");
}

function unmount(chart, parentElement) {
  if (chart.frame.isConnected) return; // Streamlit also cleans up after a message that a newer one overtook
  chart.observer.disconnect();
  charts.delete(parentElement);
  chart.turn.then(() => window.Plotly?.purge(chart.frame));
}

function loadPlotly(url) {
  window.explorerPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      window.explorerPlotly = undefined; // the next message tries again
      reject(new Error("The browser did not get plotly.min.js from the server. Reload the page; if that does not " +
        "help, restart the app."));
    };
    document.head.append(script);
  });
  return window.explorerPlotly;
}

function say({ box }, words) {
  const note = box.querySelector(".explorer-note");
  note.textContent = words;
  note.hidden = !words;
}

function readTheme(element) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(`--st-${name}`).trim() || otherwise;
  const share = Number(style.getPropertyValue("--chart-type")) || 1; // of the page's own type, where a page says so
  const pageType = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return {
    text: read("text-color", "#31333f"),
    background: read("background-color", "#ffffff"),
    grid: read("border-color-light", read("border-color", "rgba(128, 128, 128, 0.3)")),
    axis: read("border-color", "rgba(128, 128, 128, 0.6)"),
    font: read("font", "sans-serif"),
    size: Math.max(SMALLEST_TEXT, Math.min(pageType * share, element.clientHeight / LINES)),
  };
}

// Settings of `over` win over those of `under`, however deep.
function merge(under, over) {
  const merged = { ...under };
  for (const [key, value] of Object.entries(over ?? {})) {
    const nested = value && typeof value === "object" && !Array.isArray(value);
    merged[key] = nested ? merge(under?.[key] ?? {}, value) : value;
  }
  return merged;
}

function themedLayout(layout, theme) {
  const text = { color: theme.text, family: theme.font, size: theme.size };
  const under = {
    uirevision: "keep",
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    font: text,
    uniformtext: { minsize: SMALLEST_TEXT, mode: "hide" },
    hoverlabel: { bgcolor: theme.background, bordercolor: theme.axis, font: text },
    modebar: { bgcolor: "rgba(0, 0, 0, 0)", color: theme.axis, activecolor: theme.text },
  };
  const axes = ["xaxis", "yaxis", ...Object.keys(layout).filter((name) => /^[xy]axis\d+$/.test(name))];
  for (const name of axes) under[name] = themedAxis(layout[name], theme);
  return merge(under, layout);
}

function themedAxis(axis, theme) {
  const under = {
    gridcolor: theme.grid, zerolinecolor: theme.axis, linecolor: theme.axis, tickcolor: theme.axis, automargin: true,
  };
  return axis?.type === "log" ? { ...under, dtick: 1 } : under; // the 2 and 5 between powers of ten are too small to read
}

function sizeOf(frame) {
  return { width: frame.clientWidth, height: frame.clientHeight };
}

// Follows the frame's own size: a page that is presented changes it without a change of the window.
function followSize(chart) {
  const { frame } = chart;
  const observer = new ResizeObserver(() => {
    const drawn = frame._fullLayout;
    const fits = drawn && drawn.width === frame.clientWidth && drawn.height === frame.clientHeight;
    if (drawn && !fits && frame.clientWidth > 0) resize(chart);
  });
  observer.observe(frame);
  return observer;
}

// A chart that divides its room by itself lays itself out anew; a zoom stays.
function resize({ frame, layout }) {
  const theme = readTheme(frame);
  if (!layout) return window.Plotly.relayout(frame, { ...sizeOf(frame), "font.size": theme.size });
  return window.Plotly.react(frame, frame.data, { ...layout(theme), ...sizeOf(frame) }, CONFIG);
}
