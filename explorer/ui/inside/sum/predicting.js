// A value is predicted before it is shown: its window and kernel stand there, the products and sums do not.

const CLOSE = 0.02; // of the value, or of what the layer's scale shows: rounded sums by hand are right

function predictButton(view) {
  const button = element("button", view.predicts ? "Show values" : "Predict first");
  button.onclick = () => {
    view.predicts = !view.predicts;
    point(view, view.place);
  };
  return button;
}

// Hides the value, and asks for it.
function askValue(view, head, value, scale) {
  const { sum } = view, form = element("form", ""), input = element("input", "");
  Object.assign(input, { type: "number", step: "any", required: true, name: "predicted" });
  input.setAttribute("aria-label", "Your value");
  form.append(element("span", "Your value "), input, element("button", "Compare"));
  form.onsubmit = (event) => {
    event.preventDefault();
    sum.removeAttribute("data-asks");
    form.replaceWith(element("p", verdictOn(Number(input.value), value, scale), "verdict"));
  };
  sum.setAttribute("data-asks", "");
  head.after(form);
}

function verdictOn(said, value, scale) {
  const off = Math.abs(said - value), isClose = off <= CLOSE * Math.max(Math.abs(value), scale);
  if (isClose) return `Right: you said ${digits(said)}, it is ${digits(value)}.`;
  const isTurned = value !== 0 && Math.abs(said + value) <= CLOSE * Math.abs(value);
  return `You said ${digits(said)}, it is ${digits(value)}: ${isTurned ? "the sign is turned round" : `${digits(off)} ${said < value ? "too little" : "too much"}`}.`;
}
