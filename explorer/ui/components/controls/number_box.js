// A number as a person types it: sent when they are done, stepped at once, each step from the one before it.

const PATIENCE = 3000; // ms that a field shows what was sent while the page still tells the text before

const boxes = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const input = parentElement.querySelector("input");
  const box = boxes.get(input) ?? made(parentElement, input);
  boxes.set(input, box);
  box.send = (text) => setTriggerValue("typed", { text, at: performance.now() });
  box.hear(data);
}

function made(root, input) {
  const [down, up] = root.querySelectorAll(".step");
  const box = { data: null, told: "", steps: 0, waits: undefined };
  // `data` is what the page told last; `told` the text that both know of; `steps` those pressed before it answered.

  box.hear = (data) => {
    const isNews = JSON.stringify(data) !== JSON.stringify(box.data);
    box.data = data;
    dress(root, input, data);
    if (box.waits === undefined || isNews) settle();
  };

  function settle() {
    clearTimeout(box.waits);
    box.waits = undefined;
    // What is being typed stays, unless the number was changed by something else.
    const isTyping = root.activeElement === input && input.value !== box.told;
    if (!isTyping || box.told !== box.data.text) show(box.data.text);
    const step = Math.sign(box.steps);
    box.steps -= step;
    if (step) move(step);
  }

  function show(text) {
    box.told = input.value = text;
  }

  function send(text) {
    show(text);
    clearTimeout(box.waits);
    box.waits = setTimeout(settle, PATIENCE);
    box.send(text);
  }

  function commit() {
    if (input.value !== box.told) send(input.value);
  }

  function move(step) {
    commit();
    if (box.waits !== undefined) box.steps += step;
    else if (next(step) !== box.data.text || box.data.reason) send(next(step));
    else box.steps = 0;
  }

  function next(step) {
    return step < 0 ? box.data.down : box.data.up;
  }

  input.onchange = commit;
  input.onkeydown = (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step) move(step);
    else if (event.key === "Enter") commit();
    else if (event.key === "Escape") show(box.data.text);
    else return;
    if (event.key !== "Enter") event.preventDefault();
  };
  down.onclick = () => move(-1);
  up.onclick = () => move(1);
  explain(root.querySelector(".about"), root.querySelector(".words"));
  return box;
}

function dress(root, input, data) {
  const [down, up] = root.querySelectorAll(".step");
  const label = root.querySelector("label");
  const about = root.querySelector(".about");
  label.textContent = data.label;
  root.querySelector(".head").classList.toggle("unseen", !data.is_labelled);
  about.hidden = !data.about;
  about.setAttribute("aria-label", `About ${data.label}`);
  root.querySelector(".words").textContent = data.about;
  input.placeholder = data.empty;
  input.disabled = data.disabled;
  input.setAttribute("aria-invalid", Boolean(data.reason));
  input.setAttribute("aria-describedby", "reason");
  root.querySelector("p").textContent = data.reason;
  input.getRootNode().host.toggleAttribute("data-wrong", Boolean(data.reason)); // for the page's own style
  for (const [button, text, word] of [[down, data.down, "down"], [up, data.up, "up"]]) {
    button.disabled = data.disabled || (text === data.text && !data.reason);
    button.setAttribute("aria-label", `Step ${data.label} ${word}`);
  }
}

// What a field is about, beside its mark while that is pointed at, focused or pressed.
function explain(mark, words) {
  words.popover = "manual";
  const show = () => {
    words.showPopover();
    const { left, top, bottom } = mark.getBoundingClientRect();
    const above = top - words.offsetHeight - 6;
    words.style.left = `${Math.max(8, Math.min(left, innerWidth - words.offsetWidth - 8))}px`;
    words.style.top = `${above > 8 ? above : bottom + 6}px`;
    mark.setAttribute("aria-expanded", "true");
  };
  const hide = () => {
    words.hidePopover();
    mark.setAttribute("aria-expanded", "false");
  };
  mark.onpointerenter = mark.onfocus = mark.onclick = show;
  mark.onpointerleave = mark.onblur = hide;
  mark.onkeydown = (event) => { if (event.key === "Escape") hide(); };
}
