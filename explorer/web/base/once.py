"""What a server has once, made at its first use.

Not Streamlit's caches: any client may empty those by a message, for everybody.
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_all: "list[Once[Any]]" = []


class Once(Generic[T]):
    """Gives what a function makes, the same for every caller; a call that raises is tried again at the next."""

    def __init__(self, make: Callable[[], T]) -> None:
        self.__doc__ = make.__doc__
        self._make = make
        self._made: list[T] = []
        self._lock = threading.Lock()
        _all.append(self)

    def __call__(self) -> T:
        """Give it, made if nobody asked before."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    @property
    def made(self) -> T | None:
        """What was made; None where nobody asked yet."""
        return self._made[0] if self._made else None

    def forget(self) -> None:
        """Have it made anew at the next call; what was made is left as it is."""
        self._made.clear()


def forget_all() -> None:
    """Begin as a server does that has just started, in a process that has served before."""
    for once in _all:
        once.forget()
