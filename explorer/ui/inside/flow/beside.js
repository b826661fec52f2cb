// Another network beside this one sees the same picture: a contender of its race, or itself before the first step.

function beginBeside(view) {
  const box = view.root.querySelector(".other");
  view.beside = { box, choice: view.root.querySelector(".besides"), flow: box.querySelector(".flow"), columns: new Map() };
  view.beside.choice.onchange = () => choose(view, { beside: view.beside.choice.value });
}

// The other network with the step of it that is nearest to this one's, and where that is served; nothing without one.
function otherOf({ data, choice }) {
  const other = data.others.find(({ id }) => id === choice.beside);
  if (!other) return undefined;
  const place = nearestStep(other.steps, choice.step);
  return { ...other, place, at: `${other.address}/${other.steps[place]}` };
}

async function showBeside(view) {
  const { beside, turn, data, choice, root } = view, other = otherOf(view);
  choicesBeside(view);
  root.toggleAttribute("data-beside", Boolean(other));
  beside.box.hidden = !other;
  if (!other) return;
  const { place, at } = other, who = beside.box.querySelector(".who");
  root.querySelector(".who").textContent = `This run · ${data.moments[data.steps.indexOf(choice.step)] ?? ""}`;
  try {
    const tensors = await (view.isOwn ? ownTensors(view, at) : tensorsOfTest(view, at));
    if (view.turn !== turn) return;
    paintFlow(view, { ...beside, layers: other.layers, tensors });
    who.textContent = other.title === other.moments[place].toLowerCase() ? other.moments[place] : `${other.title} · ${other.moments[place]}`;
  } catch (error) {
    if (view.turn === turn) who.textContent = `${other.title}: ${error.message}`;
  }
}

function choicesBeside({ beside, data, choice }) {
  const others = [{ id: "", title: "nothing" }, ...data.others];
  beside.choice.closest("label").hidden = others.length === 1;
  if ([...beside.choice.options].map(({ value }) => value).join() !== others.map(({ id }) => id).join()) {
    beside.choice.replaceChildren(...others.map(({ id, title }) => new Option(title, id)));
  }
  beside.choice.value = choice.beside;
}

// Contenders take the same steps, but one may have ended earlier.
function nearestStep(steps, step) {
  const away = steps.map((each) => Math.abs(each - step));
  return away.indexOf(Math.min(...away));
}
