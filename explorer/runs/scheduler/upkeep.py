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
        wait = FIRST
        while not self._closing.wait(wait):
            wait = LOOK
            try:
                look_after(self._store)
            except (StoreError, OSError) as error:
                logger.warning("%s", error)


def look_after(store: Store, *, now: float | None = None) -> None:
    """Back a store up and make room, unless that was done within a day; raises `StoreError`."""
    last = max((each.stat().st_mtime for each in backups(store.path)), default=0.0)
    if (time.time() if now is None else now) - last >= DAY:
        back_up(store.path)
        make_room(store)
