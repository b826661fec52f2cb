"""The pace at which one person's messages come to the pages: each may draw a page anew, which takes time from all.

Who sends faster is heard later, in all tabs together; who leaves very much waiting is disconnected, and may come again.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import Message, Receive

AT_ONCE = 100.0  # messages that are heard at once: a held arrow key sends 30 a second
A_SECOND = 10.0  # after that
OPENING = 10.0  # messages as which an opened socket counts: it has a session made, and a page drawn
MOST_WAITING = 500  # messages of a socket
MOST_BYTES = 4_000_000  # of those
REMEMBERED = 10_000  # persons
CUT_OFF: Message = {"type": "websocket.disconnect", "code": 1008}  # a policy was violated


class Pace:
    """What one person may send now: it is used up by messages, and grows with time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left, self._at = AT_ONCE, clock()

    def take(self, count: float = 1.0) -> float:
        """Count messages, and give the seconds after which they are in time."""
        now = self._clock()
        self._left = min(AT_ONCE, self._left + (now - self._at) * A_SECOND) - count
        self._at = now
        return max(0.0, -self._left / A_SECOND)


class Paces:
    """The pace of each person."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Pace] = OrderedDict()

    def of(self, person: str) -> Pace:
        """Give a person's."""
        pace = self._known.pop(person, None) or Pace()
        self._known[person] = pace
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return pace


class Paced:
    """A websocket's messages at a pace; read ahead, so that its end is heard whatever waits before it."""

    def __init__(self, receive: Receive, pace: Pace) -> None:
        self._receive, self._pace = receive, pace
        self._waiting: asyncio.Queue[Message] = asyncio.Queue()
        self._bytes = 0
        self._end: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._due = pace.take(OPENING)
        self._reading = asyncio.create_task(self._read())

    async def __call__(self) -> Message:
        """Wait for the next message until it is in time; gives the end instead once that has come."""
        message = asyncio.ensure_future(self._waiting.get())
        await asyncio.wait((message, self._end), return_when=asyncio.FIRST_COMPLETED)
        if not message.done():
            message.cancel()
            return self._end.result()
        found = message.result()
        self._bytes -= _size(found)
        wait = self._due + (self._pace.take() if found["type"] == "websocket.receive" else 0.0)
        self._due = 0.0
        if wait:
            await asyncio.wait((self._end,), timeout=wait)
        return self._end.result() if wait and self._end.done() else found

    def close(self) -> None:
        """Read no further."""
        self._reading.cancel()

    async def _read(self) -> None:
        while not _is_end(message := await self._receive()) and self._has_room(message):
            self._waiting.put_nowait(message)
            self._bytes += _size(message)
        self._end.set_result(message if message["type"] == "websocket.disconnect" else CUT_OFF)

    def _has_room(self, message: Message) -> bool:
        return self._waiting.qsize() < MOST_WAITING and self._bytes + _size(message) <= MOST_BYTES


def _is_end(message: Message) -> bool:
    """Say whether nothing comes after a message; a text is no page's, and Streamlit would write an error of it."""
    return message["type"] == "websocket.disconnect" or message.get("text") is not None


def _size(message: Message) -> int:
    return len(message.get("bytes") or b"")
