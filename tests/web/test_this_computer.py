"""A server without a class is its own computer's, also where it was started so that others reach it, or by a proxy."""

import asyncio
import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
from starlette.types import Message, Receive, Scope, Send
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from explorer.web.guard.this_computer import ALONE, FORWARDED, ThisComputer
from tests.web.class_server import ROOT

PATIENCE = 60.0  # seconds; only a failing test waits so long
ELSEWHERE = {"X-Forwarded-For": "10.0.0.9"}


def ask(kind: str, client: tuple[str, int] | None, forwarded: str | None = None) -> Message:
    """Give what is answered first to a client; the app behind the middleware says `passed`."""
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "passed"})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": f"{kind}.connect"}

    headers = [(FORWARDED.encode(), forwarded.encode())] if forwarded is not None else []
    scope: Scope = {"type": kind, "client": client, "headers": headers, "method": "GET", "path": "/"}
    asyncio.run(ThisComputer(app)(scope, receive, send))
    return sent[0]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("client", "forwarded", "passes"),
    [
        (("127.0.0.1", 1), None, True),
        (("::1", 1), None, True),
        (("127.0.0.1", 1), "127.0.0.1", True),
        (("192.168.1.5", 1), None, False),
        (("::1", 1), "192.168.1.5", False),
        (("::1", 1), "127.0.0.1, 192.168.1.5", False),
        (("127.0.0.1", 1), "unknown", False),
        (None, None, False),
    ],
)
def test_only_this_computer_gets_through(
    kind: str, client: tuple[str, int] | None, forwarded: str | None, passes: bool
) -> None:
    answer = ask(kind, client, forwarded)
    assert (answer["type"] == "passed") == passes
    assert passes or answer.get("status", 403) == 403


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that uvicorn started at every address, of which Streamlit's settings know nothing."""
    environment = os.environ | {"EXPLORER_HOME": str(tmp_path_factory.mktemp("home"))}
    command = [sys.executable, "-m", "uvicorn", "app:app", "--host", "0.0.0.0", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = next(found for line in process.stderr if (found := re.search(r"running on http://[\d.]+:(\d+)", line)))
        yield int(told[1])
        process.terminate()
        process.stderr.read()


def answer(port: int, headers: dict[str, str]) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("GET", "/", headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


@pytest.mark.slow
def test_a_server_that_uvicorn_starts_for_all_serves_its_own_computer_alone(port: int) -> None:
    assert answer(port, {})[0] == 200
    assert answer(port, ELSEWHERE) == (403, f"{ALONE}\n")
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    with connect(address, open_timeout=PATIENCE):
        pass
    with pytest.raises(InvalidStatus, match="403"), connect(address, additional_headers=ELSEWHERE):
        pass
