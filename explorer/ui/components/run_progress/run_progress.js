// A bar that goes on by what the server tells, and that has its page drawn anew when that stands on what holds no longer.

const PATIENCE = 3000; // ms that it waits for the page before it asks again

const bars = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const bar = bars.get(parentElement) ?? {};
  bars.set(parentElement, bar);
  clearTimeout(bar.waits);
  Object.assign(bar, { data, root: parentElement, ask: setTriggerValue, wanted: "", drawn: performance.now() });
  const stream = follow(bar.root.querySelector(".track"), data.watch?.address, (told) => hear(bar, told));
  if (bar.stream !== stream) bar.told = undefined;
  bar.stream = stream;
  const newer = bar.told?.events >= data.watch?.events ? bar.told : data;
  show(bar, newer);
  if (bar.told) consider(bar, bar.told);
}

function hear(bar, told) {
  bar.told = told;
  show(bar, told);
  consider(bar, told);
}

function show({ root }, { share, words }) {
  const percent = Math.floor(100 * share);
  root.querySelector(".words").textContent = words;
  root.querySelector(".track").setAttribute("aria-valuenow", percent);
  root.querySelector(".done").style.width = `${percent}%`;
}

// The pages of many watchers are not drawn at once: the server says over how long they are, and how often each may be
// for the sake of figures alone.
function consider(bar, told) {
  const { page, figures, events } = bar.data.watch;
  if (told.events < events) return; // it was told before the page was drawn
  if (told.page !== page) {
    want(bar, "page", Math.random() * told.spread);
  } else if (told.figures !== figures && !document.hidden) {
    want(bar, "figures", Math.max(0, bar.drawn + told.pause - performance.now()));
  } else {
    want(bar, "");
  }
}

function want(bar, what, wait) {
  if (bar.wanted === what) return;
  clearTimeout(bar.waits);
  bar.wanted = what;
  if (!what) return;
  bar.waits = setTimeout(() => {
    if (!bar.root.isConnected) return;
    bar.ask("look", bar.told.number);
    bar.waits = setTimeout(() => {
      bar.wanted = "";
      if (bar.data.watch && bar.root.isConnected) consider(bar, bar.told);
    }, PATIENCE);
  }, wait);
}
