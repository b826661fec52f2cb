"""A server that only shows runs waits for the folder: once the one that trains is gone, it trains in its place."""

import logging
import threading
from collections.abc import Callable

from explorer.runs.store.database import StoreError

LOOK = 1.0  # seconds between two attempts to have the folder

logger = logging.getLogger(__name__)


class Successor:
    """Calls `take_over` now and then, from a thread of its own, until it says that it has."""

    def __init__(self, take_over: Callable[[], bool]) -> None:
        self._take_over = take_over
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="successor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop waiting; an attempt that has begun comes to its end first."""
        self._closing.set()
        self._thread.join()

    def _wait(self) -> None:
        told = ""
        while not self._closing.wait(LOOK):
            try:
                if self._take_over():
                    return
            except StoreError as error:  # the folder is free, and its runs cannot be written: perhaps later
                if str(error) != told:
                    logger.warning("%s", told := str(error))
