// A pad to draw on with pen, finger or mouse: strokes that can be taken back, in the data set's way of light and dark.

const PEN = 0.08; // of the pad's side: the width of a digit's stroke in MNIST
const DOT = 0.1; // pixels

function padOf(canvas, { isLight, drawn }) {
  const pad = { canvas, strokes: [], isLight };
  const place = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [((clientX - box.left) / box.width) * canvas.width, ((clientY - box.top) / box.height) * canvas.height];
  };
  canvas.onpointerdown = (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    pad.pointer = event.pointerId;
    pad.strokes.push([place(event)]);
    redraw(pad);
    drawn();
  };
  canvas.onpointermove = (event) => {
    if (event.pointerId !== pad.pointer) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    pad.strokes.at(-1).push(...(passed.length ? passed : [event]).map(place));
    redraw(pad);
    drawn();
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    if (event.pointerId === pad.pointer) pad.pointer = undefined;
  };
  redraw(pad);
  return pad;
}

function redraw({ canvas, strokes, isLight }) {
  const context = canvas.getContext("2d");
  context.fillStyle = isLight ? "white" : "black";
  context.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(context, { strokeStyle: isLight ? "black" : "white", lineWidth: PEN * canvas.width, lineCap: "round", lineJoin: "round" });
  for (const stroke of strokes) {
    const [[x, y], ...rest] = stroke;
    context.beginPath();
    context.moveTo(x - DOT, y); // a line without a length is not drawn, and a dot is one
    for (const point of [[x, y], ...rest]) context.lineTo(...point);
    context.stroke();
  }
}

function restroke(pad, strokes) {
  pad.strokes = strokes;
  pad.pointer = undefined;
  redraw(pad);
}
