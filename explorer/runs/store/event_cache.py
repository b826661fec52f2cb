"""The events of the runs that pages watch, kept in memory so that each look reads only the new ones."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import LIVE, Run
from explorer.training.events import Event

WATCHED = 64  # runs kept; one that is looked at again after that is read anew


class EventCache:
    """Shared by all sessions of a server; may be used from several threads."""

    def __init__(self, store: Reader) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._events: OrderedDict[str, tuple[int, tuple[Event, ...]]] = OrderedDict()  # with the last one's number

    def of_live(self, runs: Iterable[Run]) -> dict[str, Sequence[Event]]:
        """Give the events of those of several runs that train; raises `StoreError`."""
        return {run.id: self.events(run.id) for run in runs if run.state in LIVE and run.num_events}

    def events(self, run_id: str) -> tuple[Event, ...]:
        """Give all events of a run so far that can be read, in order; raises `StoreError`."""
        with self._lock:
            last, known = self._events.pop(run_id, (0, ()))
            new = self._store.events(run_id, after=last)
            last = new[-1][0] if new else last  # no count of them, since one that is damaged is left out
            self._events[run_id] = last, known + tuple(event for _, event in new)
            while len(self._events) > WATCHED:
                self._events.popitem(last=False)
            return self._events[run_id][1]
