"""The element that draws what a network makes of a picture: it asks for tensors itself, and waits for no page."""

from collections.abc import Callable, Sequence
from pathlib import Path

from explorer.ui.components.element import element, told
from explorer.views.common.palette import BLUE, VERMILION, rgb
from explorer.views.inside.layers import Inside
from explorer.views.inside.shown import PANELS, Shown, to_choice

HTML = """<div class="inside">
  <div class="pick">
    <button class="before" aria-label="Picture before">‹</button>
    <label>Picture <input class="picture" type="number" min="0" aria-label="Picture"></label>
    <button class="after" aria-label="Picture after">›</button>
    <label>of class <select class="class" aria-label="Class"></select></label>
    <button class="random">Any</button>
    <label class="at">Time <input class="time" type="range" min="0" aria-label="Time"></label>
    <span class="moment"></span>
  </div>
  <p class="note" role="alert" hidden></p>
  <div class="flow" role="group" aria-label="Layers"></div>
  <div class="panels" role="group" aria-label="What is shown"></div>
  <div class="near">
    <div>
      <p class="title"></p>
      <div class="sheet"><canvas class="large" tabindex="0" role="img"></canvas><div class="mark"></div></div>
      <p class="scale"></p>
    </div>
    <div class="sum" role="region" aria-label="How this value comes about" aria-live="polite"></div>
  </div>
</div>"""
PARTS = "".join(
    (Path(__file__).parent / f"{part}.js").read_text("utf-8")
    for part in ("tensors", "drawing", "sums", "writing", "panels/panels", "panels/filters", "panels/hangs")
)
COLOURS = f".inside {{ --above: {VERMILION}; --below: {BLUE}; }}\n"
_mount = element(__file__, "inside_view", html=HTML, css=COLOURS, js=PARTS)


def inside_view(
    inside: Inside, shown: Shown, *, address: str, labels: Sequence[int], on_choose: Callable[[Shown], None]
) -> None:
    """Draw a network from the inside; another choice is told by `on_choose` before the next run.

    `address` is where the run's steps are served, `labels` has the class of each test picture.
    """
    data = {
        "address": address,
        "layers": [layer._asdict() for layer in inside.layers],
        "steps": list(inside.steps),
        "moments": list(inside.moments),
        "classes": list(inside.classes),
        "labels": list(labels),
        "panels": list(PANELS.items()),
        "choice": shown._asdict(),
        "colours": {"above": rgb(VERMILION), "below": rgb(BLUE)},
    }
    _mount(key="inside", data=data, on_choose_change=lambda: _chosen(on_choose))


def _chosen(on_choose: Callable[[Shown], None]) -> None:
    if chosen := told("inside", "choose"):
        on_choose(to_choice(chosen))
