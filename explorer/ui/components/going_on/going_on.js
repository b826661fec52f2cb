// One line for each run, race and sweep that goes on; the lines are kept and only what changed is written, so that a
// button that has the focus keeps it. With the last of them the strip goes.

const MOST = 3; // lines; the Runs page has all

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".entries");
  const draw = (entries) => show(list, entries, data.here, setTriggerValue);
  draw(data.entries);
  follow(list, data.address ?? undefined, (told) => draw(told.entries));
}

function show(list, entries, here, send) {
  const shown = entries.slice(0, MOST);
  list.hidden = !shown.length;
  while (list.children.length > shown.length) list.lastElementChild.remove();
  while (list.children.length < shown.length) list.append(line());
  shown.forEach((entry, i) => fill(list.children[i], entry, here, send));
  if (entries.length > MOST) list.lastElementChild.querySelector(".words").append(` · and ${entries.length - MOST} more`);
}

function line() {
  const made = document.createElement("div");
  made.className = "entry";
  made.innerHTML = '<button class="open" type="button"><span class="title"></span></button>'
    + '<div class="track" aria-hidden="true"><div class="done"></div></div>'
    + '<span class="words"></span><button class="stop" type="button"></button>';
  return made;
}

function fill(line, { kind, id, title, share, words, stops }, here, send) {
  const percent = Math.floor(100 * share);
  const [open, stop] = line.querySelectorAll("button");
  const name = `${kind[0].toUpperCase()}${kind.slice(1)}: ${title}`;
  write(line.querySelector(".title"), name);
  open.title = id === here ? "It is open on this page" : `Open this ${kind}`;
  open.disabled = id === here;
  open.onclick = () => send("open", id);
  line.querySelector(".done").style.width = `${percent}%`;
  write(line.querySelector(".words"), `${percent} % · ${words}`);
  write(stop, stops ? "Stopping" : "Stop");
  stop.setAttribute("aria-label", `${stops ? "Stopping" : "Stop"} ${name}`);
  stop.disabled = stops;
  stop.onclick = () => {
    stop.disabled = true;
    send("stop", id);
  };
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
