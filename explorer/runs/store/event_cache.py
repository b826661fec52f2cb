"""The events of the runs that pages watch, kept in memory so that each look reads only the new ones."""

import threading
from collections import OrderedDict

from explorer.runs.store.reader import Reader
from explorer.training.events import Event

WATCHED = 64  # runs kept; one that is looked at again after that is read anew


class EventCache:
    """Shared by all sessions of a server; may be used from several threads."""

    def __init__(self, store: Reader) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._events: OrderedDict[str, tuple[Event, ...]] = OrderedDict()

    def events(self, run_id: str) -> tuple[Event, ...]:
        """Give all events of a run so far, in order; raises `StoreError`."""
        with self._lock:
            known = self._events.pop(run_id, ())
            new = self._store.events(run_id, after=len(known))
            self._events[run_id] = known + tuple(event for _, event in new)
            while len(self._events) > WATCHED:
                self._events.popitem(last=False)
            return self._events[run_id]
