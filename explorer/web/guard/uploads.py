"""Uploaded files are few and small: Streamlit itself takes any number for a session, each under a name of the sender's.

It keeps them in the server's memory until the session ends. What is uploaded here is a design of some kilobytes, read
at once, so the oldest file makes room for a new one and nobody who uploads a file after another is ever refused.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, cast

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")  # session and file, as Streamlit's page names them
MOST_BYTES = 256 * 1024  # of a request: a design has 64 kB at most
MOST_FILES = 8  # of a client, before its oldest is let go
MOST_KEPT = 128  # files of all clients together: 32 MiB at most
MOST_AT_ONCE = 32  # requests whose bodies are still on their way
MOST_OF_ONE = 4  # of those, of one client: a slow one takes no other's place
PATIENCE = 20.0  # seconds in which a body comes


class Upload(NamedTuple):
    """A file as Streamlit names it, of a session, and who sent it."""

    session: str
    file: str
    client: str


class RefusedError(Exception):
    """An upload that is not taken: the HTTP status and the words for it."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def address(scope: Scope) -> str:
    """Name a client by its address; a whole class can have one behind a router."""
    client = scope.get("client")
    return client[0] if client else ""


class UploadBounds:
    """Middleware that bounds uploads in size and number, and has the oldest forgotten.

    `is_session` tells whether Streamlit knows a session, `forget` removes a file of one, and `client` says who sends a
    request, as far as the server tells its clients apart.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        is_session: Callable[[str], bool],
        forget: Callable[[str, str], object],
        client: Callable[[Scope], str] = address,
    ) -> None:
        self._app = app
        self._is_session, self._forget, self._client = is_session, forget, client
        self._kept: list[Upload] = []  # oldest first
        self._arriving: Counter[str] = Counter()  # by client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is no upload, and uploads within the bounds."""
        found = PATH.search(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "PUT":
            await self._app(scope, receive, send)
            return
        upload = Upload(found[1], found[2], self._client(scope))
        try:
            body = await self._receive(upload, Headers(scope=scope), receive)
        except RefusedError as refusal:
            # The rest of the body is not read: the connection cannot be used for another request.
            refused = PlainTextResponse(str(refusal), refusal.status, {"Connection": "close"})
            await refused(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), self._noting(upload, send))

    async def _receive(self, upload: Upload, headers: Headers, receive: Receive) -> bytes:
        """Take a request's body into memory, which is as large as the bounds let it be."""
        if not self._is_session(upload.session):
            raise RefusedError(400, "This upload is of no session that is open here. Load the page anew.")
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > MOST_BYTES:
            raise _too_large()
        if self._arriving.total() >= MOST_AT_ONCE or self._arriving[upload.client] >= MOST_OF_ONE:
            raise RefusedError(
                503, f"{self._arriving.total()} uploads are on their way already. Try again in a moment."
            )
        self._arriving[upload.client] += 1
        try:
            async with asyncio.timeout(PATIENCE):
                return await _read(receive)
        except TimeoutError:
            raise RefusedError(408, f"The file did not come within {PATIENCE:.0f} seconds. Try again.") from None
        finally:
            self._arriving[upload.client] -= 1
            self._arriving += Counter()  # forgets who has none

    def _noting(self, upload: Upload, send: Send) -> Send:
        """Note a file once Streamlit has it."""

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                self._keep(upload)
            await send(message)

        return note

    def _keep(self, upload: Upload) -> None:
        self._kept = [kept for kept in self._kept if kept[:2] != upload[:2] and self._is_session(kept.session)]
        self._kept.append(upload)
        if sum(kept.client == upload.client for kept in self._kept) > MOST_FILES:
            self._let_go(upload.client)
        elif len(self._kept) > MOST_KEPT:
            ((most, _),) = Counter(kept.client for kept in self._kept).most_common(1)
            self._let_go(most)

    def _let_go(self, client: str) -> None:
        """Have the oldest file of a client forgotten."""
        oldest = next(kept for kept in self._kept if kept.client == client)
        self._kept.remove(oldest)
        self._forget(oldest.session, oldest.file)


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "The upload was broken off.")
        body += cast(bytes, message.get("body", b""))
        if len(body) > MOST_BYTES:
            raise _too_large()
        if not message.get("more_body", False):
            return body


def _too_large() -> RefusedError:
    kilobytes = MOST_BYTES // 1024
    return RefusedError(413, f"The file is too large: a design has a few kilobytes, and at most {kilobytes} are read.")


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give a body that was received already, and then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
