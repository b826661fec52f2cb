"""How often browsers asked for a page, or a part of one, to be drawn: clicks, edits, visits, and what ticks."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.web.door.admission import STREAM

_asked = [0]


def asked() -> int:
    """Give how often since the server's start."""
    return _asked[0]


class Drawings:
    """An ASGI middleware that counts what browsers send by Streamlit's websocket: each message asks for a drawing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""

        async def counted() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                _asked[0] += 1
            return message

        is_counted = scope["type"] == "websocket" and scope["path"].endswith(STREAM)
        await self._app(scope, counted if is_counted else receive, send)
