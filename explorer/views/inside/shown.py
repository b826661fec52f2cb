"""What is looked at, as a link says it: a test picture, a step of the run, a layer, and what of it stands below."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

PANELS = {  # what may stand below the flow, and its title
    "sum": "A value's sum",
    "filters": "Filters",
    "excites": "What excites it",
    "hangs": "What the answer hangs on",
    "moved": "Moved pictures",
    "plane": "Where classes lie",
}


class Shown(NamedTuple):
    """What is looked at."""

    picture: int  # of the test pictures
    step: int
    layer: str  # the one that is shown large; empty for the first
    panel: str = "sum"
    beside: str = ""  # another network beside this one: a run, or `untrained`


def to_link(shown: Shown) -> str:
    """Write it for a link: `12~96~conv1~sum`, with what stands beside it at the end."""
    return "~".join(map(str, shown)).removesuffix("~")


def of_picture(number: int, other: str = "") -> str:
    """Write a link to what the latest step makes of a test picture."""
    return f"{number}~~~sum~{other}".removesuffix("~")


def beside_in(text: str | None) -> str:
    """Name what a link has beside the network; nothing where it has nothing."""
    return _parts(text)[4]


def _parts(text: str | None) -> list[str]:
    return ((text or "").split("~") + [""] * 5)[:5]


def from_link(
    text: str | None, *, pictures: int, steps: Sequence[int], layers: Sequence[str], others: Sequence[str] = ()
) -> Shown:
    """Read it, and take what is there for what is not: the first picture, the latest step, the first layer."""
    picture, step, layer, panel, beside = _parts(text)
    return Shown(
        picture=number if (number := _number(picture)) is not None and number < pictures else 0,
        step=number if (number := _number(step)) in steps and number is not None else steps[-1],
        layer=layer if layer in layers else "",
        panel=panel if panel in PANELS else "sum",
        beside=beside if beside in others else "",
    )


def to_choice(told: Mapping[str, object]) -> Shown:
    """Read what a browser chose."""
    layer, panel, beside = (str(told[name]) for name in ("layer", "panel", "beside"))
    return Shown(int(str(told["picture"])), int(str(told["step"])), layer, panel, beside)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
