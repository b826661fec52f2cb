"""Trained weights by their routes: refused before a byte is sent where that can be, bounded, and the sender's alone."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from explorer.exchange.weight_file import MOST_BYTES
from explorer.runs.access.person import Person
from explorer.runs.background.weight_imports import WeightImports
from explorer.runs.scheduler.server import Runs, open_runs
from explorer.web.saving import import_route
from explorer.web.saving.import_route import ask, send
from tests.runs.background.test_weight_imports import saved

PATIENCE = 120  # seconds
DESIGN = PRESETS["lenet-d2l"].architecture
ASKED = {"design": to_link(DESIGN), "dataset": "fashion-mnist-subset", "name": "a/b\\lenet.pth", "size": "10"}


class Scene:
    """A server's runs and imports, and who asks."""

    def __init__(self, runs: Runs, imports: WeightImports) -> None:
        self.runs, self.imports, self.person = runs, imports, Person("me", is_teacher=True)

    def ask(self, **changed: str) -> tuple[int, str]:
        query = urlencode(ASKED | changed).encode()
        scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": query}
        answer = asyncio.run(ask(Request(scope)))
        return answer.status_code, bytes(answer.body).decode().strip()

    def send(self, import_id: str, *pieces: bytes | None) -> Response:
        """Send a body in pieces; None for one that never comes."""
        waiting = list(pieces)

        async def receive() -> Message:
            if not waiting:
                return {"type": "http.disconnect"}
            piece = waiting.pop(0)
            if piece is None:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": piece or b"", "more_body": piece != b""}

        scope = {"type": "http", "method": "PUT", "path": "/", "headers": [], "path_params": {"id": import_id}}
        return asyncio.run(send(Request(scope, receive)))


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with closing(open_runs(tmp_path, allocations=[])) as runs, closing(WeightImports(tmp_path)) as imports:
        found = Scene(runs, imports)
        monkeypatch.setattr(import_route, "runs", lambda: runs)
        monkeypatch.setattr(import_route, "weight_imports", lambda: imports)
        monkeypatch.setattr(import_route, "who_asks", lambda *_: found.person)
        monkeypatch.setattr(import_route, "class_work", lambda: None)
        monkeypatch.setattr(import_route, "PATIENCE", 0.5)
        yield found


@pytest.mark.slow
def test_a_file_that_is_asked_for_and_sent_becomes_a_run(scene: Scene) -> None:
    content = saved(build(DESIGN).state_dict())
    status, import_id = scene.ask(size=str(len(content)))
    assert status == 200
    pieces = [content[place : place + 100_000] for place in range(0, len(content), 100_000)]
    assert scene.send(import_id, *pieces, b"").status_code == 204
    found = scene.imports.find(import_id)
    assert found is not None
    assert found.wait(PATIENCE)
    assert found.cause == ""
    run = scene.runs.store.run(found.run_id)
    assert run is not None
    assert (run.imported, run.owner, run.dataset, run.job.architecture) == (
        *("lenet.pth", "me", "fashion-mnist-subset"),
        DESIGN,
    )
    assert scene.send(import_id, content, b"").status_code == 404, "it is sent once"


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"size": str(MOST_BYTES + 1)}, 413, "at most 320 MB are read"),
        ({"size": "0"}, 413, "The file is empty"),
        ({"size": "-5"}, 413, "The file is empty"),
        ({"size": "9" * 5_000}, 413, "The file is empty"),
        ({"design": "nothing"}, 422, "link: found"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_it_is_sent(
    scene: Scene, changed: dict[str, str], status: int, words: str
) -> None:
    found, said = scene.ask(**changed)
    assert (found, words in said) == (status, True), said


def test_a_second_file_waits_for_the_first(scene: Scene) -> None:
    assert scene.ask()[0] == 200
    status, words = scene.ask()
    assert (status, words[:21]) == (503, "Another file of yours")


def test_another_person_cannot_send_what_one_asked_for(scene: Scene) -> None:
    _, import_id = scene.ask()
    scene.person = Person("you")
    assert scene.send(import_id, b"weights", b"").status_code == 404
    assert scene.send("nowhere", b"weights", b"").status_code == 404
    found = scene.imports.find(import_id)
    assert found is not None
    assert not found.ended


@pytest.mark.parametrize(
    ("pieces", "status", "words"),
    [
        ([b"x" * 10, b"x"], 413, "More bytes came"),
        ([b"x", None], 408, "did not come in time"),
        ([b"x"], 400, "broken off"),
    ],
)
def test_a_body_too_long_too_slow_or_broken_off_leaves_nothing_and_another_can_come(
    scene: Scene, pieces: list[bytes | None], status: int, words: str
) -> None:
    _, import_id = scene.ask()
    answer = scene.send(import_id, *pieces)
    assert (answer.status_code, answer.headers["connection"]) == (status, "close")
    assert words in bytes(answer.body).decode()
    assert list(scene.runs.store.path.parent.glob("scratch/*/*")) == []
    assert scene.ask()[0] == 200


def test_a_full_disk_is_said_in_words(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    _, import_id = scene.ask()
    found = scene.imports.find(import_id)
    assert found is not None
    found.path = Path("/dev/full")
    answer = scene.send(import_id, b"x" * 10, b"")
    assert (answer.status_code, "No space left" in bytes(answer.body).decode()) == (507, True)
