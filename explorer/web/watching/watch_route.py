"""One stream of messages a tab that watches a run: numbers reach it here, so that its page need not be drawn anew.

A websocket, as a browser opens only six other connections to one server, and nobody has to ask whether there is news.
However many watch, the store is read for all of them at once. Who may not see a run hears nothing of it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec.structs import replace
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from explorer.runs.access.person import Person
from explorer.runs.access.seeing import may_see
from explorer.web.door.persons import who_asks
from explorer.web.watching.asked import Asked, Listener, WatchError, read_asked, read_listener

if TYPE_CHECKING:
    from explorer.web.watching.feed import Feed

MOST_WATCHERS = 2_000  # in all: each takes a descriptor


class Feeds:
    """What is watched just now; each is read while somebody watches it."""

    def __init__(self) -> None:
        self._feeds: dict[Asked, Feed] = {}
        self._watchers = 0

    @property
    def full(self) -> bool:
        """Whether nobody more can watch."""
        return self._watchers >= MOST_WATCHERS

    @asynccontextmanager
    async def watched(self, asked: Asked) -> AsyncIterator["Feed"]:
        """Give the feed of something for as long as one more watches it."""
        from explorer.web.watching.feed import Feed  # noqa: PLC0415  # see `watch`

        self._watchers += 1
        feed = self._feeds.get(asked) or Feed(asked)
        self._feeds[asked] = feed
        feed.join()
        try:
            yield feed
        finally:
            self._watchers -= 1
            if feed.leave():
                del self._feeds[asked]


feeds = Feeds()


async def watch(socket: WebSocket) -> None:
    """Tell a browser of a run or a race for as long as it listens and there is something to tell."""
    try:
        asked, listener = read_asked(socket.path_params, socket.query_params), read_listener(socket.query_params)
    except WatchError as error:
        await _refuse(socket, str(error), status=400)
        return
    if feeds.full:
        await _refuse(socket, f"{MOST_WATCHERS:,} watch already; close pages that nobody looks at.", status=503)
        return
    # It brings torch: seconds, in which others are served.
    await asyncio.to_thread(import_module, "explorer.web.watching.feed")
    person = who_asks(socket.cookies, socket.headers)
    for told in (asked, replace(asked, deleted=False)):
        async with feeds.watched(told) as feed:
            if await _may_see_all(person, feed):
                await _serve(socket, feed, listener, person)
                return
    await _refuse(socket, f"There is no {asked.kind} {asked.id!r} on this server.", status=404)


async def _may_see_all(person: Person, feed: "Feed") -> bool:
    runs = await feed.runs()
    return bool(runs) and all(may_see(person, run) for run in runs)


async def _serve(socket: WebSocket, feed: "Feed", listener: Listener, person: Person) -> None:
    await socket.accept()
    telling = asyncio.create_task(_tell(socket, feed, listener, person))
    try:
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass  # nothing that a browser says here means anything
    finally:
        telling.cancel()


async def _tell(socket: WebSocket, feed: "Feed", listener: Listener, person: Person) -> None:
    """Send what is new, and close the socket after the end, or once a run is told of that is not to be seen any more.

    The browser asks again then, and hears of the others.
    """
    heard = listener.after
    with suppress(WebSocketDisconnect, RuntimeError):  # the browser has gone meanwhile
        while True:
            heard, told = await feed.after(heard)
            may_hear = await _may_see_all(person, feed)
            if may_hear:
                await socket.send_bytes(told)
            if feed.ended or not may_hear:
                await socket.close()
                return
            await asyncio.sleep(listener.pause / 1_000)


async def _refuse(socket: WebSocket, words: str, *, status: int) -> None:
    await socket.send_denial_response(PlainTextResponse(f"{words}\n", status))
