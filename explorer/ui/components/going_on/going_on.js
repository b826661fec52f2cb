// One line for each run, race and sweep that goes on, but for the one that the page shows itself; the lines are kept and
// only what changed is written, so that a button that has the focus keeps it. The line of one that ends says how and stays:
// were it to go, the page would move under the pointer.

const MOST = 3; // lines; the Runs page has all
const asked = new Set(); // the ids of what was asked to stop
const refused = new Map(); // why something was not stopped, by its id

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".entries");
  list.known = new Map(data.entries.filter(({ id }) => id !== data.here).map((entry) => [entry.id, entry]));
  const draw = (entries) => show(list, withEnded(list.known, entries, data.here), setTriggerValue);
  draw(data.entries);
  follow(list, data.address ?? undefined, (told) => draw(told.entries));
}

function withEnded(known, entries, here) {
  const elsewhere = entries.filter(({ id, ended }) => id !== here && (!ended || known.has(id)));
  for (const entry of elsewhere) known.set(entry.id, entry);
  const told = new Set(elsewhere.map(({ id }) => id));
  const gone = [...known.values()].filter(({ id }) => !told.has(id));
  return [...elsewhere, ...gone.map((entry) => (entry.ended ? entry : { ...entry, ended: true, words: "It has ended." }))];
}

function show(list, entries, send) {
  const shown = entries.slice(0, MOST);
  list.hidden = !shown.length;
  while (list.children.length > shown.length) list.lastElementChild.remove();
  while (list.children.length < shown.length) list.append(line());
  const more = (i) => Math.max(0, i === MOST - 1 ? entries.length - MOST : 0);
  shown.forEach((entry, i) => fill(list.children[i], entry, more(i), send));
}

function line() {
  const made = document.createElement("div");
  made.className = "entry";
  made.innerHTML = '<button class="open" type="button"><span class="title"></span></button>'
    + '<div class="track" aria-hidden="true"><div class="done"></div></div>'
    + '<span class="said"><span class="words"></span><span class="brief" aria-hidden="true"></span><span class="more"></span></span><button class="stop" type="button"></button>';
  return made;
}

function fill(line, { kind, id, title, share, words, brief, stops, ended }, more, send) {
  const percent = Math.floor(100 * share);
  const [open, stop] = line.querySelectorAll("button");
  const name = `${kind[0].toUpperCase()}${kind.slice(1)}: ${title}`;
  write(line.querySelector(".title"), name);
  open.title = `Open this ${kind}`;
  open.onclick = () => send("open", id);
  line.querySelector(".done").style.width = `${percent}%`;
  const says = ended ? words : (refused.get(id) ?? `${percent} % · ${words}`);
  write(line.querySelector(".words"), says);
  write(line.querySelector(".brief"), brief && says !== words && !refused.has(id) ? `${percent} % · ${brief}` : says);
  line.querySelector(".words").title = refused.get(id) ?? words; // whole, where the line has no room for it
  write(line.querySelector(".more"), more ? `\u00a0· and ${more} more` : "");
  write(stop, stops ? "Stopping" : "Stop");
  stop.setAttribute("aria-label", `${stops ? "Stopping" : "Stop"} ${name}`);
  if (stops || ended) asked.delete(id);
  stop.disabled = stops || ended || asked.has(id);
  stop.style.visibility = ended ? "hidden" : "";
  stop.onclick = async () => {
    stop.disabled = true;
    asked.add(id);
    const why = await askToStop(kind, id);
    if (!why) return refused.delete(id);
    asked.delete(id);
    refused.set(id, why);
    stop.disabled = false;
    write(line.querySelector(".words"), why);
  };
}

// Asks for it by a request of its own: a page that is on its way to another hears no click. Gives why it was refused.
async function askToStop(kind, id) {
  try {
    const answer = await fetch(new URL(`stop/${kind}/${id}`, document.baseURI), { method: "POST" });
    return answer.ok ? "" : (await answer.text()).trim();
  } catch {
    return "The server does not answer. Press Stop again.";
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
