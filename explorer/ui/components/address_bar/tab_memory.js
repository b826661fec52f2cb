// Keeps a value with the tab over a reload. A session that has none yet is given what the tab has; it says that it took
// it by having one.

const ASKED = 5; // how often a session is given it
const PAUSE = 2_000; // ms until it is given again: Streamlit drops what a part sends that is being drawn anew

let waits; // for the session to take it

export default function ({ data, setTriggerValue }) {
  clearTimeout(waits);
  if (data.value === null) {
    const kept = read(data.name);
    if (kept) give(() => setTriggerValue("kept", kept), ASKED);
  } else {
    keep(data.name, data.value);
  }
}

function give(send, times) {
  if (!times || window.explorerGiven >= ASKED) return;
  window.explorerGiven = (window.explorerGiven ?? 0) + 1;
  send();
  waits = setTimeout(() => give(send, times - 1), PAUSE);
}

function read(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function keep(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing: a reload begins anew
  }
}
