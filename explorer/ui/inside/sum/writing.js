// The sum of one value in words and numbers, beside the maps.

function write(view, where, { lines, sign }, value, scale) {
  const head = element("p", "", "head");
  const what = element("span", "", "what");
  what.append(element("span", where, "where"), element("span", sign ? `: ${sign}` : "", "sign"));
  head.append(what, ...(lines.length ? [playButton(view), predictButton(view)] : []), element("b", `= ${digits(value)}`, "value"));
  const parts = element("div", "", "lines");
  parts.append(...lines.map((line, number) => lineOf(view, line, number === 0)));
  const isHeld = view.sum.contains(view.root.getRootNode().activeElement) && view.root.getRootNode().activeElement.matches(".play");
  view.sum.replaceChildren(head, parts);
  if (isHeld) head.querySelector(".play")?.focus();
  view.sum.removeAttribute("data-asks");
  if (view.predicts && lines.length) askValue(view, head, value, scale);
  view.sum.style.setProperty("--much", Math.min(1, Math.abs(value) / scale));
}

function whereIs(layer, place, maps) {
  const where = maps.isRow ? `value ${place[1] + 1}` : `map ${place[0] + 1}, row ${place[1] + 1}, column ${place[2] + 1}`;
  return `${layer.name}, ${where}`;
}

function lineOf(view, { words, value, cells }, isOpen) {
  const line = document.createElement(cells ? "details" : "div");
  const head = document.createElement(cells ? "summary" : "p");
  head.append(element("span", words), element("b", digits(value)));
  line.className = "line";
  line.append(head);
  if (cells) {
    line.append(gridsOf(cells));
    line.open = isOpen;
  }
  return line;
}

function gridsOf(cells) {
  const grids = document.createElement("div");
  grids.className = "grids";
  const isWeighed = cells[0].weight !== undefined;
  grids.append(gridOf(cells, "value", isWeighed ? "values" : ""));
  if (isWeighed) grids.append(element("span", "×"), gridOf(cells, "weight", "kernel"), element("span", "="), gridOf(cells, "product", "products"));
  return grids;
}

function gridOf(cells, what, title) {
  const table = document.createElement("table");
  table.className = `each-${what}`;
  if (title) table.createCaption().textContent = title;
  const most = Math.max(...cells.map((cell) => Math.abs(cell[what]))) || 1;
  for (const line of Object.values(Object.groupBy(cells, ({ i }) => i))) {
    const row = table.insertRow();
    for (const cell of line) {
      const box = row.insertCell();
      box.textContent = short(cell[what]);
      box.title = cell.padding ? "padding" : digits(cell[what]);
      box.className = [cell.wins ? "wins" : "", cell.padding ? "padding" : ""].join(" ").trim();
      box.style.setProperty("--share", cell[what] / most);
    }
  }
  return table;
}

function short(value) {
  return Math.abs(value) < 0.005 ? "0" : value.toFixed(Math.abs(value) < 10 ? 2 : 0).replace("-", "−").replace(/^(−?)0\./, "$1.");
}

function element(tag, words, className = "") {
  return Object.assign(document.createElement(tag), { textContent: words, className });
}
