// How a class stands, as it is told: only the rows that changed come, and only what changed in them is written, so that
// a name that has the focus keeps it. A name opens its card.

const kept = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const frame = parentElement.querySelector(".frame");
  const isNew = !kept.has(frame);
  const desk = kept.get(frame) ?? { rows: new Map(), lines: new Map() };
  kept.set(frame, desk);
  Object.assign(desk, { data, root: parentElement, send: setTriggerValue });
  const stream = follow(frame, data.address ?? undefined, (message) => hear(desk, message));
  if (isNew) stream?.askAgain(); // for all rows
  drawHead(desk);
  draw(desk);
}

function hear(desk, message) {
  desk.message = message;
  if (message.told) {
    for (const row of message.rows) desk.rows.set(row.member, row);
    const here = new Set(message.told.order);
    for (const member of desk.rows.keys()) if (!here.has(member)) desk.rows.delete(member);
  }
  draw(desk);
  keepUp(desk, message);
}

function drawHead({ root, data }) {
  const line = part("tr");
  line.append(cell("th", "name", "Name", "col"), cell("th", "", "At", "col"));
  data.steps.forEach(({ title, name }, i) => {
    const head = cell("th", name === data.step ? "here" : "", `${i + 1} ${title}`, "col");
    head.title = `${i + 1} ${title}`;
    line.append(head);
  });
  const head = root.querySelector("thead");
  if (head.firstChild?.textContent !== line.textContent || head.querySelector(".here")?.title !== line.querySelector(".here")?.title) {
    head.replaceChildren(line);
  }
}

function cell(tag, kind, text, scope) {
  const made = part(tag, kind, text);
  if (scope) made.scope = scope;
  return made;
}

function draw(desk) {
  const { root, data, message, rows, lines } = desk;
  const told = message?.told;
  const body = root.querySelector("tbody");
  const order = told?.order ?? [];
  write(root.querySelector(".empty"), told && !order.length ? "Nobody is here yet. The code opens the room." : "");
  for (const [member, line] of lines) {
    if (!rows.has(member)) {
      line.remove();
      lines.delete(member);
    }
  }
  order.forEach((member, i) => {
    const line = lines.get(member) ?? newLine(desk, member);
    if (body.children[i] !== line) body.insertBefore(line, body.children[i] ?? null);
    fill(line, rows.get(member), data);
  });
  if (!told) return;
  drawNow(desk, told);
  drawCalls(desk, order.map((member) => rows.get(member)));
}

function newLine(desk, member) {
  const line = part("tr");
  const head = cell("th", "name", "", "row");
  const button = part("button");
  button.type = "button";
  button.onclick = () => desk.send("choose", member);
  head.append(button, part("span", "calls"));
  line.append(head, part("td", "at"));
  desk.lines.set(member, line);
  return line;
}

function fill(line, row, { steps, step, marks, outcomes }) {
  if (!row) return;
  const [button, calls] = line.firstChild.children;
  write(button, row.called);
  write(calls, [row.wants_help && "help", row.stuck && "stuck"].filter(Boolean).join(" · "));
  write(line.children[1], `${steps.findIndex(({ name }) => name === row.at) + 1}`);
  steps.forEach(({ name, options, sketch }, i) => {
    const place = line.children[i + 2] ?? line.appendChild(part("td"));
    const given = row.cells[name];
    place.className = [name === step && "here", given?.outcome].filter(Boolean).join(" ");
    const text = given ? sketch || (options[Number(given.text) - 1] ?? given.text) : "";
    write(place, given ? `${marks[given.outcome]} ${text}`.trim() : "");
    place.title = given ? [outcomes[given.outcome], text, ...given.slips, `${given.tries} tries`, `round ${given.round}`].join(" · ") : "";
  });
}

function drawNow(desk, told) {
  const { root, data } = desk;
  const now = root.querySelector(".now");
  const step = told.steps.find(({ name }) => name === data.step);
  const shown = JSON.stringify([step, told.joined, data.language]);
  if (now.dataset.shown === shown) return;
  now.dataset.shown = shown;
  if (!step) return now.replaceChildren();
  if (!data.steps.find(({ name }) => name === data.step).asks) return now.replaceChildren(part("p", "state", "Nothing is asked here: look, and talk."));
  const state = step.revealed ? "what is right is shown" : step.takes_answers ? "answers are open" : "answers are closed";
  const lines = [part("p", "state", `${step.answered} of ${told.joined} answered · ${state}${step.round > 1 ? ` · round ${step.round}` : ""}`)];
  if (step.right) lines.push(part("p", "", `Right: ${step.right[data.language]}`));
  lines.push(...step.tallies.filter(({ bars, curves }) => bars.length || curves.length).map((each) => tallyOf(each, step, data)));
  if (step.runs.length) lines.push(runsOf(step.runs, data.words));
  if (step.board) lines.push(boardOf(step.board, data.words), part("p", "", boardCounts(step.board, data.words).join(" · ")));
  const slips = step.tallies.at(-1)?.slips ?? [];
  if (slips.length) lines.push(part("h3", "", "Typical slips"), listOf(slips.map(([name, count]) => part("span", "", `${count} × ${name}`))));
  now.replaceChildren(...lines);
}

function drawCalls(desk, rows) {
  const calls = desk.root.querySelector("section.calls");
  const groups = [
    ["Wants help", rows.filter((row) => row?.wants_help), () => ""],
    ["Stuck", rows.filter((row) => row?.stuck), ({ stuck }) => ` (${stuck})`],
  ].filter(([, found]) => found.length);
  const shown = JSON.stringify(groups.map(([title, found, why]) => [title, found.map((row) => [row.member, row.called, why(row)])]));
  if (calls.dataset.shown === shown) return;
  calls.dataset.shown = shown;
  calls.replaceChildren(...groups.flatMap(([title, found, why]) => [
    part("h3", "", `${title}: ${found.length}`),
    listOf(found.map((row) => callOf(desk, row, why(row)))),
  ]));
}

function callOf(desk, { member, called }, why) {
  const made = part("span");
  const button = part("button", "", called);
  button.type = "button";
  button.onclick = () => desk.send("choose", member);
  made.append(button, why);
  return made;
}

function listOf(items) {
  const made = part("ul", "list");
  made.append(...items.map((item) => {
    const line = part("li");
    line.append(item);
    return line;
  }));
  return made;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
