// What is seen as a file: one picture of the flow and of what stands below, with a caption that says of what, and the values.

const UNSAFE = /[^\p{L}\p{N}]+/gu; // in a file's name

function beginSaving(view) {
  const [png, svg, values] = view.root.querySelectorAll(".saves button");
  const close = () => view.root.querySelector(".saves").removeAttribute("open");
  png.onclick = () => { close(); savePng(view).catch((error) => say(view, error.message)); };
  svg.onclick = () => { close(); save(new Blob([svgOf(view)], { type: "image/svg+xml" }), fileName(view, "svg")); };
  values.onclick = () => { close(); saveValues(view); };
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function fileName({ data, choice, isOwn }, ending) {
  const picture = isOwn ? "own picture" : `picture ${choice.picture}`;
  return `${[data.title, `step ${choice.step}`, picture].join(" ").replaceAll(UNSAFE, "-")}.${ending}`;
}

// The server writes them: for a test picture as it is, or as it is moved.
function saveValues(view) {
  const { data, choice, isOwn } = view;
  if (isOwn) return say(view, "The values of one's own picture are kept nowhere, so there is no file of them. Save the picture instead.");
  const address = `${data.address}/${choice.step}/test/${choice.picture}/values.npz?${moveQuery(view)}`;
  Object.assign(document.createElement("a"), { href: new URL(address, document.baseURI).href, download: fileName(view, "npz") }).click();
}

async function savePng(view) {
  const picture = new Image(), source = svgOf(view);
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * picture.width, height: 2 * picture.height });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  save(await new Promise((done) => canvas.toBlob(done, "image/png")), fileName(view, "png"));
}
