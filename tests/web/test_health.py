"""What a server says of itself: alive, ready or why not, and its figures to the teacher and this computer alone."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from explorer.runs.access.person import Person
from explorer.runs.store.database import StoreError
from explorer.web import health
from explorer.web.door.classroom import Classroom
from explorer.web.door.persons import COOKIE, sign
from explorer.web.drawings import Drawings, asked

ROOM = Classroom("ABC", "DEF", "secret")


def ask(
    route: Callable[[Request], Coroutine[Any, Any, Response]], *, client: str = "127.0.0.1", **headers: str
) -> tuple[int, str]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    answer = asyncio.run(route(Request({"type": "http", "headers": raw, "client": (client, 1)})))
    return answer.status_code, bytes(answer.body).decode()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """A server's runs, of which a test says how they are."""
    waiting = [SimpleNamespace(state="queued", created=7.0), SimpleNamespace(state="queued", created=9.0)]
    store = SimpleNamespace(unfinished=lambda: [*waiting, SimpleNamespace(state="running", created=1.0)])
    found = SimpleNamespace(read_only=None, trouble=None, store=store, is_any_worker_ready=True, worker_deaths=3)
    monkeypatch.setattr(health, "runs", lambda: found)
    monkeypatch.setattr(health, "the_classroom", lambda: ROOM)
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "not" / "yet"))
    return found


def test_alive_and_ready(server: SimpleNamespace) -> None:
    assert ask(health.healthz) == (200, "alive\n")
    assert ask(health.readyz) == (200, "ready\n")
    server.is_any_worker_ready = False
    assert ask(health.readyz)[0] == 503
    assert "No worker is ready yet" in ask(health.readyz)[1]
    server.is_any_worker_ready = True
    server.trouble = "The disk is full."
    assert ask(health.readyz) == (503, "The disk is full.\n")
    assert ask(health.healthz)[0] == 200


def test_not_ready_says_why(server: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    server.read_only = "Another server trains."
    monkeypatch.setattr(health, "LEAST_FREE", 10**18)
    status, words = ask(health.readyz)
    assert status == 503
    assert "Another server trains." in words
    assert "bytes free; at least 1,000,000,000,000,000,000" in words

    def broken() -> None:
        raise StoreError("The file is no database.")

    monkeypatch.setattr(health, "runs", broken)
    assert "The file is no database." in ask(health.readyz)[1]
    assert ask(health.metrics) == (503, "The file is no database.\n")


@pytest.mark.usefixtures("server")
def test_the_figures_are_the_teachers_and_this_computers() -> None:
    status, text = ask(health.metrics)
    assert status == 200
    for line in ('explorer_runs{state="queued"} 2.0', "explorer_queue_length 2.0", "explorer_queue_oldest 7.0"):
        assert line in text
    assert "explorer_worker_deaths_total 3.0" in text
    assert ask(health.metrics, client="10.0.0.1")[0] == 403
    assert ask(health.metrics, x_forwarded_for="10.0.0.1")[0] == 403, "a proxy on this computer speaks for others"
    for teaches, expected in ((False, 403), (True, 200)):
        cookie = f"{COOKIE}={sign(ROOM, Person('a', is_teacher=teaches))}"
        assert ask(health.metrics, client="10.0.0.1", cookie=cookie)[0] == expected


def test_what_browsers_ask_to_be_drawn_is_counted_by_their_messages() -> None:
    messages: list[Message] = [{"type": "websocket.connect"}, *[{"type": "websocket.receive", "bytes": b""}] * 3]
    heard: list[Message] = []

    async def receive() -> Message:
        return messages[len(heard)]

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        while len(heard) < len(messages):
            heard.append(await receive())

    async def send(_message: Message) -> None:
        raise AssertionError("nothing is answered")

    before = asked()
    for path, expected in (("/_stcore/stream", 3), ("/watch/run/a", 3)):
        heard.clear()
        asyncio.run(Drawings(app)({"type": "websocket", "path": path}, receive, send))
        assert (len(heard), asked() - before) == (4, expected)
