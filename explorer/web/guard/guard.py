"""What stands before everything that is served: foreign hosts and origins are refused, on HTTP and websocket alike.

Each response tells the browser that no other site may frame the app, and that it loads nothing from anywhere else.
"""

from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from explorer.web.guard.addresses import host_refusal, origin_refusal

POLICY_VIOLATION = 1008  # a websocket's code for it
# Streamlit's own pages put styles and small scripts in place, and components come as blobs.
CONTENT = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {allowed}" for name, allowed in CONTENT.items()),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none at all a form of our own would come from nowhere
}


class Guard:
    """An ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it in words."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif words := refusal(Headers(scope=scope)):
            await refuse(scope, receive, send, words=words)
        else:
            await self._app(scope, receive, partial(_send_with_headers, send))


def refusal(headers: Headers) -> str | None:
    """Say why a request is refused by the host that it names, or by the page that sent it."""
    host, origin = headers.get("host"), headers.get("origin")
    names, origins = config.get_option("server.allowedHosts"), config.get_option("server.corsAllowedOrigins")
    return host_refusal(host, names=names) or origin_refusal(origin, host, origins=origins)


async def refuse(scope: Scope, receive: Receive, send: Send, *, words: str, status: int = 403) -> None:
    """Answer a request in words, or close a websocket before it opens."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": words[:100]})
    else:
        send = partial(_send_with_headers, send)
        await PlainTextResponse(f"{words}\n", status)(scope, receive, send)


async def _send_with_headers(send: Send, message: Message) -> None:
    if message["type"] == "http.response.start":
        headers = MutableHeaders(raw=message.setdefault("headers", []))
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
    await send(message)
