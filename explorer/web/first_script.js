// What a page needs before Streamlit's own scripts run.

// Streamlit would look for its server below the page's path first, by two requests that fail wherever a page is opened
// by its own address: /train/_stcore/health and /train/_stcore/host-config.
window.__streamlit = { BACKEND_BASE_URL: new URL(".", location).href };

// Words are in the browser before it has loaded what draws buttons: what is read could not be answered yet. A rule of
// style that looks for a button would be asked at each change of the page.
document.documentElement.classList.add("unready");
const watch = new MutationObserver(() => {
  if (!document.querySelector(".stButton button, .stException")) return;
  document.documentElement.classList.remove("unready");
  watch.disconnect();
});
watch.observe(document, { subtree: true, childList: true });

// A key goes to the button that shows it, from the moment the button is seen. Streamlit listens for a button's key only
// some time after it is drawn, which is long on a slow computer: a key that was pressed in between was lost.
const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", " ": "Space" };
const HELD = { Ctrl: "ctrlKey", "⌘": "metaKey", Alt: "altKey", "⌥": "altKey", Shift: "shiftKey" };

addEventListener("keydown", (event) => {
  if (isTyping(event)) return;
  const meant = (selector) => [...document.querySelectorAll(selector)].find((each) => isMeant(event, each));
  if (!meant("button:enabled:has(kbd)") && !(waiting.length && meant("button:has(kbd)"))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.repeat && waiting.length) return; // a key that is held goes on as quickly as the page follows
  waiting.push(() => meant("button:enabled:has(kbd)"));
  if (waiting.length === 1) pressNext();
}, true);

// One key after the other: Streamlit takes two clicks on a button, the second before the first is answered, for one. The
// first that waits is the one that was pressed.
const waiting = [];
const PATIENCE = 1000; // ms for an answer to begin, which a button without one never does

async function pressNext() {
  const button = waiting[0]();
  button?.click();
  if (button) await answered();
  waiting.shift();
  if (waiting.length) pressNext();
}

// Waits until the page has been drawn anew.
function answered() {
  return new Promise((resolve) => {
    const app = document.querySelector("[data-test-script-state]");
    if (!app) return resolve();
    const isRunning = () => app.dataset.testScriptState === "running";
    const gaveUp = setTimeout(end, PATIENCE);
    const drawing = new MutationObserver(() => {
      if (!isRunning()) return end();
      clearTimeout(gaveUp);
    });
    function end() {
      drawing.disconnect();
      clearTimeout(gaveUp);
      resolve();
    }
    drawing.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
  });
}

function isMeant(event, button) {
  const keys = button.querySelector("kbd").textContent.split(" + ");
  const held = Object.keys(HELD).filter((name) => keys.includes(name)).map((name) => HELD[name]);
  const isHeld = ["ctrlKey", "metaKey", "altKey", "shiftKey"].every((name) => event[name] === held.includes(name));
  return isHeld && names(event).includes(keys.at(-1)) && button.checkVisibility();
}

// With Alt a keyboard may type another letter than the one that stands on the key.
function names({ key, code, altKey }) {
  const typed = NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return altKey ? [typed, code.replace(/^Key/, "")] : [typed];
}

function isTyping(event) {
  const [target] = event.composedPath();
  const types = target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
  return types && !(event.ctrlKey || event.metaKey || event.altKey);
}
