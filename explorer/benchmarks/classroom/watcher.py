"""A student who watches a run, as the page's JavaScript does, and the clock by which its events are seen to come."""

import asyncio
import time

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from explorer.runs.store.reader import Reader

LOOK = 0.02  # seconds between two looks at the store: an event's time is known as well as that


class Heard(msgspec.Struct):
    """What a watcher needs of a message."""

    events: int


_HEARD = msgspec.json.Decoder(Heard)


class EventClock:
    """When each event of a run was first seen in the store, by its number."""

    def __init__(self, store: Reader, run: str) -> None:
        self.times: dict[int, float] = {}
        self._store, self._run = store, run

    async def tick(self) -> None:
        """Look until it is cancelled."""
        known = 0
        while True:
            found = await asyncio.to_thread(self._store.run, self._run)
            now = time.perf_counter()
            for number in range(known + 1, (found.num_events if found else 0) + 1):
                self.times[number] = now
            known = found.num_events if found else known
            await asyncio.sleep(LOOK)


async def watch(host: str, run: str, *, times: dict[int, float]) -> list[float]:
    """Listen until the task is cancelled or the run ends; gives, for each message, how old its oldest event is."""
    ages: list[float] = []
    before = 0
    try:
        origin = Origin(f"http://{host}")
        async with connect(f"ws://{host}/watch/run/{run}", origin=origin, max_size=None) as socket:
            async for message in socket:
                now = time.perf_counter()
                heard = _HEARD.decode(message)
                first = times.get(before + 1) if before else None
                if first is not None and heard.events > before:
                    ages.append(now - first)
                before = heard.events
    except (asyncio.CancelledError, ConnectionClosed):
        pass
    return ages
