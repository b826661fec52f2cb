// Small pictures from one sheet, each with its class and what networks answered.

const SHOWN = 84; // px that a picture is at least wide where the page's type is at its smallest: whole pixels of it, all as wide

export default function ({ data, parentElement, setTriggerValue }) {
  const { sheet, captions, title, opens } = data;
  const open = opens ? { words: opens, picture: (number) => setTriggerValue("open", number) } : null;
  const list = parentElement.querySelector("ol");
  list.setAttribute("aria-label", title);
  list.replaceChildren(...captions.map((caption, place) => item(sheet, caption, place, open)));
}

function item(sheet, caption, place, open) {
  const made = document.createElement("li");
  if (sheet) made.append(picture(sheet, caption, place, open));
  const truth = line("truth", caption.truth);
  if (caption.given) truth.append(line("given", caption.given));
  made.append(truth);
  for (const said of caption.answers) made.append(answer(said));
  return made;
}

function picture({ png, columns, rows, height, width }, { number, truth }, place, open) {
  const made = document.createElement(open ? "button" : "div");
  const scale = Math.ceil((SHOWN * parseFloat(getComputedStyle(document.documentElement).fontSize)) / 16 / width);
  const [down, across] = [Math.floor(place / columns), place % columns];
  made.className = "picture";
  const name = `Test picture ${number.toLocaleString("en")}`;
  made.title = open ? `${name}. ${open.words}` : name;
  made.ariaLabel = `${name}: ${truth}`;
  if (open) made.onclick = () => open.picture(number);
  else made.role = "img";
  made.style.width = `${scale * width}px`;
  made.style.height = `${scale * height}px`;
  made.style.backgroundImage = `url("${png}")`;
  made.style.backgroundSize = `${scale * width * columns}px ${scale * height * rows}px`;
  made.style.backgroundPosition = `-${scale * width * across}px -${scale * height * down}px`;
  return made;
}

function answer({ who, answer, confidence, right }) {
  return line(right ? "right" : "wrong", `${who ? `${who}: ` : ""}${right ? "✓" : "✗"} ${answer} ${confidence}`);
}

function line(kind, words) {
  const made = document.createElement("div");
  made.className = kind;
  made.textContent = words;
  return made;
}
