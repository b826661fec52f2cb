// An answer is sent by a request of its own; what came of it stands below the field.

const MOST_TYPED = 60, MOST_WRITTEN = 500; // letters

export default function ({ data, parentElement, setTriggerValue }) {
  const form = parentElement.querySelector("form"), status = parentElement.querySelector("[role=status]");
  const told = JSON.stringify([data.step, data.options, data.words]);
  if (form.told !== told) {
    Object.assign(form, { told, sent: data.given, sentIn: undefined });
    form.querySelector(".field").replaceChildren(fieldOf(data));
    write(status, "");
  }
  if (form.round !== data.round) write(status, ""); // what was given before talking about it does not count again
  form.round = data.round;
  const button = form.querySelector("button");
  button.textContent = data.words.answer;
  for (const control of form.elements) control.disabled = !data.takes;
  if (!data.takes) write(status, "");
  else if ((data.counts || form.sentIn === data.round) && !status.textContent) write(status, data.words.kept.replace("{}", inWords(data, form.sent)));
  form.onsubmit = (event) => {
    event.preventDefault();
    send(form, status, data).then((isKept) => isKept && data.is_long && setTriggerValue("given", true)); // a good one is shown
  };
}

async function send(form, status, { address, step, round, words, options }) {
  const text = new FormData(form).get("answer")?.trim() ?? "", button = form.querySelector("button");
  button.disabled = true;
  const why = await refusal(address, { step, text }, words.lost);
  button.disabled = false;
  status.classList.toggle("refused", why !== "");
  if (!why) Object.assign(form, { sent: text, sentIn: round });
  write(status, why || words.kept.replace("{}", inWords({ options }, text)));
  return !why;
}

async function refusal(address, answer, lost) {
  try {
    const came = await fetch(new URL(address, document.baseURI), { method: "POST", body: JSON.stringify(answer) });
    return came.ok ? "" : (await came.text()).trim();
  } catch {
    return lost;
  }
}

function inWords({ options }, text) {
  return options.length ? `“${options[Number(text) - 1]}”` : text;
}

function fieldOf({ options, is_long, example, given, words }) {
  if (options.length) return choiceOf(options, given, words.label);
  const label = part("label", words.label), field = document.createElement(is_long ? "textarea" : "input");
  Object.assign(field, { name: "answer", value: given, maxLength: is_long ? MOST_WRITTEN : MOST_TYPED, autocomplete: "off" });
  if (!is_long) field.placeholder = example;
  label.append(field);
  return label;
}

function choiceOf(options, given, title) {
  const made = document.createElement("fieldset");
  made.append(part("legend", title), ...options.map((option, i) => {
    const label = part("label", ""), radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "answer", value: String(i + 1), checked: given === String(i + 1) });
    label.append(radio, option);
    return label;
  }));
  return made;
}

function part(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
