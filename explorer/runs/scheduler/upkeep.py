"""What a server that trains does once a day: a backup of the database, and making room."""

import logging
import threading
import time

from explorer.runs.store.backups import back_up, backups
from explorer.runs.store.database import StoreError
from explorer.runs.store.retention import make_room
from explorer.runs.store.store import Store

FIRST = 30.0  # seconds after the start, when the first page is drawn
DAY = 86_400.0
LOOK = 3_600.0  # seconds between two looks whether a day has passed, also while the computer slept

logger = logging.getLogger(__name__)


class Upkeep:
    """Looks after a store from a thread of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._attend, name="upkeep", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; what has begun comes to its end first."""
        self._closing.set()
        self._thread.join()

    def _attend(self) -> None:
        is_first, wait = True, FIRST
        while not self._closing.wait(wait):
            try:
                look_after(self._store, is_first=is_first)
            except (StoreError, OSError) as error:
                logger.warning("%s", error)
            is_first, wait = False, LOOK


def look_after(store: Store, *, is_first: bool = False, now: float | None = None) -> None:
    """Back a store up unless that was done within a day, and make room as often, and at first; raises `StoreError`."""
    last = max((each.stat().st_mtime for each in backups(store.path)), default=0.0)
    is_due = (time.time() if now is None else now) - last >= DAY
    if is_due:
        back_up(store.path)
    if is_due or is_first:
        make_room(store)
