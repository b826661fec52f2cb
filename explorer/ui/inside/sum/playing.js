// The window goes over the map by itself, place after place, until it is stopped or has come to the end.

const TEMPO = 400; // ms at each place

function playButton(view) {
  const button = element("button", view.plays ? "Stop" : "Play", "play");
  button.onclick = () => {
    if (view.plays) stopPlaying(view);
    else play(view);
    point(view, view.place);
  };
  return button;
}

function play(view) {
  const { layer } = view.choice;
  view.sum.setAttribute("aria-live", "off"); // nobody can hear so many numbers
  view.plays = setInterval(() => {
    const next = view.root.isConnected && view.choice.layer === layer ? onwards(view) : null;
    if (!next) stopPlaying(view);
    point(view, next ?? view.place);
  }, TEMPO);
}

function stopPlaying(view) {
  clearInterval(view.plays);
  view.plays = undefined;
  view.sum.setAttribute("aria-live", "polite");
}

// The place after this one, as one reads; none after a map's last.
function onwards({ place: [map, row, column], tensors, choice }) {
  const { height, width } = mapsOf(tensors[choice.layer]);
  if (column + 1 < width) return [map, row, column + 1];
  return row + 1 < height ? [map, row + 1, 0] : null;
}
