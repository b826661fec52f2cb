// A bar over recorded moments that stays in the hand while moments are added.

const PAUSE = 100; // ms between two moves that are sent while the bar is dragged
const PATIENCE = 2000; // ms that the bar waits for the page to follow it

const bars = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const input = parentElement.querySelector("input");
  const bar = bars.get(input) ?? { held: false, wanted: null, since: 0, sent: 0 };
  bars.set(input, bar);
  bar.moments = data.moments;
  input.max = data.moments.length - 1;
  const follows = bar.wanted === null || bar.wanted === data.at || performance.now() - bar.since > PATIENCE;
  if (!bar.held && follows) {
    bar.wanted = null;
    input.value = data.at;
  }
  say(parentElement, input, bar);

  const send = () => {
    clearTimeout(bar.waits);
    const wait = bar.sent + PAUSE - performance.now();
    if (wait > 0) {
      bar.waits = setTimeout(send, wait);
      return;
    }
    bar.sent = bar.since = performance.now();
    setTriggerValue("move", bar.wanted);
  };
  input.oninput = () => {
    bar.wanted = Number(input.value);
    bar.since = performance.now();
    say(parentElement, input, bar);
    send();
  };
  input.onpointerdown = () => { bar.held = true; };
  input.onpointerup = input.onpointercancel = () => { bar.held = false; };
}

function say(root, input, bar) {
  const at = Number(input.value);
  const words = bar.moments[at] + (at === bar.moments.length - 1 ? " · newest" : "");
  root.querySelector(".words").textContent = words;
  input.setAttribute("aria-valuetext", words);
}
