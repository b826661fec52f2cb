"""A server without a class is its own computer's alone: who comes from elsewhere is refused, however it was started.

Streamlit's settings say where `streamlit run` listens, and so whether there is a class. Who starts the app by another
command, or puts a proxy before it, may let others reach a server that knows of none.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from explorer.web.guard.addresses import is_loopback
from explorer.web.guard.guard import refuse

FORWARDED = "x-forwarded-for"  # for whom a proxy asks
ALONE = (
    "This server is for its own computer alone, and asks nobody for a code. To let others in, start it by "
    "`streamlit run app.py --server.address 0.0.0.0`, which prints a code for them."
)


class ThisComputer:
    """An ASGI middleware for a server that has no class."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what this computer asks for, and refuse everything else in words."""
        if scope["type"] not in ("http", "websocket") or _is_from_here(scope):
            await self._app(scope, receive, send)
        else:
            await refuse(scope, receive, send, words=ALONE)


def _is_from_here(scope: Scope) -> bool:
    client = scope.get("client")
    spoken_for = Headers(scope=scope).get(FORWARDED, "")
    asking = [client[0] if client else "", *filter(None, map(str.strip, spoken_for.split(",")))]
    return all(map(is_loopback, asking))
