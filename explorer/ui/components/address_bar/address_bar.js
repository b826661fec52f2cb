// Keeps the address bar true, which is no step of a person's: it makes no entry for Back. And the steps through designs
// stay with the tab, so that Undo leads on after a reload: the tab ends them, and the server keeps nothing for tabs
// that never come back.
//
// And where a person went last is where they are: a click or a step of Back that is answered after the next one would
// have Streamlit put the page before into the browser's history.

const KEPT = "explorer steps";
const PATIENCE = 10_000; // ms after which a step that no page answers counts as answered

const told = new WeakMap();

const visits = (window.explorerVisits ??= watched());

export default function ({ data, parentElement, setTriggerValue }) {
  visits.drawn(data);
  const now = JSON.stringify([data.query, data.visit]);
  // An element that is drawn again without news may be older than what Streamlit has put there meanwhile.
  if (told.get(parentElement) !== now && isAt(data) && location.search !== `?${data.query}`) {
    history.replaceState(history.state, "", `${location.pathname}?${data.query}${location.hash}`);
  }
  told.set(parentElement, now);
  const found = isEmpty(data.steps) ? once(read) : undefined;
  if (found?.now === data.steps.now && !isEmpty(found)) setTriggerValue("steps", found);
  else keep(data.steps);
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
