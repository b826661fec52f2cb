"""Files from the disk: as they lie there, under their names, for who may see their runs, and never by a path."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import pytest
from safetensors.torch import load
from starlette.applications import Starlette
from starlette.types import Message

from explorer.data.file_part import PIECE
from explorer.runs.access.person import Person
from explorer.runs.scheduler.server import Runs
from explorer.runs.store.database import StoreError
from explorer.runs.store.store import Store
from explorer.web.door.classroom import Classroom
from explorer.web.door.persons import COOKIE, sign
from explorer.web.saving import save_route
from explorer.web.saving.disk_response import disposition
from explorer.web.served import routes
from tests.runs.scene import job
from tests.training.small_jobs import saved_weights, write_checkpoint
from tests.web.asgi_request import Answer, ask

ROOM = Classroom("ABC", "DEF", "secret")


class Scene:
    """A server's runs, one of which has a checkpoint, and the app that serves its files."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.runs = Runs(store, ())
        self.run = store.create(job("0"), "owner")
        store.move(self.run, ["queued"], "cancelled")
        self.checkpoint = write_checkpoint(self.runs.checkpoint(self.run), size=200_000)
        self.app = Starlette(routes=routes())

    def ask(self, address: str, *, who: Person | None = None, method: str = "GET") -> Answer:
        headers = {"Cookie": f"{COOKIE}={sign(ROOM, who)}"} if who else {}
        return asyncio.run(ask(self.app, address.format(run=self.run), method=method, headers=headers))


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    store = Store(tmp_path / "runs.sqlite")
    found = Scene(store)
    monkeypatch.setattr(save_route, "runs", lambda: found.runs)
    yield found
    store.close()


def test_a_checkpoint_is_sent_as_it_lies_there_a_piece_at_a_time(scene: Scene) -> None:
    answer = scene.ask("/save/checkpoint/{run}")
    kept = scene.checkpoint.read_bytes()
    assert (answer.status, answer.body) == (200, kept)
    assert answer.headers["content-length"] == str(len(kept))
    assert answer.headers["content-disposition"] == f"attachment; filename*=utf-8''checkpoint-{scene.run}.safetensors"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert max(map(len, answer.pieces)) == PIECE < len(kept)


def test_the_weights_are_a_file_of_their_own(scene: Scene) -> None:
    answer = scene.ask("/save/weights/{run}")
    assert answer.body == saved_weights(scene.checkpoint)
    assert answer.headers["content-length"] == str(len(answer.body))
    assert f"weights-{scene.run}.safetensors" in answer.headers["content-disposition"]
    assert load(answer.body).keys() == {"conv1.weight", "fc1.bias"}


def test_who_asks_for_the_headers_gets_those(scene: Scene) -> None:
    whole, head = (scene.ask("/save/checkpoint/{run}", method=method) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    assert head.headers == whole.headers


def test_a_checkpoint_that_is_replaced_while_it_is_sent_is_the_old_one_to_its_end(scene: Scene) -> None:
    sent: list[bytes] = []
    kept = scene.checkpoint.read_bytes()

    async def send(message: Message) -> None:
        if not sent:
            write_checkpoint(scene.checkpoint, fill=0.25, size=10)
        sent.append(message.get("body", b""))

    async def receive() -> Message:
        return {"type": "http.request"}

    path = f"/save/checkpoint/{scene.run}"
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "asgi": {"spec_version": "2.4"}}
    asyncio.run(scene.app(scope, receive, send))
    assert b"".join(sent) == kept


@pytest.mark.parametrize(
    "address",
    [
        "/save/checkpoint/nowhere",
        "/save/checkpoint/..%2Fcheckpoints%2F{run}",
        "/save/checkpoint/{run}.safetensors",
        "/save/checkpoint/..",
        "/save/checkpoint/%00",
        "/save/runs/{run}",
        "/save/onnx/{run}",
        "/save/onnx/1.onnx",
    ],
)
def test_what_is_no_id_of_a_file_is_not_found(scene: Scene, address: str) -> None:
    answer = scene.ask(address)
    assert answer.status == 404
    assert answer.body


@pytest.mark.parametrize("what", ["weights", "checkpoint"])
def test_what_is_gone_is_told_in_words(scene: Scene, what: str) -> None:
    scene.checkpoint.unlink()
    answer = scene.ask(f"/save/{what}/{{run}}")
    assert (answer.status, answer.body.decode()) == (404, f"{save_route.GONE}\n")
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_damaged_checkpoint_has_no_weights_and_a_damaged_store_no_files(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.checkpoint.write_bytes(b"damaged")
    answer = scene.ask("/save/weights/{run}")
    assert (answer.status, b"is not a checkpoint that can be read" in answer.body) == (404, True)

    def broken() -> Runs:
        raise StoreError("The file is no database.")

    monkeypatch.setattr(save_route, "runs", broken)
    assert scene.ask("/save/weights/{run}").status == 503


@pytest.mark.parametrize("what", ["weights", "checkpoint"])
def test_the_files_of_a_deleted_run_are_its_owners_and_the_teachers(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("explorer.web.door.persons.the_classroom", lambda: ROOM)
    persons = (Person("other"), Person("owner"), Person("t", is_teacher=True))
    address = f"/save/{what}/{{run}}"
    assert [scene.ask(address, who=person).status for person in persons] == [200, 200, 200]
    scene.store.delete([scene.run])
    assert [scene.ask(address, who=person).status for person in persons] == [404, 200, 200]
    assert scene.ask(address).status == 404, "nobody whom the class knows"


def test_a_made_file_is_found_by_its_id(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "1.onnx").write_bytes(b"a network")

    def opened(file_id: str) -> BinaryIO | None:
        return (tmp_path / "1.onnx").open("rb") if file_id == "the-id" else None

    monkeypatch.setattr(save_route, "onnx_files", lambda: SimpleNamespace(open=opened))
    answer = scene.ask("/save/onnx/the-id")
    assert (answer.status, answer.body) == (200, b"a network")
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''design.onnx"
    assert scene.ask("/save/onnx/another").status == 404


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("design.onnx", "design.onnx"),
        ('a"; filename=b.exe', "a%22%3B%20filename%3Db.exe"),
        ("a\r\nSet-Cookie: x=1", "a%0D%0ASet-Cookie%3A%20x%3D1"),
        ("../a\\b", "..%2Fa%5Cb"),
        ("네트", "%EB%84%A4%ED%8A%B8"),
    ],
)
def test_nothing_in_a_name_is_taken_for_the_headers(name: str, written: str) -> None:
    assert disposition(name) == f"attachment; filename*=utf-8''{written}"
