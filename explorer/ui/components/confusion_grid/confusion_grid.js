// A confusion matrix: cells are kept and only what changed is written, so that the focus stays.

export default function ({ data, parentElement, setTriggerValue }) {
  const { matrix, selected, title } = data;
  const root = parentElement.querySelector("table");
  root.setAttribute("aria-label", title);
  head(root.tHead, matrix.classes);
  fit(root.tBodies[0], matrix.rows.length, "tr");
  matrix.rows.forEach((row, truth) => fill(root.tBodies[0].rows[truth], row, truth));
  mark(root, selected);
  const choose = (cell) => {
    const place = placeOf(cell);
    mark(root, place);
    setTriggerValue("select", place);
  };
  root.tBodies[0].onclick = ({ target }) => {
    const cell = target.closest("[data-place]");
    if (cell) choose(cell);
  };
  root.tBodies[0].onkeydown = (event) => walk(root, event, choose);
}

function head(section, classes) {
  fit(section, 1, "tr");
  const titles = ["is ↓ · answered →", ...classes, "answered right"];
  fit(section.rows[0], titles.length, "th");
  titles.forEach((title, i) => {
    const cell = section.rows[0].cells[i];
    cell.scope = "col";
    cell.className = i === 0 ? "corner" : i > classes.length ? "share" : "class";
    if (cell.textContent !== title) {
      const words = document.createElement("span");
      words.textContent = title;
      cell.replaceChildren(words);
    }
  });
}

function fill(line, { name, cells, share, accuracy }, truth) {
  if (line.cells.length !== cells.length + 2) {
    const title = document.createElement("th");
    title.scope = "row";
    line.replaceChildren(title, ...[...cells, null].map(() => document.createElement("td")));
  }
  write(line.cells[0], name);
  cells.forEach(({ count, depth, said }, answer) => {
    const cell = line.cells[answer + 1];
    cell.setAttribute("role", "gridcell");
    cell.dataset.place = `${truth},${answer}`;
    cell.className = truth === answer ? "right" : count ? "wrong" : "none";
    cell.style.setProperty("--depth", depth);
    cell.title = said;
    cell.setAttribute("aria-label", said);
    write(cell, count.toLocaleString("en"));
  });
  const bar = line.cells[cells.length + 1];
  bar.className = "share bar";
  bar.style.setProperty("--share", share);
  write(bar, accuracy);
}

function placeOf(cell) {
  return cell.dataset.place.split(",").map(Number);
}

function mark(root, selected) {
  const all = [...root.querySelectorAll("[data-place]")];
  let reachable = null;
  for (const cell of all) {
    const [truth, answer] = placeOf(cell);
    const chosen = selected !== null && truth === selected[0] && answer === selected[1];
    cell.setAttribute("aria-selected", chosen);
    if (chosen) reachable = cell;
  }
  focusable(root, reachable ?? all.find((cell) => cell.tabIndex === 0) ?? all[0]);
}

// Only one cell is reached by Tab; from there the arrow keys lead on.
function focusable(root, reachable) {
  for (const cell of root.querySelectorAll("[data-place]")) cell.tabIndex = cell === reachable ? 0 : -1;
}

const STEPS = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

function walk(root, event, choose) {
  const cell = event.target.closest("[data-place]");
  if (!cell) return;
  const step = STEPS[event.key];
  if (!step && event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  if (!step) return choose(cell);
  const [truth, answer] = placeOf(cell);
  const next = root.querySelector(`[data-place="${truth + step[0]},${answer + step[1]}"]`);
  if (!next) return;
  focusable(root, next);
  next.focus();
}

function fit(parent, count, tag) {
  while (parent.children.length > count) parent.lastChild.remove();
  while (parent.children.length < count) parent.appendChild(document.createElement(tag));
}

function write(cell, text) {
  if (cell.textContent !== text) cell.textContent = text;
}
