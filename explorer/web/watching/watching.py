"""What a run's watchers are told, encoded once for all of them that know the same.

Each telling has a number. A browser says which it had last and gets what came since, so that those who keep up share
one message; one who had none, or one that is forgotten, gets everything.
"""

import time
from collections import OrderedDict

import msgspec

from explorer.views.runs.watching import Told, lengths, message

REMEMBERED = 64  # tellings from which a browser can go on
NEVER = -1  # the number of the last telling of who had none
REDRAWN = 20  # pages a second, of all watchers together, when what they stand on changes
AT_LEISURE = 5  # pages a second for figures beside the curve
LEAST_PAUSE = 400  # ms between two drawings of a page for such figures


class Watched:
    """The tellings of one run or race; used from one thread at a time."""

    def __init__(self, address: str = "") -> None:
        self.address = address  # by which a browser tells it from other things that it watches
        # Of the latest telling: by the clock, so that who listened to an earlier server does not go on from this one's.
        self.number = time.time_ns() // 1_000_000
        self._told: Told | None = None
        self._lengths: OrderedDict[int, dict[str, int]] = OrderedDict()
        self._encoded: dict[int, bytes] = {}
        self._watchers = 1

    @property
    def has_told(self) -> bool:
        """Whether anything was told yet."""
        return self._told is not None

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to tell."""
        return self._told is not None and self._told.ended

    def tell(self, told: Told, *, watchers: int = 1) -> bool:
        """Take what holds now; says whether that is news to those who heard the last."""
        if told == self._told:
            return False
        self._told, self._watchers = told, watchers
        self.number += 1
        self._encoded.clear()
        self._lengths[self.number] = lengths(told.series)
        while len(self._lengths) > REMEMBERED:
            self._lengths.popitem(last=False)
        return True

    def message(self, *, after: int) -> bytes:
        """Give the latest telling, as JSON, to who had the one of a number before."""
        known = after if after in self._lengths else NEVER
        if known not in self._encoded:
            self._encoded[known] = self._encode(known)
        return self._encoded[known]

    def _encode(self, known: int) -> bytes:
        if self._told is None:
            raise LookupError("Nothing was told yet: `tell` comes first.")
        paces = {
            "spread": 1_000 * self._watchers // REDRAWN,  # ms over which the pages are drawn anew
            "pause": max(LEAST_PAUSE, 1_000 * self._watchers // AT_LEISURE),  # ms between two drawings of one page
        }
        told = message(self._told, have=self._lengths.get(known, {}))
        return msgspec.json.encode({"address": self.address, "number": self.number, **paces, **told})
