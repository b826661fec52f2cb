"""A request without a server between: it asks an ASGI app for an address, and has the answer."""

from typing import NamedTuple, cast
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Scope


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Headers
    pieces: list[bytes]

    @property
    def body(self) -> bytes:
        """All pieces in one."""
        return b"".join(self.pieces)


async def ask(
    app: ASGIApp, address: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b""
) -> Answer:
    """Ask for an address, and wait for the whole answer."""
    url, sent = urlsplit(address), list[Message]()
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(url.path),
        "query_string": url.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
        "asgi": {"spec_version": "2.4"},
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(cast("Scope", scope), receive, send)
    start, *rest = sent
    return Answer(start["status"], Headers(raw=start["headers"]), [message.get("body", b"") for message in rest])
