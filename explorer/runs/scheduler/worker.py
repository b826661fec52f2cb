"""A worker as the scheduler sees it, wherever it trains: orders go in, messages come out, and at last how it ended."""

from collections.abc import Callable
from typing import Protocol

from explorer.runs.messages import Message, Order

Hear = Callable[[Message], None]
Ended = Callable[[str], None]


class Worker(Protocol):
    """A worker trains the runs that it is sent, until it is killed or ends by itself; only `join` waits for it."""

    def send(self, order: Order) -> None:
        """Hand over an order; a worker that is busy, or gone, holds up nobody."""

    def kill(self) -> None:
        """End it at once, whatever it does; of no effect on a worker that is gone."""

    def join(self, seconds: float) -> None:
        """Wait until it is gone and has said how it ended, for so many seconds at most."""


class Allocation(Protocol):
    """A device with its share of a computer, for one worker at a time; several may be equal."""

    @property
    def device(self) -> str:
        """The device as a recipe names it."""

    @property
    def cores(self) -> int:
        """The processor cores that it has, shared with the workers of all equal allocations."""

    @property
    def memory(self) -> int | None:
        """The bytes of memory that it has for runs, shared in the same way; None where nobody says."""

    def start_worker(self, *, hear: Hear, ended: Ended) -> Worker:
        """Start a worker there; raises `OSError` where that cannot be.

        `hear` is called with each of its messages, the first being `Ready`; `ended` once and last, with words that go
        on from "The training process …". Both may be called from any thread, also before this returns.
        """
