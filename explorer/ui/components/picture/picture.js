// The network's picture: drawn by Python as SVG, chosen from and saved here.

const SHARPER = 2; // pixels of a saved PNG for each of the picture's

export default function ({ data, parentElement, setTriggerValue }) {
  const { drawings, widths, selected, file, enlarges } = data;
  const frame = parentElement.querySelector(".frame");
  const fitting = () => drawings[Math.max(0, widths.findLastIndex((width) => width <= frame.clientWidth))];
  const show = () => {
    if (frame.drawn !== fitting()) draw(frame, fitting());
    mark(frame, frame.chosen);
  };
  frame.chosen = selected;
  show();
  frame.watch?.disconnect();
  frame.watch = new ResizeObserver(show);
  frame.watch.observe(frame);
  const choose = ({ target }) => {
    const layer = target.closest("[data-index]");
    if (!layer) return;
    frame.chosen = Number(layer.dataset.index);
    mark(frame, frame.chosen);
    setTriggerValue("select", Number(layer.dataset.index));
  };
  frame.onclick = choose;
  frame.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(event);
  };
  const larger = parentElement.querySelector(".larger");
  larger.hidden = !enlarges;
  larger.onclick = () => setTriggerValue("larger", true);
  const [asSvg, asPng] = parentElement.querySelectorAll(".save");
  const text = () => new Blob([frame.drawn], { type: "image/svg+xml" });
  asSvg.onclick = () => save(text(), `${file}.svg`);
  asPng.onclick = async () => save(await toPng(text()), `${file}.png`);
  return () => frame.isConnected || frame.watch.disconnect();
}

function draw(frame, svg) {
  const focused = frame.querySelector(":focus")?.dataset.index;
  frame.innerHTML = svg; // Python's own words, a design's name escaped
  frame.drawn = svg;
  const picture = frame.firstElementChild;
  for (const side of ["width", "height"]) frame.style.setProperty(`--${side}`, `${picture[side].baseVal.value}px`);
  if (focused !== undefined) frame.querySelector(`[data-index="${focused}"]`)?.focus({ preventScroll: true });
}

function mark(frame, selected) {
  for (const layer of frame.querySelectorAll("[data-index]")) {
    layer.setAttribute("aria-pressed", Number(layer.dataset.index) === selected);
  }
}

async function toPng(text) {
  const picture = new Image();
  const address = URL.createObjectURL(text);
  picture.src = address;
  await picture.decode();
  URL.revokeObjectURL(address);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(SHARPER * picture.width);
  canvas.height = Math.round(SHARPER * picture.height);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // a browser may ask first where to put it
}
