// A round's counts as bars, each with its words and its number beside it.

function tallyOf({ round, answered, bars, right }, rounds, language) {
  const made = part("section", "tally");
  const heading = rounds > 1 ? `Round ${round}: ${answered} answered` : `${answered} answered`;
  made.append(part("h3", "", right === null || !bars.length ? heading : `${heading}, ${right} right`));
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const list = part("ul", "bars");
  list.append(...bars.map((bar) => barOf(bar, most, language)));
  if (bars.length) made.append(list);
  return made;
}

function barOf({ label, count, right }, most, language) {
  const made = part("li", right ? "bar right" : "bar");
  const track = part("span", "track");
  track.append(part("span", "fill"));
  track.firstChild.style.width = `${(100 * count) / most}%`;
  made.append(part("span", "label", `${right ? "✓ " : ""}${label[language]}`), track, part("span", "count", `${count}`));
  return made;
}

function part(tag, kind, text = "") {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}
