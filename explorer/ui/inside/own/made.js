// Pictures that are none: noise, a bar, a ramp. What does a network answer to them, and how sure is it?

const MADE_SIDE = 28, BAR = [12, 16]; // px; the bar's first column and the one after its last
const MADE = {
  Noise: () => Math.random(),
  Bar: (x) => Number(x >= BAR[0] && x < BAR[1]),
  Ramp: (x) => x / (MADE_SIDE - 1),
};

function madeButtons(view) {
  return Object.entries(MADE).map(([name, light]) => Object.assign(element("button", name), { onclick: () => make(view, light) }));
}

// As it is: it would be cut, turned round or centred like a drawn one otherwise.
async function make(view, light) {
  const { own } = view, canvas = Object.assign(document.createElement("canvas"), { width: MADE_SIDE, height: MADE_SIDE });
  const context = canvas.getContext("2d"), image = context.createImageData(MADE_SIDE, MADE_SIDE);
  for (let cell = 0; cell < MADE_SIDE ** 2; cell += 1) {
    const grey = Math.round(255 * light(cell % MADE_SIDE));
    image.data.set([grey, grey, grey, 255], 4 * cell);
  }
  context.putImageData(image, 0, 0);
  restroke(own.pad, []);
  for (const part of Object.keys(own.switches)) own.switches[part] = false;
  buildSteps(view);
  own.picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
  await show(view);
}
