// The answer beside those to the test pictures: how sure it is where it is as sure as usual, and where it is wrong.

const REST = 250; // ms of rest after which all test pictures are asked for

function answersAt({ data, choice }) {
  return tensorsAt(`${data.address}/${choice.step}/answers`);
}

// How a probability comes about: from the scores, by which the network is measured.
function answerButton(view, place, name) {
  const button = Object.assign(element("button", name), { onclick: () => {
    view.answer = place;
    choose(view, { panel: "sum" });
  } });
  button.title = "How this probability comes about";
  return button;
}

function writeAnswer(view) {
  const { data, tensors, answer } = view, last = data.layers.at(-1), scores = mapsOf(tensors[last.name]);
  const values = last.kind === "GaussianRBF" ? scores.values.map((distance) => -distance) : scores.values;
  const value = tensors.probabilities.values[answer];
  write(view, `The answer ${answerNames(data, tensors.probabilities.values)[answer]}`, shared(last, [0, answer, 0], { ...scores, values }), value, 1);
}

// To the next picture that the network gets wrong at this step, from the one after this on.
async function toWrong(view) {
  const { data: { labels }, choice } = view;
  try {
    const { answers: { values } } = await answersAt(view);
    const places = Array.from(values, (_, i) => (choice.picture + 1 + i) % values.length);
    const found = places.find((place) => values[place] !== labels[place]);
    if (found === undefined) return say(view, `At this step it gets all of the first ${values.length.toLocaleString("en")} test pictures right.`);
    choose(view, { picture: found });
  } catch (error) {
    say(view, error.message);
  }
}

function sayUsual(view) {
  const { turn } = view, line = view.flow.querySelector(".usual");
  clearTimeout(view.usualSoon);
  view.usualSoon = setTimeout(async () => {
    const found = await answersAt(view).catch(() => null);
    if (view.turn === turn) line.textContent = found ? usualWords(view, found) : "";
  }, REST);
}

function usualWords({ tensors, data }, { answers, shares }) {
  const sure = Math.max(...tensors.probabilities.values), count = shares.values.length;
  const surer = shares.values.filter((share) => share >= sure).length, right = answers.values.filter((answer, i) => answer === data.labels[i]).length;
  const words = `${surer.toLocaleString("en")} of ${count.toLocaleString("en")} test pictures make it as sure`;
  return hasClassesOf(data, tensors.probabilities.values) ? `${words}; ${((100 * right) / count).toFixed(1)} % it gets right.` : `${words}; none is of its classes.`;
}
