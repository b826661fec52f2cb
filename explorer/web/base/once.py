"""What a server has once, made at its first use.

Not Streamlit's caches: any client may empty those by a message, for everybody.
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")

_all: "list[Once[Any]]" = []


@runtime_checkable
class Closeable(Protocol):
    """What ends with its server."""

    def close(self) -> None:
        """End it."""


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


def close_all() -> None:
    """End what was made and has an end: each run keeps a checkpoint, and another server can have the folder."""
    for made in [once.made for once in _all]:
        if isinstance(made, Closeable):
            made.close()


def forget_all() -> None:
    """Begin as a server does that has just started, in a process that has served before."""
    for once in _all:
        once.forget()
