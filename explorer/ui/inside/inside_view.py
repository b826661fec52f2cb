"""The element that draws what a network makes of a picture: it asks for tensors itself, and waits for no page."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from explorer.looking.moving import Shifts
from explorer.looking.own_picture import OwnPictures
from explorer.ui.components.element import element, told
from explorer.views.common.palette import BLUE, COLORS, VERMILION, rgb
from explorer.views.inside.layers import Beside, Inside
from explorer.views.inside.shown import PANELS, Shown, to_choice
from explorer.web.looking.look_address import look_address

HTML = """<div class="inside">
  <div class="pick">
    <span class="tests">
    <button class="before" aria-label="Picture before">‹</button>
    <label>Picture <input class="picture" type="number" min="0" aria-label="Picture"></label>
    <button class="after" aria-label="Picture after">›</button>
    <label>of class <select class="class" aria-label="Class"></select></label>
    <button class="random">Any</button>
    <button class="wrong">A wrong one</button>
    </span>
    <button class="unmoved" hidden>Put it back</button>
    <button class="toggle" aria-expanded="false">Your own</button>
    <span class="tools" role="group" aria-label="Ways to a picture of your own">
      <button class="undo">Undo</button>
      <button class="clear">Clear</button>
      <label class="file">Upload<input type="file" accept="image/*" aria-label="Upload a picture"></label>
      <label class="file camera">Camera<input type="file" accept="image/*" capture="environment"
        aria-label="Take a picture with the camera"></label>
      <span class="paste">or paste one</span>
      <span class="made" role="group" aria-label="Pictures that are none">or </span>
    </span>
    <label class="at">Time <input class="time" type="range" min="0" aria-label="Time"></label>
    <span class="moment"></span>
  </div>
  <p class="note" role="alert" hidden></p>
  <div class="own" role="group" aria-label="Your own picture" hidden>
    <div class="drawn">
      <canvas class="pad" width="280" height="280" role="img"
        aria-label="Drawing pad: draw with pen, finger or mouse"></canvas>
      <p class="hint"></p>
    </div>
    <ol class="steps" aria-label="From your picture to the network's input"></ol>
  </div>
  <p class="who"></p>
  <div class="flow" role="group" aria-label="Layers"></div>
  <div class="other" hidden>
    <p class="who"></p>
    <div class="flow" role="group" aria-label="Layers of the network beside"></div>
  </div>
  <div class="below">
    <div class="panels" role="group" aria-label="What is shown"></div>
    <label>Scale <select class="scaling" aria-label="Scale"></select></label>
    <label>Beside it <select class="besides" aria-label="Beside it"></select></label>
    <details class="saves">
      <summary>Save</summary>
      <div>
        <button>Picture (PNG)</button>
        <button>Picture (SVG)</button>
        <button>Values (NumPy)</button>
      </div>
    </details>
  </div>
  <div class="near">
    <div>
      <p class="title"></p>
      <div class="sheet"><canvas class="large" tabindex="0" role="img"></canvas><div class="mark"></div></div>
      <p class="scale"></p>
    </div>
    <div class="sum" role="region" aria-label="How this value comes about" aria-live="polite"></div>
  </div>
</div>"""
PANEL_PARTS = ("panels", "filters", "excites", "plane", "hangs", "moved", "shifts")
PARTS = (
    *("tensors", "weights"),
    *("flow/drawing", "flow/scales", "flow/flow", "flow/beside", "flow/answers"),
    *("sum/sums", "sum/writing", "sum/windows", "sum/predicting", "sum/playing"),
    *(f"panels/{part}" for part in PANEL_PARTS),
    *("own/pad", "own/made", "own/own", "saving/saving", "saving/picture"),
)
CODE = "".join((Path(__file__).parent / f"{part}.js").read_text("utf-8") for part in PARTS)
COLOURS = f".inside {{ --above: {VERMILION}; --below: {BLUE}; }}\n"
_mount = element(__file__, "inside_view", html=HTML, css=COLOURS, js=CODE)


class Around(NamedTuple):
    """What an inside is drawn with: whose it is, and the pictures that go in."""

    title: str  # of the run
    address: str  # where the run's steps are served
    labels: Sequence[int]  # the class of each test picture
    own: OwnPictures  # how a picture of one's own is made like one
    others: Sequence[Beside]  # networks that may stand beside it
    is_presented: bool
    is_small: bool  # so that the browser gets all its weights at once
    filter_steps: Sequence[int]  # at which a large one's first filters were kept
    shifts: Mapping[str, Shifts | None]  # by address: how its accuracies against the shift are measured


def inside_view(inside: Inside, shown: Shown, around: Around, *, on_choose: Callable[[Shown], None]) -> None:
    """Draw a network from the inside; another choice is told by `on_choose` before the next run."""
    own = around.own
    data = {
        "title": around.title,
        "address": around.address,
        **_network(inside),
        "labels": list(around.labels),
        "panels": list(PANELS.items()),
        "own": {"switches": own.switches._asdict(), "isGrey": own.is_grey},
        "others": [_beside(other) for other in around.others],
        "isPresented": around.is_presented,
        "isSmall": around.is_small,
        "filterSteps": list(around.filter_steps),
        "shifts": {address: each and each._asdict() for address, each in around.shifts.items()},
        "choice": shown._asdict(),
        "colours": {"above": rgb(VERMILION), "below": rgb(BLUE), "classes": list(COLORS)},
    }
    _mount(key="inside", data=data, on_choose_change=lambda: _chosen(on_choose))


def _network(inside: Inside) -> dict[str, Any]:
    named = inside._asdict() | {"layers": [layer._asdict() for layer in inside.layers]}
    return {name: list(values) for name, values in named.items()}


def _beside(other: Beside) -> dict[str, Any]:
    return {"id": other.id, "title": other.title, "address": look_address(other.run), **_network(other.inside)}


def _chosen(on_choose: Callable[[Shown], None]) -> None:
    if chosen := told("inside", "choose"):
        on_choose(to_choice(chosen))
