"""A browser's end of a websocket without a server between: it opens an address of an ASGI app, and hears."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
from starlette.types import ASGIApp, Message, Scope

PATIENCE = 60.0  # seconds; only a failing test waits so long


class AsgiSocket:
    """Opens an address in `async with`; `status` is 101, or that of a refusal, whose words are `words`."""

    def __init__(self, app: ASGIApp, address: str, *, cookie: str = "") -> None:
        url = urlsplit(address)
        self._scope = {
            "type": "websocket",
            "path": url.path,
            "query_string": url.query.encode(),
            "headers": [(b"cookie", cookie.encode())] if cookie else [],
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
        }
        self._app = app
        self._sent: asyncio.Queue[Message] = asyncio.Queue()  # by the app
        self._said: asyncio.Queue[Message] = asyncio.Queue()  # to it
        self.status = 0
        self.words = ""

    async def __aenter__(self) -> "AsgiSocket":
        self._said.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(self._talk())
        opened = await self._next()
        self.status = opened.get("status", 101)
        if opened["type"] == "websocket.http.response.start":
            self.words = (await self._next())["body"].decode()
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._said.put_nowait({"type": "websocket.disconnect", "code": 1000})
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(self._task, PATIENCE)

    async def hear(self) -> dict[str, Any]:
        """Wait for a message, and read it."""
        message: dict[str, Any] = msgspec.json.decode((await self._next())["bytes"])
        return message

    async def hear_close(self) -> None:
        """Wait until the app closes it."""
        assert (await self._next())["type"] == "websocket.close"

    async def _talk(self) -> None:
        await self._app(cast("Scope", self._scope), self._said.get, self._sent.put)

    async def _next(self) -> Message:
        return await asyncio.wait_for(self._sent.get(), PATIENCE)
