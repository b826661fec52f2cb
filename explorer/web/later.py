"""What answers a route with code that brings torch, which takes seconds to load: others are served meanwhile."""

import asyncio
from importlib import import_module

from starlette.routing import request_response, websocket_session
from starlette.types import Receive, Scope, Send


class Later:
    """An ASGI app that loads the function which answers when it is asked for the first time."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, once it is loaded."""
        answer = getattr(await asyncio.to_thread(import_module, self._module), self._name)
        app = websocket_session(answer) if scope["type"] == "websocket" else request_response(answer)
        await app(scope, receive, send)
