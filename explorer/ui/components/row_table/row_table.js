// A table with a chosen row: rows are kept and only what changed is written, so that focus and scroll position stay.

export default function ({ data, parentElement, setTriggerValue }) {
  const { table, selected, title, above, arrows } = data;
  const root = parentElement.querySelector("table");
  root.setAttribute("aria-label", title);
  root.parentElement.style.setProperty("--above", `${above}rem`);
  root.parentElement.style.setProperty("--lines", 1 + table.rows.length + (table.totals.length > 0) + (table.beside !== null));
  const choose = (row) => {
    mark(root, Number(row.dataset.index));
    setTriggerValue("select", Number(row.dataset.index));
  };
  head(root.tHead, table);
  root.tHead.onclick = ({ target }) => {
    if (target.dataset.sort) setTriggerValue("sort", Number(target.dataset.sort));
  };
  fit(root.tBodies[0], table.rows.length, "tr");
  table.rows.forEach((row, i) => fill(root.tBodies[0].rows[i], row, table));
  overlay(root);
  root.watch ??= watched(root);
  foot(root.tFoot, table);
  mark(root, selected);
  root.tBodies[0].onclick = ({ target }) => {
    if (target.dataset.mend) return setTriggerValue("mend", Number(target.dataset.mend));
    const line = target.closest("tr");
    if (line.className !== "other") choose(line);
  };
  root.tBodies[0].onkeydown = (event) => walk(event, arrows === "choose" ? choose : moveTo, choose);
}

function head(section, { columns, order, room }) {
  fit(section, 1, "tr");
  fit(section.rows[0], columns.length, "th");
  const rooms = room.length ? [room[0], null, ...room.slice(1)] : [];
  columns.forEach((title, i) => {
    const cell = section.rows[0].cells[i];
    cell.scope = "col";
    cell.className = i > 1 ? "number" : rooms[i] === null ? "rest" : "";
    cell.style.minWidth = rooms[i] ? `${rooms[i]}ch` : "";
    if (order) sortable(cell, title, i, order);
    else write(cell, title);
  });
}

function sortable(cell, title, column, [sorted, descends]) {
  const isSorted = column === sorted;
  cell.setAttribute("aria-sort", isSorted ? (descends ? "descending" : "ascending") : "none");
  if (!cell.querySelector("button")) cell.replaceChildren(element("button", ""));
  const button = cell.querySelector("button");
  button.type = "button";
  button.dataset.sort = column;
  write(button, title + (isSorted ? (descends ? " ▼" : " ▲") : ""));
}

function fill(line, row, { against, room }) {
  line.dataset.index = row.index;
  line.className = row.state;
  const refused = row.state === "refused";
  fit(line, refused ? 3 : 2 + row.cells.length, "td");
  line.cells[0].className = "name";
  line.cells[0].title = room.length ? row.name : "";
  write(line.cells[0], row.name);
  if (refused) {
    line.cells[1].className = room.length ? "rest" : "";
    write(line.cells[1], row.words);
    return cause(line.cells[2], row);
  }
  settings(line.cells[1], row, against, room.length > 0);
  row.cells.forEach((cell, i) => value(line.cells[2 + i], cell, against));
}

function settings(cell, row, against, isRest) {
  cell.className = `${row.cause ? "doubt" : isRest ? "rest" : ""}${row.was ? " changed" : ""}`;
  cell.title = row.was ? `${row.words}, ${against} ${row.was}` : isRest ? row.words : "";
  if (!row.cause) {
    delete cell.dataset.said;
    return write(cell, row.words);
  }
  say(cell, [row.words, row.cause], row.mends);
}

function cause(cell, row) {
  cell.className = "cause";
  cell.colSpan = row.cells.length;
  cell.title = "";
  cell.style.removeProperty("--share");
  say(cell, [row.cause], row.mends);
}

// Writes lines, and a button for each mend with its effect beside it; nothing where they stand already.
function say(cell, lines, mends) {
  const said = JSON.stringify([lines, mends]);
  if (cell.dataset.said === said) return;
  cell.dataset.said = said;
  const offers = element("div", "");
  offers.className = "mends";
  offers.append(...mends.map(offer));
  cell.replaceChildren(...lines.map((line) => element("div", line)), offers);
}

