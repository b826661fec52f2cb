"""How much room a network's picture has in each place where it stands."""

from math import inf
from typing import Literal

import msgspec


class Sheet(msgspec.Struct, frozen=True):
    """How much room there is: the width at which lines wrap, the largest side, depth and bar, and the type's size.

    A drawing may be higher than `height`, where there is one that suits better. `says` is what stands below a volume.
    """

    width: float
    side: float
    depth: float
    bar: float
    font: float = 15.0
    height: float = inf
    says: Literal["settings", "size", "name"] = "settings"  # each says what the next one does, too
    letters: float = 1.0  # how wide its typeface is beside Arial
    parts: bool = True  # whether rows of numbers begin a line of their own


COLUMN = Sheet(width=450, side=48, depth=32, bar=76)  # on a small screen, under the table
NARROW = 0.88  # the app's own typeface
BESIDE = (  # beside the table: the first in which a network is not too high
    Sheet(width=540, height=322, letters=NARROW, side=66, depth=44, bar=104),
    Sheet(width=540, height=322, letters=NARROW, side=40, depth=26, bar=60),
    Sheet(width=540, height=322, letters=NARROW, side=40, depth=26, bar=60, font=14, parts=False),
    Sheet(width=540, height=322, letters=NARROW, side=44, depth=28, bar=66, font=14, says="size", parts=False),
    Sheet(width=540, height=322, letters=NARROW, side=34, depth=22, bar=52, font=14, says="name"),
)
PAGE = Sheet(width=1180, side=112, depth=70, bar=150)  # across a projector, or a page of paper
PAIR = Sheet(  # two networks across a projector
    width=1180, letters=NARROW, side=64, depth=44, bar=86, font=18, says="size", parts=False
)
