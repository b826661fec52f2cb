"""A student who edits a design on Explore: a field is changed, the page is drawn anew."""

import asyncio
import random
import time

from explorer.benchmarks.classroom.tab import Tab, typed

FIELD = "height"  # of the input's picture: every layer's shape follows from it
HEIGHTS = tuple(range(28, 45))


class Student:
    """One tab; `edit` opens it."""

    def __init__(self, host: str, random_source: random.Random) -> None:
        self._tab = Tab(host)
        self._random = random_source
        self._height = HEIGHTS[0]

    async def edit(self, *, since: float, until: float, pause: float) -> list[float]:
        """Open the page, and edit with so many seconds between until a time; gives how long each edit took since one.

        The first pause is a part of one, so that a class does not type in step.
        """
        taken: list[float] = []
        async with self._tab:
            await self._tab.open()
            await asyncio.sleep(self._random.uniform(0, pause))
            while (start := time.monotonic()) < until:
                seconds = await self._edit_once()
                taken += [seconds] if start >= since else []
                await asyncio.sleep(self._random.uniform(0.5, 1.5) * pause)
        return taken

    async def _edit_once(self) -> float:
        field = self._tab.field(FIELD)
        self._height = self._random.choice([height for height in HEIGHTS if height != self._height])
        return await self._tab.send(typed(field.id, str(self._height)), fragment=field.fragment)
