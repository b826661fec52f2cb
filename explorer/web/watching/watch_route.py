"""One stream of messages a tab, of all that it watches: numbers reach it here, so that its page need not be drawn anew.

A websocket, as a browser opens only six other connections to one server, and nobody has to ask whether there is news.
However many watch, the store is read for all of them at once. Who may not see a run hears nothing of it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from msgspec.structs import replace
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from explorer.runs.access.person import Person
from explorer.web.door.persons import who_asks
from explorer.web.watching.asked import OF_ROOMS, Asked, Listener, WatchError, read_subjects
from explorer.web.watching.feed import Feed
from explorer.web.watching.room_feed import RoomFeed

AnyFeed = Feed | RoomFeed
MOST_WATCHERS = 2_000  # in all: each takes a descriptor


class Feeds:
    """What is watched just now; each is read while somebody watches it."""

    def __init__(self) -> None:
        self._feeds: dict[Asked, AnyFeed] = {}
        self._watchers = 0

    @property
    def full(self) -> bool:
        """Whether nobody more can watch."""
        return self._watchers >= MOST_WATCHERS

    @asynccontextmanager
    async def watched(self, asked: Asked) -> AsyncIterator[AnyFeed]:
        """Give the feed of something for as long as one more watches it."""
        self._watchers += 1
        feed = self._feeds.get(asked) or (RoomFeed(asked) if asked.kind in OF_ROOMS else Feed(asked))
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
    """Tell a browser of what it asks for, for as long as it listens and there is something to tell."""
    try:
        subjects = read_subjects(socket.path_params, socket.query_params)
    except WatchError as error:
        await _refuse(socket, str(error), status=400)
        return
    if feeds.full:
        await _refuse(socket, f"{MOST_WATCHERS:,} watch already; close pages that nobody looks at.", status=503)
        return
    person = who_asks(socket.cookies, socket.headers)
    async with AsyncExitStack() as joined:
        found = [(await _join(joined, person, asked), listener) for asked, listener in subjects]
        if found[0][0] is None:
            first = subjects[0][0]
            await _refuse(socket, f"There is no {first.kind} {first.id!r} on this server.", status=404)
            return
        await _serve(socket, [(feed, listener) for feed, listener in found if feed is not None], person)


async def _join(joined: AsyncExitStack, person: Person, asked: Asked) -> AnyFeed | None:
    """Watch what a person may see of something: all of it, or what was not deleted; None where that is nothing."""
    wanted = replace(asked, id=person.id) if asked.kind == "mine" else asked
    for told in (wanted,) if asked.kind in OF_ROOMS else (wanted, replace(wanted, deleted=False)):
        async with AsyncExitStack() as attempt:
            feed = await attempt.enter_async_context(feeds.watched(told))
            if await feed.may_hear(person):
                joined.push_async_callback(attempt.pop_all().aclose)
                return feed
    return None


async def _serve(socket: WebSocket, found: Sequence[tuple[AnyFeed, Listener]], person: Person) -> None:
    await socket.accept()
    telling = asyncio.create_task(_tell_all(socket, found, person))
    try:
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass  # nothing that a browser says here means anything
    finally:
        telling.cancel()


async def _tell_all(socket: WebSocket, found: Sequence[tuple[AnyFeed, Listener]], person: Person) -> None:
    """Send what is new of each, and close the socket after the end of all."""
    with suppress(WebSocketDisconnect, RuntimeError):  # the browser has gone meanwhile, or is to ask again
        await asyncio.gather(*(_tell(socket, feed, listener, person) for feed, listener in found))
        await socket.close()


async def _tell(socket: WebSocket, feed: AnyFeed, listener: Listener, person: Person) -> None:
    """Send what is new of one until its end; close the socket once there is something that is not to be seen any more.

    The browser asks again then, and hears of the others.
    """
    heard = listener.after
    while True:
        heard, told = await feed.after(heard)
        if not await feed.may_hear(person):
            if feed.farewell:
                await socket.send_bytes(feed.farewell)
            await socket.close()
            return
        await socket.send_bytes(told)
        if feed.ended:
            return
        await asyncio.sleep(listener.pause / 1_000)


async def _refuse(socket: WebSocket, words: str, *, status: int) -> None:
    await socket.send_denial_response(PlainTextResponse(f"{words}\n", status))
    await asyncio.sleep(0)  # the server closes the connection meanwhile, and would else log an error of its own
