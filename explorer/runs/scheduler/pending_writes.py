"""Writes what runs say and how they end; an end that cannot be written is owed, until it can."""

import logging
from collections.abc import Callable
from functools import partial

from explorer.runs.store.database import StoreError
from explorer.runs.store.store import Store
from explorer.training.events import Event, Failed

logger = logging.getLogger(__name__)


class PendingWrites:
    """What was heard and is not written yet, and what is owed."""

    def __init__(self, store: Store) -> None:
        self.trouble: str | None = None  # why nothing can be written just now, in words; None when all is well
        self._store = store
        self._heard: dict[str, list[Event]] = {}
        self._owed: dict[str, Callable[[], object]] = {}

    def hear(self, run_id: str, event: Event) -> None:
        """Keep an event for the next writing; one of a run whose end is owed comes too late."""
        if run_id not in self._owed:
            self._heard.setdefault(run_id, []).append(event)

    def owes(self, run_id: str) -> bool:
        """Say whether a run's end is still to be written."""
        return run_id in self._owed

    def write(self) -> list[str]:
        """Write what was heard, and give the runs that are to be ended, since nothing more of them can be kept."""
        heard, self._heard = self._heard, {}
        lost = []
        for run_id, events in heard.items():
            try:
                self._store.append(run_id, events)
            except StoreError as error:
                self.report(error)
                cause = f"The run was ended because its figures could not be written: {error}"
                self._owed[run_id] = partial(self._store.append, run_id, [Failed(cause=cause)])
                lost.append(run_id)
        return lost

    def write_end(self, run_id: str, write: Callable[[], object]) -> None:
        """Write how a run ended, now or as soon as that can be."""
        try:
            write()
        except StoreError as error:
            self.report(error)
            self._owed[run_id] = write

    def report(self, error: StoreError) -> None:
        """Keep in words that something could not be read or written."""
        self.trouble = str(error)
        logger.error("%s", error)

    def settle(self) -> bool:
        """Try again to write what is owed; says whether all is written."""
        try:
            for run_id, write in list(self._owed.items()):
                write()
                del self._owed[run_id]
        except StoreError as error:
            self.trouble = str(error)
            return False
        self.trouble = None
        return True
