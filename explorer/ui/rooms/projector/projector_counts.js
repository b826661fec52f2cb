// What a room's projector is told: counts alone, which nobody has a name in.

const kept = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const isNew = !kept.has(parentElement);
  const shown = kept.get(parentElement) ?? {};
  kept.set(parentElement, shown);
  Object.assign(shown, { data, root: parentElement, send: setTriggerValue });
  const stream = follow(parentElement, data.address ?? undefined, (message) => hear(shown, message));
  if (isNew) stream?.askAgain();
  draw(shown);
}

function hear(shown, message) {
  shown.message = message;
  draw(shown);
  keepUp(shown, message);
}

function draw({ root, data, message }) {
  const told = message?.told;
  if (!told) return;
  const { words } = data;
  const { joined, paused, closed, steps, earlier } = told;
  const isOne = steps.length === 1;
  const asks = isOne && data.asked[steps[0].name];
  const answered = asks ? filled(words.of_all, steps[0].answered, joined) : filled(words.here, joined);
  const state = closed ? words.over : paused ? words.paused : asks ? stateOf(steps[0], words) : "";
  const board = isOne && steps[0].board;
  write(root.querySelector(".state"), [answered, state, ...(board ? boardCounts(board, data.words) : [])].filter(Boolean).join(" · "));
  root.querySelector(".share span").style.width = `${joined && asks ? (100 * steps[0].answered) / joined : 0}%`;
  root.querySelector(".share").hidden = !asks || steps[0].revealed || Boolean(board);
  const parts = isOne ? talliesOf(steps[0], data, data.options[steps[0].name]) : steps.map((step) => stepOf(step, joined, data));
  parts.push(...earlier.map((step) => stepOf(step, joined, data)));
  const now = JSON.stringify([steps, earlier, joined, data.language]);
  const list = root.querySelector(".steps");
  if (list.dataset.shown === now) return;
  list.dataset.shown = now;
  list.classList.toggle("many", !isOne || earlier.length > 0);
  list.replaceChildren(...parts.flat());
}

function stateOf({ takes_answers, revealed, round }, words) {
  if (revealed) return "";
  if (!takes_answers) return words.closed;
  return round > 1 ? filled(words.again, round) : "";
}

function talliesOf(step, data, options = []) {
  if (step.board) return [boardOf(step.board, data.words)];
  if (options.length && !step.tallies.length) return [optionsOf(options)]; // else they stand beside their bars
  const right = step.revealed && step.right ? [part("p", "right-words", `✓ ${step.right[data.language]}`)] : [];
  const tallies = step.tallies.filter(({ bars, curves }) => bars.length || curves.length).map((each) => tallyOf(each, step, data));
  return [...right, ...tallies, ...(step.runs.length ? [runsOf(step.runs, data.words)] : [])];
}

function optionsOf(words) {
  const made = part("ol", "options");
  made.append(...words.map((option) => part("li", "", option)));
  return made;
}

function stepOf(step, joined, data) {
  const made = part("section", "step");
  made.append(part("h2", "", step.title[data.language]), part("p", "", `${step.answered} / ${joined}`), ...talliesOf(step, data));
  return made;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
