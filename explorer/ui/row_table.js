// A table with a chosen row: rows are kept and only what changed is written, so that focus and scroll position stay.

export default function ({ data, parentElement, setTriggerValue }) {
  const { table, selected, title } = data;
  const root = parentElement.querySelector("table");
  root.setAttribute("aria-label", title);
  const choose = (row) => {
    mark(root, Number(row.dataset.index));
    setTriggerValue("select", Number(row.dataset.index));
  };
  head(root.tHead, table.columns);
  fit(root.tBodies[0], table.rows.length, "tr");
  table.rows.forEach((row, i) => fill(root.tBodies[0].rows[i], row));
  foot(root.tFoot, table.totals);
  mark(root, selected);
  root.tBodies[0].onclick = ({ target }) =>
    target.dataset.mend ? setTriggerValue("mend", Number(target.dataset.mend)) : choose(target.closest("tr"));
  root.tBodies[0].onkeydown = (event) => walk(event, choose);
}

function head(section, titles) {
  fit(section, 1, "tr");
  fit(section.rows[0], titles.length, "th");
  titles.forEach((title, i) => {
    const cell = section.rows[0].cells[i];
    cell.scope = "col";
    cell.className = i > 1 ? "number" : "";
    write(cell, title);
  });
}

function fill(line, row) {
  line.dataset.index = row.index;
  line.className = row.state;
  const refused = row.state === "refused";
  fit(line, refused ? 3 : 2 + row.cells.length, "td");
  line.cells[0].className = "name";
  write(line.cells[0], row.name);
  write(line.cells[1], row.words);
  if (refused) return cause(line.cells[2], row);
  row.cells.forEach((cell, i) => value(line.cells[2 + i], cell));
}

function cause(cell, row) {
  cell.className = "cause";
  cell.colSpan = row.cells.length;
  cell.title = "";
  cell.style.removeProperty("--share");
  const said = [row.cause, ...row.mends].join("\n");
  if (cell.dataset.said === said) return;
  cell.dataset.said = said;
  const words = document.createElement("div");
  words.textContent = row.cause;
  cell.replaceChildren(words, ...row.mends.map(mendButton));
}

function mendButton(label, index) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.mend = index;
  button.textContent = label;
  return button;
}

function value(cell, { text, share = 0, was = "" }) {
  cell.colSpan = 1;
  cell.className = `number${share ? " bar" : ""}${was ? " changed" : ""}`;
  cell.style.setProperty("--share", share);
  cell.title = was ? `was ${was}` : "";
  delete cell.dataset.said;
  write(cell, text);
}

function foot(section, totals) {
  fit(section, totals.length ? 1 : 0, "tr");
  if (!totals.length) return;
  fit(section.rows[0], 2 + totals.length, "td");
  write(section.rows[0].cells[0], "total");
  totals.forEach((total, i) => {
    section.rows[0].cells[2 + i].className = "number";
    write(section.rows[0].cells[2 + i], total);
  });
}

function mark(root, selected) {
  for (const line of root.tBodies[0].rows) {
    const chosen = Number(line.dataset.index) === selected;
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

function walk(event, choose) {
  if (event.target.dataset.mend) return;
  const line = event.target.closest("tr");
  const rows = [...line.parentElement.rows];
  const at = rows.indexOf(line);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, Enter: at, " ": at }[event.key];
  if (to === undefined || !rows[to]) return;
  event.preventDefault();
  rows[to].focus({ preventScroll: true });
  choose(rows[to]);
}

function fit(parent, count, tag) {
  while (parent.children.length > count) parent.lastChild.remove();
  while (parent.children.length < count) parent.appendChild(document.createElement(tag));
}

function write(cell, text) {
  if (cell.textContent !== text) cell.textContent = text;
}