// Lays what mends a refused row over rows below it, where they are as high: no row moves then. It hides them whole, or it
// would read as what they say.
function overlay(root) {
  const cell = root.querySelector(".cause");
  if (!cell) return;
  const offers = cell.querySelector(".mends");
  offers.style.minHeight = "";
  offers.style.setProperty("--from", `${-cell.offsetLeft}px`);
  cell.classList.add("over");
  const hidden = rowsOfHeight(cell.parentElement, offers.offsetHeight);
  cell.classList.toggle("over", hidden > 0);
  if (hidden) offers.style.minHeight = `${hidden}px`;
}

// The rows are higher on a larger screen. The titles' size follows it, and never what is laid over rows.
function watched(root) {
  const observer = new ResizeObserver(() => overlay(root));
  observer.observe(root.tHead);
  return observer;
}

// How high the rows after one are that are as high as something together; 0 where all of them are not.
function rowsOfHeight(line, height) {
  let sum = 0;
  for (let next = line.nextElementSibling; next && sum < height; next = next.nextElementSibling) sum += next.offsetHeight;
  return sum < height ? 0 : sum;
}

function offer({ number, label, effect }) {
  const button = element("button", label);
  button.type = "button";
  button.dataset.mend = number;
  const line = element("div", "");
  line.className = "mend";
  line.append(button, element("span", effect));
  return line;
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function value(cell, { text, share = 0, was = "" }, against) {
  cell.colSpan = 1;
  cell.className = `number${share ? " bar" : ""}${was ? " changed" : ""}`;
  cell.style.setProperty("--share", share);
  cell.title = was ? `${against} ${was}` : "";
  delete cell.dataset.said;
  write(cell, text);
}

function foot(section, { totals, beside }) {
  const lines = totals.length ? [{ name: "total", words: "", cells: totals.map((text) => ({ text })), state: "" }] : [];
  if (beside) lines.push(beside);
  fit(section, lines.length, "tr");
  lines.forEach(({ name, words, cells, state }, i) => {
    const line = section.rows[i];
    line.className = state;
    fit(line, 2 + cells.length, "td");
    write(line.cells[0], name);
    write(line.cells[1], words);
    cells.forEach((cell, i) => value(line.cells[2 + i], cell, ""));
  });
}

function mark(root, selected) {
  for (const line of root.tBodies[0].rows) {
    const chosen = Number(line.dataset.index) === selected && line.className !== "other";
    line.setAttribute("aria-selected", chosen);
    line.tabIndex = chosen ? 0 : -1;
    if (chosen && !line.wasChosen) reveal(root, line);
    line.wasChosen = chosen;
  }
  const rows = root.tBodies[0].rows;
  if (rows.length && ![...rows].some((line) => line.tabIndex === 0)) rows[0].tabIndex = 0;
}

// Scrolls the table's own frame, never the page.
function reveal(root, line) {
  const frame = root.parentElement;
  const top = line.offsetTop - root.tHead.offsetHeight;
  const bottom = line.offsetTop + line.offsetHeight + root.tFoot.offsetHeight - frame.clientHeight;
  if (frame.scrollTop > top) frame.scrollTop = top;
  if (frame.scrollTop < bottom) frame.scrollTop = bottom;
}

// Arrow keys, Home and End call `go` with the row that they lead to; Enter and Space call `choose` with the one they are on.
function walk(event, go, choose) {
  if (event.target.dataset.mend) return;
  const line = event.target.closest("tr");
  const rows = [...line.parentElement.rows].filter((row) => row.className !== "other");
  const at = rows.indexOf(line);
  const chooses = event.key === "Enter" || event.key === " ";
  const to = chooses ? at : { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined || !rows[to]) return;
  event.preventDefault();
  rows[to].focus({ preventScroll: true });
  (chooses ? choose : go)(rows[to]);
}

// Makes a row the one that Tab comes back to, in sight, and chooses nothing.
function moveTo(line) {
  for (const other of line.parentElement.rows) other.tabIndex = other === line ? 0 : -1;
  reveal(line.closest("table"), line);
}

function fit(parent, count, tag) {
  while (parent.children.length > count) parent.lastChild.remove();
  while (parent.children.length < count) parent.appendChild(document.createElement(tag));
}

function write(cell, text) {
  if (cell.textContent !== text) cell.textContent = text;
}
