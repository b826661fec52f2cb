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
  if (message.page !== shown.data.page && shown.asked !== message.page) {
    shown.asked = message.page;
    shown.send("follow", message.page);
  }
}

function draw({ root, data: { language, options, asked }, message }) {
  const told = message?.told;
  if (!told) return;
  const { joined, paused, closed, steps, earlier } = told;
  const isOne = steps.length === 1;
  const asks = isOne && asked[steps[0].name];
  const answered = asks ? `${steps[0].answered} of ${joined} answered` : `${joined} here`;
  const state = closed ? "The lesson is over." : paused ? "A pause: look up." : asks ? stateOf(steps[0]) : "";
  write(root.querySelector(".state"), [answered, state].filter(Boolean).join(" · "));
  root.querySelector(".share span").style.width = `${joined && asks ? (100 * steps[0].answered) / joined : 0}%`;
  root.querySelector(".share").hidden = !asks || steps[0].revealed;
  const parts = isOne ? talliesOf(steps[0], language, options) : steps.map((step) => stepOf(step, joined, language));
  parts.push(...earlier.map((step) => stepOf(step, joined, language)));
  const now = JSON.stringify([steps, earlier, joined, language]);
  const list = root.querySelector(".steps");
  if (list.dataset.shown === now) return;
  list.dataset.shown = now;
  list.classList.toggle("many", !isOne || earlier.length > 0);
  list.replaceChildren(...parts.flat());
}

function stateOf({ takes_answers, revealed, round }) {
  if (revealed) return "";
  if (!takes_answers) return "answers are closed";
  return round > 1 ? `round ${round}: talk, then answer again` : "";
}

function talliesOf(step, language, options = {}) {
  const asked = options[step.name] ?? [];
  if (asked.length && !step.tallies.length) return [optionsOf(asked)]; // else they stand beside their bars
  const right = step.revealed && step.right ? [part("p", "right-words", `✓ ${step.right[language]}`)] : [];
  const tallies = step.tallies.filter(({ bars, curves }) => bars.length || curves.length).map((each) => tallyOf(each, step, language));
  return [...right, ...tallies, ...(step.runs.length ? [runsOf(step.runs)] : [])];
}

function optionsOf(words) {
  const made = part("ol", "options");
  made.append(...words.map((option) => part("li", "", option)));
  return made;
}

function stepOf(step, joined, language) {
  const made = part("section", "step");
  made.append(part("h2", "", step.title[language]), part("p", "", `${step.answered} of ${joined}`), ...talliesOf(step, language));
  return made;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
