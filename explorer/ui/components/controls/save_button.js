// A button that saves a file which the server sends. It asks first: what a browser is refused it would save as a file.

const SILENT = "The server does not answer. Try again in a moment.";

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = () => save(new URL(data.address, document.baseURI), parentElement.querySelector("[role=alert]"));
}

async function save(url, alert) {
  alert.textContent = await refusal(url);
  if (alert.textContent) return;
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
}

async function refusal(url) {
  try {
    const { ok } = await fetch(url, { method: "HEAD" });
    return ok ? "" : await (await fetch(url)).text();
  } catch {
    return SILENT;
  }
}
