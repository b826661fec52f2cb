"""Serves the real app as a class's: `python -m tests.web.class_server`, which first says where and what its routes are.

The routes are those of the application that Streamlit builds of `app.py`, its own among them. Nothing trains.
"""

import json
import runpy
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from streamlit import config

from explorer.runs.scheduler.server import Runs
from explorer.runs.store.store import Store

ROOT = Path(__file__).parents[2]


def named(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """Name each route by its methods and its path, as `GET /healthz`; HEAD answers what GET does."""
    for route in routes:
        if isinstance(route, Route):
            yield from (f"{method} {route.path}" for method in sorted((route.methods or set()) - {"HEAD"}))
        elif isinstance(route, WebSocketRoute):
            yield f"SOCKET {route.path}"
        else:
            assert isinstance(route, Mount), f"{route!r} is of a new kind, of which the table says nothing"
            yield f"BELOW {route.path}/"


def serve() -> None:
    """Serve until the process is ended."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        class Told(Starlette):
            """The application, which says what it serves."""

            def __init__(self, **options: Any) -> None:  # noqa: ANN401  # Starlette's own
                super().__init__(**options)
                told = {"port": listening.getsockname()[1], "routes": list(named(self.routes))}
                print(json.dumps(told), flush=True)  # noqa: T201

        patch = pytest.MonkeyPatch()
        patch.setattr("starlette.applications.Starlette", Told)
        patch.setattr("explorer.web.base.shared.open_runs", lambda home, **_: Runs(Store(home / "runs.sqlite"), ()))
        config.set_option("server.address", "0.0.0.0")  # the address of a server that others reach
        app = runpy.run_path(str(ROOT / "app.py"))["app"]
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


if __name__ == "__main__":
    serve()
