// What a room's members are told: shown at once, while the page behind is drawn anew a moment later. A pause covers the
// screen and takes the keyboard; it ends where it began, and no key closes it.

const MOVES = "roomMoves"; // on the document while the words of another step stand over those of the page

export default function ({ data, parentElement, setTriggerValue }) {
  const bar = (parentElement.roomBar ??= { root: parentElement });
  Object.assign(bar, { data, send: setTriggerValue });
  follow(parentElement, data.address ?? undefined, (told) => hear(bar, told));
  draw(bar);
  return () => delete document.documentElement.dataset[MOVES];
}

function hear(bar, message) {
  bar.told = message;
  draw(bar);
  keepUp(bar, message);
}

function draw(bar) {
  const { root, data } = bar;
  const told = bar.told?.told ?? undefined;
  const isOne = told && told.first === told.last;
  const isElsewhere = isOne && told.first !== data.stands.at && bar.told.page !== data.page;
  const stands = { ...data.stands, ...(told && { paused: told.paused, closed: told.closed }), ...(isOne && stepOf(told)) };
  write(root.querySelector("[role=status]"), [data.words.room, said(stands, data.words, isElsewhere)].filter(Boolean).join(" · "));
  const section = root.querySelector("section");
  section.hidden = !(isElsewhere && told.title);
  if (!section.hidden) {
    write(section.querySelector("h2"), told.title[data.language]);
    section.querySelector("div").replaceChildren(...paragraphs(told.text?.[data.language] ?? ""));
  }
  if (section.hidden) delete document.documentElement.dataset[MOVES];
  else document.documentElement.dataset[MOVES] = "";
  cover(root.querySelector("dialog"), stands.paused && !stands.closed, data.words.paused);
}

function stepOf({ takes_answers, round, revealed }) {
  return { takes_answers, round, revealed };
}

function said({ closed, asks, revealed, takes_answers, round }, words, isElsewhere) {
  if (closed) return words.over;
  if (isElsewhere) return words.moves;
  if (!asks) return "";
  if (revealed) return words.revealed;
  if (!takes_answers) return words.closed;
  return round > 1 ? words.again.replace("{}", round) : words.open;
}

function cover(dialog, isPaused, words) {
  write(dialog.querySelector("p"), words);
  dialog.oncancel = (event) => event.preventDefault();
  dialog.onclose = () => dialog.dataset.paused && dialog.showModal(); // a browser closes one at a second Escape
  if (isPaused) dialog.dataset.paused = "yes";
  else delete dialog.dataset.paused;
  if (isPaused && !dialog.open) dialog.showModal();
  if (!isPaused && dialog.open) dialog.close();
}

// Markdown as far as a step's words mostly have it; the page that follows shows all of it.
function paragraphs(text) {
  return text.split(/\n{2,}/).map((part) => {
    const made = document.createElement("p");
    made.append(...part.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map(piece));
    return made;
  });
}

function piece(text) {
  const [, bold, code] = /^(?:\*\*(.+)\*\*|`(.+)`)$/s.exec(text) ?? [];
  if (!bold && !code) return text.replace(/\\(\W)/g, "$1");
  const made = document.createElement(bold ? "strong" : "code");
  made.textContent = bold ?? code;
  return made;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
