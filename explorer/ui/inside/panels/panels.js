// What stands below the flow: one panel of several, each of which draws what it has into a box of its own.

const PANELS = { sum: enlarge, filters: filters, excites: excites, plane: plane, hangs: hangs, moved: moved };

function showPanel(view) {
  const { data, choice, panels } = view;
  if (!Object.hasOwn(PANELS, choice.panel)) choice.panel = "sum";
  if (panels.children.length !== data.panels.length) buildPanels(view);
  for (const button of panels.children) button.setAttribute("aria-pressed", button.name === choice.panel);
  for (const [name, box] of view.boxes) box.hidden = name !== choice.panel;
  PANELS[choice.panel](view, view.boxes.get(choice.panel));
}

function buildPanels(view) {
  view.boxes = new Map([["sum", view.near]]);
  view.panels.replaceChildren(...view.data.panels.map(([name, title]) => {
    const button = Object.assign(document.createElement("button"), { name, textContent: title });
    button.onclick = () => choose(view, { panel: name });
    if (!view.boxes.has(name)) view.boxes.set(name, view.root.appendChild(element("section", "", "box")));
    return button;
  }));
}

// A test picture that is chosen in a panel takes the place of one's own.
function choosePicture(view, picture) {
  if (view.own.isOpen) openOwn(view, false);
  choose(view, { picture });
}

// A sheet of maps with the value under the pointer in words: `said` gives them for a place, `null` for none.
function pointedSheet(maps, sheet, { scale, colours, said, label }) {
  const frame = element("div", "", "sheet"), canvas = element("canvas", "", "large"), words = element("p", " ", "scale");
  const [wide, tall] = sizeOfSheet(sheet);
  frame.style.setProperty("--shape", wide / tall);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  draw(canvas, maps, sheet, scale, colours);
  const at = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    return fromSheet(Math.floor(x * wide), Math.floor(y * tall), maps, sheet);
  };
  canvas.onpointermove = canvas.onpointerdown = (event) => {
    const place = at(event);
    words.textContent = place ? said(place) : "\u00a0";
  };
  frame.append(canvas);
  return [frame, words];
}
