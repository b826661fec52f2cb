"""Runs share a worker's time: each trains for one event, then the run that has had the least time has its turn."""

import gc
import re
import time
import traceback
from collections.abc import Callable, Generator, Iterator

from explorer.process.limits import is_shortage, memory_for_runs
from explorer.training.events import Event, Failed, Paused
from explorer.training.loop.control import Control

MORE_MEMORY = "Choose a smaller batch size, fewer channels or smaller pictures."


class TimeShare:
    """One run's share of the worker's time: its events one by one, and the seconds that they took."""

    def __init__(self, run_id: str, train: Callable[[], Iterator[Event]], control: Control) -> None:
        self.run_id = run_id
        self.seconds = 0.0
        self._events = _in_words(train)
        self._control = control
        self._last: Event | None = None

    @property
    def may_go_on(self) -> bool:
        """Whether the run has something to do: one that is held has not, until somebody asks something of it."""
        return not isinstance(self._last, Paused) or self._control.has_news

    @property
    def is_to_stop(self) -> bool:
        """Whether the run was asked to stop, which it does after the step that it is in."""
        return self._control.is_stopped

    def take(self) -> Event | None:
        """Train until the next event, and give it; None where the run is over."""
        start = time.perf_counter()
        self._last = next(self._events, None)
        self.seconds += time.perf_counter() - start
        return self._last


def _in_words(train: Callable[[], Iterator[Event]]) -> Generator[Event]:
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
    if is_shortage(error):
        return f"{_too_little()}: {_asked_for(message)}. {MORE_MEMORY}"
    return f"The training stopped with an unexpected error: {type(error).__name__}: {message[:300]}"


def _too_little() -> str:
    allowed = memory_for_runs()
    if allowed is None:
        return "The memory was not enough"
    return f"The run needs more memory than the {allowed / 2**30:.1f} GiB that it may have here"


def _asked_for(message: str) -> str:
    """Say how much memory was asked for at last, where torch says it."""
    found = re.search(r"tried to allocate ([\d.]+) (bytes|[KMGT]iB)", message, re.IGNORECASE)
    if found is None:
        return message[:300] or "no more was given"
    number, unit = found.groups()
    size = f"{int(number) / 2**20:,.0f} MiB" if unit == "bytes" else f"{number} {unit}"
    return f"{size} more were asked for at once, and not given"
