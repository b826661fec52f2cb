// Copies a link. A page that came without encryption, as a class's server in one's own network gives it, has no
// clipboard of the newer kind: there the marked text is copied.

export default function ({ data, parentElement }) {
  const field = parentElement.querySelector(".link");
  const said = parentElement.querySelector(".said");
  if (field.value !== data.link) said.textContent = "";
  field.value = data.link;
  field.onfocus = () => field.select();
  parentElement.querySelector(".copy").onclick = async () => {
    said.textContent = (await copied(field)) ? "The link is copied." : "The browser does not copy: press Ctrl+C.";
  };
  draw(parentElement.querySelector(".code"), data.code);
}

async function copied(field) {
  field.select();
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(field.value);
      return true;
    }
  } catch {
    // not allowed: the older way may be
  }
  return document.execCommand("copy");
}

function draw(frame, code) {
  if (frame.dataset.code === code) return;
  frame.dataset.code = code;
  frame.replaceChildren();
  if (!code) return;
  const picture = document.createElement("img");
  picture.src = code;
  picture.alt = "QR code of the link";
  frame.append(picture);
}
