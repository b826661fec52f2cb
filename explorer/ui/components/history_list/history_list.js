// The list of runs: rows are kept and only those that changed are written, so that focus and scroll position stay.

const SVG = "http://www.w3.org/2000/svg";

export default function ({ data, parentElement, setTriggerValue }) {
  const { table, title, above, colors } = data;
  const root = parentElement.querySelector("table");
  root.setAttribute("aria-label", title);
  root.parentElement.style.setProperty("--above", `${above}rem`);
  head(root.tHead, table);
  const body = root.tBodies[0];
  const { id, isFocused } = held(body);
  fit(body, table.rows.length);
  const several = table.rows.filter(({ chosen }) => chosen >= 0).length > 1;
  table.rows.forEach((row, i) => {
    fill(body.rows[i], row, table);
    mark(body.rows[i], row.chosen ?? -1, several ? colors : []);
  });
  follow(body, id, isFocused);
  root.tHead.onclick = ({ target }) => {
    const button = target.closest("button");
    if (button) setTriggerValue("sort", button.dataset.column);
  };
  body.onclick = (event) => click(event, setTriggerValue);
  body.onkeydown = (event) => walk(event, setTriggerValue);
}

function head(section, { columns, sortable, column, falling }) {
  if (!section.rows.length) {
    const line = section.insertRow();
    line.append(element("th", ""), ...columns.map((name) => title(name, sortable.includes(name))));
    line.cells[0].setAttribute("aria-label", "Chosen");
  }
  [...section.rows[0].cells].slice(1).forEach((cell, i) => {
    const sorted = columns[i] === column;
    if (sorted) cell.setAttribute("aria-sort", falling ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
    cell.querySelector(".arrow")?.replaceChildren(sorted ? (falling ? "▼" : "▲") : "");
  });
}

function title(name, sortable) {
  const cell = element("th", "");
  cell.scope = "col";
  cell.className = ["Accuracy", "Best", "Loss"].includes(name) ? "number" : "";
  if (!sortable) {
    cell.textContent = name;
    return cell;
  }
  const button = element("button", name);
  button.type = "button";
  button.dataset.column = name;
  const arrow = element("span", "");
  arrow.className = "arrow";
  arrow.ariaHidden = "true";
  button.append(arrow);
  cell.append(button);
  return cell;
}

function fill(line, row, table) {
  const { chosen, ...said } = row;
  const picture = table.pictures[row.picture] ?? "";
  const text = JSON.stringify([said, picture]);
  line.dataset.id = row.id;
  if (line.said === text) return;
  line.said = text;
  line.className = row.is_inside ? "inside" : "";
  line.ariaLevel = row.is_inside ? 2 : 1;
  if (row.group) line.setAttribute("aria-expanded", Boolean(row.is_open));
  else line.removeAttribute("aria-expanded");
  line.replaceChildren(box(row), name(row, picture), curves(row, table.size), ...row.cells.map(value));
}

function box({ name }) {
  const cell = element("td", "");
  const input = element("input", "");
  Object.assign(input, { type: "checkbox", tabIndex: -1, ariaLabel: `Choose ${name}` });
  cell.className = "box";
  cell.append(input);
  return cell;
}

function name(row, picture) {
  const cell = element("td", "");
  cell.className = "run";
  const image = element("img", "");
  image.alt = "";
  if (picture) image.src = picture;
  const words = element("div", "");
  words.className = "words";
  const first = element("div", "");
  first.className = "line";
  if (row.group) first.append(arrow(row));
  const called = element("span", row.name);
  called.className = "name";
  called.title = row.name;
  first.append(called, ...(row.tags ?? []).map((tag) => labelled("tag", tag)));
  words.append(first, labelled("recipe", row.words), ...(row.note ? [labelled("note", row.note)] : []));
  cell.append(image, words);
  return cell;
}

function arrow({ group, is_open }) {
  const button = element("button", is_open ? "▾" : "▸");
  button.type = "button";
  button.tabIndex = -1;
  button.className = "open";
  button.ariaLabel = is_open ? "Hide its runs" : `Show its ${group === 1 ? "run" : `${group} runs`}`;
  return button;
}

function labelled(className, text) {
  const made = element(className === "tag" ? "span" : "div", text);
  made.className = className;
  made.title = text;
  return made;
}

function curves({ curves = [], curve_words }, [width, height]) {
  const cell = element("td", "");
  const drawing = document.createElementNS(SVG, "svg");
  const attributes = { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": curve_words ?? "" };
  Object.entries(attributes).forEach(([key, each]) => drawing.setAttribute(key, each));
  curves.forEach(({ path, color, dash = "" }) => {
    const line = document.createElementNS(SVG, "path");
    const style = { d: path, stroke: color, "stroke-dasharray": dash, fill: "none", "stroke-width": 2 };
    Object.entries(style).forEach(([key, each]) => line.setAttribute(key, each));
    drawing.append(line);
  });
  cell.append(drawing);
  return cell;
}

function value(text, i) {
  const cell = element("td", text);
  cell.className = i < 3 ? "number" : "";
  return cell;
}

function mark(line, chosen, colors) {
  line.setAttribute("aria-selected", chosen >= 0);
  line.querySelector("input").checked = chosen >= 0;
  line.style.setProperty("--mark", colors[chosen] ?? "var(--st-primary-color)");
}

// Tells at which run the keyboard is, or else which Tab comes to.
function held(body) {
  const rows = [...body.rows];
  const focused = rows.find((line) => line === body.getRootNode().activeElement);
  const line = focused ?? rows.find(({ tabIndex }) => tabIndex === 0);
  return { id: line?.dataset.id, isFocused: Boolean(focused) };
}

// Keeps the keyboard at a run, whichever row is now its own; at the first one where it is gone.
function follow(body, id, isFocused) {
  const rows = [...body.rows];
  const line = rows.find(({ dataset }) => dataset.id === id) ?? rows[0];
  for (const other of rows) other.tabIndex = other === line ? 0 : -1;
  if (isFocused) line?.focus({ preventScroll: true });
}

function click({ target }, setTriggerValue) {
  const line = target.closest("tr");
  focusOn(line);
  if (target.closest(".open")) return setTriggerValue("open", line.dataset.id);
  setTriggerValue(target.closest(".box") ? "toggle" : "choose", line.dataset.id);
}

function walk(event, setTriggerValue) {
  const line = event.target.closest("tr");
  const rows = [...line.parentElement.rows];
  const at = rows.indexOf(line);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  const expanded = line.getAttribute("aria-expanded");
  const opens = (event.key === "ArrowRight" && expanded === "false") || (event.key === "ArrowLeft" && expanded === "true");
  const trigger = opens ? "open" : { Enter: "choose", " ": "toggle" }[event.key];
  if (!trigger && !rows[to]) return;
  event.preventDefault();
  if (trigger) return setTriggerValue(trigger, line.dataset.id);
  focusOn(rows[to]);
}

function focusOn(line) {
  for (const other of line.parentElement.rows) other.tabIndex = other === line ? 0 : -1;
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

function fit(body, count) {
  while (body.rows.length > count) body.lastChild.remove();
  while (body.rows.length < count) body.append(element("tr", ""));
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
