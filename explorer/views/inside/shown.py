"""What is looked at, as a link says it: a test picture, a step of the run, a layer, and what of it stands below."""

import re
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
SCALINGS = ("layer", "network", "map")  # for each of which values have one scale
# How the picture is moved, as its address asks for it; values out of bounds are refused there.
MOVE = re.compile(r"[a-z_]+=-?[0-9]{1,4}(?:\.[0-9]{1,4})?(?:&[a-z_]+=-?[0-9]{1,4}(?:\.[0-9]{1,4})?){0,8}")


class Shown(NamedTuple):
    """What is looked at."""

    picture: int  # of the test pictures
    step: int
    layer: str  # the one that is shown large; empty for the first
    panel: str = "sum"
    beside: str = ""  # another network beside this one: a run, or `untrained`
    scaling: str = SCALINGS[0]
    move: str = ""  # of the picture, such as `turn=20&across=3`


def to_link(shown: Shown) -> str:
    """Write it for a link: `12~96~conv1~sum`, and at the end what is not as it is at first."""
    scaling = "" if shown.scaling == SCALINGS[0] else shown.scaling
    return "~".join(map(str, shown._replace(scaling=scaling))).rstrip("~")


def of_picture(number: int, other: str = "") -> str:
    """Write a link to what the latest step makes of a test picture."""
    return f"{number}~~~sum~{other}".removesuffix("~")


def beside_in(text: str | None) -> str:
    """Name what a link has beside the network; nothing where it has nothing."""
    return _parts(text)[4]


def picture_in(text: str | None) -> int | None:
    """Give the number of the test picture that a link has, if it has one."""
    return _number(_parts(text)[0])


def _parts(text: str | None) -> list[str]:
    return ((text or "").split("~") + [""] * 7)[:7]


def from_link(
    text: str | None, *, pictures: int, steps: Sequence[int], layers: Sequence[str], others: Sequence[str] = ()
) -> Shown:
    """Read it, and take what is there for what is not: the first picture, the latest step, the first layer."""
    picture, step, layer, panel, beside, scaling, move = _parts(text)
    return Shown(
        picture=number if (number := _number(picture)) is not None and number < pictures else 0,
        step=number if (number := _number(step)) in steps and number is not None else steps[-1],
        layer=layer if layer in layers else "",
        panel=panel if panel in PANELS else "sum",
        beside=beside if beside in others else "",
        scaling=scaling if scaling in SCALINGS else SCALINGS[0],
        move=move if MOVE.fullmatch(move) else "",
    )


def to_choice(told: Mapping[str, object]) -> Shown:
    """Read what a browser chose."""
    layer, panel, beside, scaling, move = (str(told[name]) for name in Shown._fields[2:])
    return Shown(int(str(told["picture"])), int(str(told["step"])), layer, panel, beside, scaling, move)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
