"""Runs share a worker's time: each has its turns, or has them as one of a team that takes its steps together."""

import gc
import re
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Protocol

from explorer.training.control import Control
from explorer.training.events import AtStep, Event, Failed, Paused, Signal

MORE_MEMORY = "Choose a smaller batch size, fewer channels or smaller pictures."


class Team(Protocol):
    """What takes the steps of several runs as one."""

    def step(self) -> None:
        """Take the step that all who said `AtStep` wait for."""


class Member:
    """One run of those that share turns."""

    def __init__(self, run: str, train: Callable[[], Iterator[Signal]], control: Control) -> None:
        self.run = run
        self.is_over = False
        self.waits = False  # for a step of its team
        self._signals = _in_words(train)
        self._control = control
        self._last: Signal | None = None

    @property
    def is_held(self) -> bool:
        """Whether the run has nothing to do until somebody asks something of it."""
        return isinstance(self._last, Paused) and not self._control.has_news

    @property
    def is_to_stop(self) -> bool:
        """Whether the run was asked to stop, which it does after the step that it is in."""
        return self._control.is_stopped

    def go_on(self) -> Event | None:
        """Train until the next event, and give it; None where the run waits for its team's step, or is over."""
        self.waits = False
        self._last = next(self._signals, None)
        self.is_over = self._last is None
        self.waits = isinstance(self._last, AtStep)
        return None if isinstance(self._last, AtStep) else self._last


class Turns:
    """The turns of one run, or of a team's: their events one by one, and the time that they took."""

    def __init__(self, members: Sequence[Member], *, team: Team | None = None) -> None:
        self.seconds = 0.0
        self._members = list(members)
        self._team = team

    @property
    def is_over(self) -> bool:
        """Whether all runs are at their ends."""
        return not self._members

    @property
    def may_go_on(self) -> bool:
        """Whether some run has something to do: one that is held has not."""
        return any(not member.is_held for member in self._members)

    @property
    def is_to_stop(self) -> bool:
        """Whether some run was asked to stop."""
        return any(member.is_to_stop for member in self._members)

    def take(self) -> tuple[str, Event | None]:
        """Train until the next event of a run, and give both; None for the event where the run is over."""
        start = time.perf_counter()
        try:
            return self._next()
        finally:
            self.seconds += time.perf_counter() - start

    def _next(self) -> tuple[str, Event | None]:
        while True:
            member = self._readiest()
            event = member.go_on()
            self._members.remove(member)
            self._members += [] if member.is_over else [member]  # the others are before it
            if not member.waits:
                return member.run, event

    def _readiest(self) -> Member:
        """Give a run that may go on by itself, one that is to stop first; if all wait, their team takes the step."""
        active = [member for member in self._members if not member.is_held] or self._members
        if self._team and all(member.waits for member in active):
            self._team.step()
            for member in active:
                member.waits = False
        return min((member for member in active if not member.waits), key=lambda member: not member.is_to_stop)


def _in_words(train: Callable[[], Iterator[Signal]]) -> Generator[Signal]:
    """Tell what a run tells; whatever is raised becomes its last event."""
    try:
        yield from train()
    except Exception as error:  # noqa: BLE001 - any error ends this run, none may end the worker
        traceback.print_exc()
        failed = Failed(cause=_cause(error))
    else:
        return
    finally:
        gc.collect()  # the network and its gradients, before the next job needs their room
    yield failed


def _cause(error: Exception) -> str:
    message = (str(error).strip().splitlines() or [""])[0]
    if isinstance(error, MemoryError) or "out of memory" in message.lower() or "can't allocate memory" in message:
        return f"The memory was not enough: {_asked_for(message)}. {MORE_MEMORY}"
    return f"The training stopped with an unexpected error: {type(error).__name__}: {message[:300]}"


def _asked_for(message: str) -> str:
    """Say how much memory was asked for at last, where torch says it."""
    found = re.search(r"tried to allocate ([\d.]+) (bytes|[KMGT]iB)", message, re.IGNORECASE)
    if found is None:
        return message[:300] or "no more was given"
    number, unit = found.groups()
    size = f"{int(number) / 2**20:,.0f} MiB" if unit == "bytes" else f"{number} {unit}"
    return f"{size} more were asked for at once, and not given"
