"""One stream of messages a tab that watches a run: numbers reach it here, so that its page need not be drawn anew.

A websocket, as a browser opens only six other connections to one server, and nobody has to ask whether there is news.
However many watch, the store is read for all of them at once.
"""

import asyncio
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from explorer.web.watching.asked import Asked, Listener, WatchError, read_asked, read_listener

if TYPE_CHECKING:
    from explorer.runs.store.rows import Run
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

    def join(self, asked: Asked) -> "Feed":
        """Watch something; `leave` it in the end."""
        from explorer.web.watching.feed import Feed  # noqa: PLC0415  # see `watch`

        self._watchers += 1
        feed = self._feeds.get(asked) or Feed(asked)
        self._feeds[asked] = feed
        feed.join()
        return feed

    def leave(self, asked: Asked) -> None:
        """Watch it no longer."""
        self._watchers -= 1
        if self._feeds[asked].leave():
            del self._feeds[asked]


feeds = Feeds()


def may_watch(_request: HTTPConnection, _run: "Run") -> bool:
    """Say whether who asks may see a run."""
    return True


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
    feed = feeds.join(asked)
    try:
        await _admit(socket, feed, listener)
    finally:
        feeds.leave(asked)


async def _admit(socket: WebSocket, feed: "Feed", listener: Listener) -> None:
    runs = await feed.runs()
    if not runs or not all(may_watch(socket, run) for run in runs):
        await _refuse(socket, f"There is no {feed.asked.kind} {feed.asked.id!r} on this server.", status=404)
        return
    await socket.accept()
    telling = asyncio.create_task(_tell(socket, feed, listener))
    try:
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass  # nothing that a browser says here means anything
    finally:
        telling.cancel()


async def _tell(socket: WebSocket, feed: "Feed", listener: Listener) -> None:
    """Send what is new, and close the socket after the end."""
    heard = listener.after
    with suppress(WebSocketDisconnect, RuntimeError):  # the browser has gone meanwhile
        while True:
            heard, told = await feed.after(heard)
            await socket.send_bytes(told)
            if feed.ended:
                await socket.close()
                return
            await asyncio.sleep(listener.pause / 1_000)


async def _refuse(socket: WebSocket, words: str, *, status: int) -> None:
    await socket.send_denial_response(PlainTextResponse(f"{words}\n", status))
