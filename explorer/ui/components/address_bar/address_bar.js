// Keeps the address bar true, which is no step of a person's: it makes no entry for Back. And the steps through designs
// stay with the tab, so that Undo leads on after a reload: the tab ends them, and the server keeps nothing for tabs
// that never come back.
//
// And where a person went last is where they are: a click or a step of Back that is answered after the next one would
// have Streamlit put the page before into the browser's history.

const KEPT = "explorer steps";
const PATIENCE = 10_000; // ms after which a step that no page answers counts as answered
const ASKED = 5; // how often the server is asked to take the kept steps up
const PAUSE = 2_000; // ms until it is asked again: Streamlit drops what a part sends that is being drawn anew

const told = new WeakMap();

let wanted; // steps that the server has not taken up yet
let send; // by the element as it was drawn last

const visits = (window.explorerVisits ??= watched());

export default function ({ data, parentElement, setTriggerValue }) {
  visits.drawn(data);
  const now = JSON.stringify([data.query, data.visit]);
  // An element that is drawn again without news may be older than what Streamlit has put there meanwhile.
  if (told.get(parentElement) !== now && isAt(data) && location.search !== `?${data.query}`) {
    history.replaceState(history.state, "", `${location.pathname}?${data.query}${location.hash}`);
  }
  told.set(parentElement, now);
  send = setTriggerValue;
  const found = isEmpty(data.steps) ? once(() => around(data.steps.now, read(), data.most)) : undefined;
  if (found) ask(found, ASKED);
  else if (!isEmpty(data.steps) || data.steps.now !== wanted?.now) {
    wanted = undefined;
    keep(data.steps);
  }
}

function ask(steps, times) {
  wanted = times ? steps : undefined;
  if (!wanted) return;
  send("steps", steps);
  setTimeout(() => wanted === steps && ask(steps, times - 1), PAUSE);
}

// The steps as they are seen from a design among them: a page that is left at once has kept those before its last step.
function around(now, steps, most) {
  if (!steps) return undefined;
  const { past, future } = steps;
  const all = [...past, steps.now, ...future];
  const far = (place) => Math.abs(place - past.length);
  const [place] = [...all.keys()].filter((each) => all[each] === now).sort((one, other) => far(one) - far(other));
  if (all.length === 1 || place === undefined) return undefined;
  return { past: all.slice(0, place).slice(-most), now, future: all.slice(place + 1, place + 1 + most) };
}

// What is drawn late may be of a page that was left meanwhile.
function isAt({ page, pages }) {
  const last = location.pathname.split("/").pop();
  return (pages.includes(last) ? last : pages[0]) === page;
}

function isEmpty({ past, future }) {
  return !past.length && !future.length;
}

function once(read) {
  if (window.explorerSteps) return undefined;
  window.explorerSteps = true;
  return read();
}

function read() {
  try {
    const { past, now, future } = JSON.parse(sessionStorage.getItem(KEPT));
    return Array.isArray(past) && Array.isArray(future) ? { past, now, future } : undefined;
  } catch {
    return undefined; // none, or a browser that keeps nothing
  }
}

function keep(steps) {
  window.explorerSteps = true;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(steps));
  } catch {
    // a browser that keeps nothing: Undo ends with the page
  }
}

function watched() {
  let last = 0; // visit that is drawn
  let waits;
  const end = () => {
    clearTimeout(waits);
    waits = undefined;
    delete history.pushState;
  };
  let awaited = 0;
  window.addEventListener("popstate", () => {
    clearTimeout(waits);
    waits = setTimeout(end, PATIENCE);
    awaited = last + 1;
    history.pushState = () => {}; // all that Streamlit has to say until the page is there is older
  }, { capture: true });
  return {
    drawn(data) {
      last = data.visit;
      if (waits && data.visit >= awaited && isAt(data)) end();
    },
  };
}
