"""Reads what is watched from the store, at most once in a while however many watch it."""

import asyncio
import logging
import time

from explorer.runs.access.person import Person
from explorer.runs.access.seeing import may_see
from explorer.runs.store.database import StoreError
from explorer.web.watching import subjects
from explorer.web.watching.asked import Asked
from explorer.web.watching.watching import Watched

SPACINGS = {"run": 0.2, "race": 0.2, "mine": 1.0}  # seconds between two looks at the store
SHARE = 4  # a look that takes long is followed by so many times as long a pause
AFTER_ERROR = 2.0  # seconds before the store is read again that could not be

logger = logging.getLogger(__name__)


class Feed:
    """One run, race or person; all its watchers wait in the same event loop, while a thread reads."""

    farewell = b""  # what is told to who may not hear more

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._watched = Watched(asked.address)
        self._rows: subjects.Rows | None = None
        self._watchers = 0
        self._changed = asyncio.Event()
        self._read = asyncio.Event()  # for the first time
        self._reading: asyncio.Task[None] | None = None

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to tell."""
        return self._watched.ended

    def join(self) -> None:
        """Have it read for one more."""
        self._watchers += 1
        self._reading = self._reading or asyncio.create_task(self._read_on())

    def leave(self) -> bool:
        """Have it read for one fewer; says whether that was the last."""
        self._watchers -= 1
        if self._watchers or self._reading is None:
            return False
        self._reading.cancel()
        return True

    async def may_hear(self, person: Person) -> bool:
        """Say whether a person may see all that is told of."""
        await self._read.wait()
        if self.asked.kind == "mine":  # which is read for this person alone, and may be nothing
            return True
        runs = self._rows.runs if self._rows else ()
        return bool(runs) and all(may_see(person, run) for run in runs)

    async def after(self, number: int) -> tuple[int, bytes]:
        """Wait for a telling other than the one of a number; gives its number and the message."""
        while not self._watched.has_told or (self._watched.number == number and not self.ended):
            await self._changed.wait()
        return self._watched.number, self._watched.message(after=number)

    async def _read_on(self) -> None:
        while not self.ended:
            start = time.monotonic()
            pause = SPACINGS[self.asked.kind]
            try:
                await self._look()
            except StoreError as error:  # pages say it in words
                logger.warning("What is watched could not be read: %s", error)
                pause = AFTER_ERROR
            self._read.set()
            await asyncio.sleep(max(pause - (time.monotonic() - start), SHARE * (time.monotonic() - start)))

    async def _look(self) -> None:
        rows = await asyncio.to_thread(subjects.read, self.asked)
        if rows is None or rows == self._rows:
            return
        told = await asyncio.to_thread(subjects.tell, self.asked, rows)
        self._rows = rows
        if told is not None and self._watched.tell(told, watchers=self._watchers):
            self._changed.set()
            self._changed = asyncio.Event()
