"""A picture of one's own by its route: what comes back, and how much is taken; who may, says the table of routes."""

import asyncio
import http.client
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load as read_tensors
from starlette.requests import Request
from starlette.types import Message
from torch import Tensor

from explorer.data.datasets import load
from explorer.looking.own_picture import MOST_BYTES, STEPS
from explorer.runs.access.person import Person
from explorer.web.door.classroom import read_classroom
from explorer.web.door.persons import COOKIE, sign
from explorer.web.looking import own_route
from explorer.web.looking.own_route import look_at_own
from tests.web.class_server import class_server
from tests.web.test_routes import filled

PATIENCE = 60.0  # seconds; only a failing test waits so long
OFF = "crop=0&invert=0&centre=0"


class Asked:
    """The server of a class with a run, which a member asks."""

    def __init__(self, port: int, cookie: str, run: str) -> None:
        self._port, self._headers, self._look = port, {"Cookie": cookie}, f"/look/{run}/0"

    def ask(self, method: str, what: str, body: bytes | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Ask for something of the run's first step."""
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)) as connection:
            connection.request(method, f"{self._look}/{what}", body, self._headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def tensors(self, method: str, what: str, body: bytes | None = None) -> dict[str, Tensor]:
        """Ask for tensors."""
        status, _, content = self.ask(method, what, body)
        assert status == 200, content
        return read_tensors(content)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    home: Path = tmp_path_factory.mktemp("class")
    room, runs = read_classroom(home), filled(home)
    with class_server(home) as server:
        yield Asked(server.port, f"{COOKIE}={sign(room, Person('member'))}", runs["run"])


def picture(number: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(load("fashion-mnist-subset").test.images[number, 0].numpy()).save(stream, "PNG")
    return stream.getvalue()


def test_a_test_picture_of_ones_own_is_answered_as_that_test_picture(asked: Asked) -> None:
    own, test = asked.tensors("POST", f"own?{OFF}", picture(7)), asked.tensors("GET", "test/7")
    assert all(torch.equal(own[name], test[name]) for name in test)
    assert set(own) - set(test) == {f"step:{name}" for name in STEPS}
    assert torch.equal(own["step:came"], test["input"])
    chosen = "class=3&size=9"
    why, test_why = (
        asked.tensors("POST", f"own/hangs?{OFF}&{chosen}", picture(7)),
        asked.tensors("GET", f"test/7/hangs?{chosen}"),
    )
    assert why.keys() == test_why.keys()
    assert all(torch.equal(why[name], test_why[name]) for name in test_why)


def test_a_switch_is_heard_and_one_left_out_is_as_the_data_set_was_made(asked: Asked) -> None:
    white = Image.new("L", (100, 100), "white")
    white.paste(0, (10, 20, 30, 90))
    stream = io.BytesIO()
    white.save(stream, "PNG")
    usual, forced = (asked.tensors("POST", what, stream.getvalue())["input"] for what in ("own", "own?invert=0"))
    assert (usual[0, :, 0].max().item(), forced[0, :, 0].min().item()) == (0, 1)


def test_a_refusal_is_words_and_an_answer_is_not_kept_by_the_browser(asked: Asked) -> None:
    status, _, words = asked.ask("POST", "own", b"a letter")
    assert (status, words[:7]) == (422, b"These 8")
    assert asked.ask("POST", "own", picture(7))[1]["Cache-Control"] == "no-store"


def request(*pieces: int | None) -> tuple[Request, list[int]]:
    """Give a request whose body comes in pieces of so many bytes, None for one that never comes; and what was read."""
    waiting, read = list(pieces), list[int]()

    async def receive() -> Message:
        size = waiting.pop(0)
        if size is None:
            await asyncio.Event().wait()
            raise AssertionError
        read.append(size)
        return {"type": "http.request", "body": bytes(size), "more_body": True}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive), read


def test_a_body_is_read_only_as_far_as_the_bound() -> None:
    one, read = request(MOST_BYTES, 1, 1, 1)
    answer = asyncio.run(look_at_own(one))
    assert (answer.status_code, answer.headers["connection"], read) == (413, "close", [MOST_BYTES, 1])
    assert b"at most 2,097,152 bytes" in answer.body


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_route, "PATIENCE", 0.01)
    answer = asyncio.run(look_at_own(request(10, None)[0]))
    assert answer.status_code == 408
