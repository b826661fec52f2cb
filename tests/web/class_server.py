"""Serves the real app as a class's: `python -m tests.web.class_server`, which first says where and what its routes are.

The routes are those of the application that Streamlit builds of `app.py`, its own among them. Nothing trains.
"""

import json
import os
import runpy
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from streamlit import config

from explorer.runs.scheduler.server import Runs
from explorer.runs.store.store import Store

ROOT = Path(__file__).parents[2]


class ClassServer(NamedTuple):
    """Where one is, what it says that it serves, and the file of what it writes down."""

    port: int
    routes: list[str]
    log: Path


@contextmanager
def class_server(home: Path) -> Iterator[ClassServer]:
    """Serve a folder's class in a process of its own."""
    command, log = [sys.executable, "-m", "tests.web.class_server"], home / "server.log"
    environment = os.environ | {"EXPLORER_HOME": str(home)}
    with (
        log.open("w") as words,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=words, text=True
        ) as process,
    ):
        assert process.stdout is not None
        told = json.loads(next(line for line in process.stdout if line.startswith("{")))
        yield ClassServer(told["port"], told["routes"], log)
        process.terminate()
        process.stdout.read()


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
        # The websockets that `streamlit run` has.
        uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio")).run(sockets=[listening])


if __name__ == "__main__":
    serve()
