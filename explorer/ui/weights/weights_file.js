// A file that is chosen or dropped goes to the server's disk: first asked for, then sent, with how much of it is there.

const SILENT = "The server does not answer. Try again in a moment.";

const fields = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".file");
  const field = fields.get(box) ?? made(parentElement, box);
  fields.set(box, field);
  Object.assign(field, { data, tell: (id) => setTriggerValue("sent", id) });
  parentElement.querySelector(".label").textContent = data.label;
  box.querySelector("small").textContent = `${data.endings.join(", ")} · at most ${megabytes(data.most)}`;
  field.input.accept = data.endings.join(",");
}

function made(root, box) {
  const find = (name) => root.querySelector(name);
  const field = { box, input: find("input"), bar: find("progress"), alert: find("[role=alert]"), said: find("span") };
  field.input.onchange = () => {
    if (field.input.files.length) take(field, field.input.files[0]);
    field.input.value = "";
  };
  box.ondragover = (event) => event.preventDefault();
  box.ondrop = (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length && !field.input.disabled) take(field, event.dataTransfer.files[0]);
  };
  return field;
}

async function take(field, file) {
  field.alert.textContent = "";
  working(field, file.name);
  try {
    const id = await askFor(field.data, file);
    await send(field, id, file);
    follow(field.box);
    field.tell(id);
  } catch (error) {
    field.alert.textContent = error instanceof Refusal ? error.message : SILENT;
  } finally {
    working(field, "");
  }
}

// What is said of the file comes below the field, where a menu may end: it is brought into view until the next click.
function follow(box) {
  const { host } = box.getRootNode(), place = host.closest("[data-testid=stVerticalBlock]");
  const watching = new ResizeObserver(() => host.scrollIntoView({ block: "start" }));
  watching.observe(place);
  document.addEventListener("pointerdown", () => watching.disconnect(), { once: true });
}

class Refusal extends Error {}

async function askFor({ address, asked, most }, file) {
  if (file.size > most) throw new Refusal(`${file.name} has ${megabytes(file.size)}; at most ${megabytes(most)} are read, which holds AlexNet.`);
  const query = new URLSearchParams({ ...asked, name: file.name, size: file.size });
  const answer = await fetch(new URL(`${address}?${query}`, document.baseURI), { method: "POST" });
  if (!answer.ok) throw new Refusal(await answer.text());
  return answer.text();
}

// `fetch` does not say how much it has sent.
function send(field, id, file) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => (field.bar.value = loaded / total);
    request.onload = () => (request.status === 204 ? resolve() : reject(new Refusal(request.responseText || SILENT)));
    request.onerror = () => reject(new Refusal(SILENT));
    request.open("PUT", new URL(`${field.data.address}/${id}`, document.baseURI));
    request.send(file);
  });
}

function working({ input, bar, said }, name) {
  input.disabled = Boolean(name);
  said.textContent = name ? `Sending ${name}` : "Choose a file";
  bar.hidden = !name;
  bar.value = 0;
}

function megabytes(count) {
  return `${Math.ceil(count / 1e6).toLocaleString("en")} MB`;
}
