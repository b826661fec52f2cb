"""Slows down who tries codes: each address may be wrong a few times, and then waits longer and longer."""

import threading
import time
from collections import OrderedDict

FREE = 10  # wrong codes of an address, from which a whole school may come
FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0  # seconds
REMEMBERED = 10_000  # addresses


class Guesses:
    """Counts the wrong codes of each address."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, address: str) -> float:
        """Give the seconds until an address may try again; 0 for now."""
        count, last = self._wrong.get(address, (0, 0.0))
        pause = 0.0 if count < FREE else min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(20, count - FREE))
        return max(0.0, last + pause - time.monotonic())

    def note_wrong(self, address: str) -> None:
        """Count a wrong code."""
        with self._lock:
            count, _ = self._wrong.pop(address, (0, 0.0))
            self._wrong[address] = (count + 1, time.monotonic())
            if len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)

    def forget(self, address: str) -> None:
        """Begin anew with an address that knew the code."""
        with self._lock:
            self._wrong.pop(address, None)
