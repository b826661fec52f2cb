"""Large files are served from the disk in small pieces, under names that nobody can guess."""

import asyncio
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.types import Message, Scope

from explorer.web import saved_files
from explorer.web.saved_files import SavedFiles

LARGE = 10 * 2**20


@pytest.fixture
def files() -> SavedFiles:
    return SavedFiles()


def get(files: SavedFiles, address: str) -> tuple[int, dict[str, str], list[bytes]]:
    """Give the status, the headers and the pieces of the answer to a request."""
    sent: list[Message] = []
    path = f"/{address}"
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "headers": [],
        "query_string": b"",
        "root_path": "",
    }

    async def receive() -> Message:
        await asyncio.Event().wait()
        return {}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Starlette(routes=[files.route])(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, [message.get("body", b"") for message in sent[1:]]


def test_a_file_comes_in_pieces_as_it_lies_on_the_disk(files: SavedFiles, tmp_path: Path) -> None:
    path = tmp_path / "1.onnx"
    path.write_bytes(bytes(range(256)) * (LARGE // 256))
    status, headers, pieces = get(files, files.offer(path, "design.onnx"))
    assert (status, b"".join(pieces)) == (200, path.read_bytes())
    assert max(map(len, pieces)) <= 2**18
    assert headers["content-disposition"] == 'attachment; filename="design.onnx"'
    assert headers["content-encoding"] == "identity"


def test_what_is_gone_or_was_never_offered_is_told(files: SavedFiles, tmp_path: Path) -> None:
    path = tmp_path / "1.onnx"
    path.touch()
    address = files.offer(path, "design.onnx")
    path.unlink()
    for asked in (address, "saved/guessed", "saved/..%2Fpasswd"):
        status, _, pieces = get(files, asked)
        assert status == 404
        assert b"".join(pieces).startswith(b"This file is not there any more.")


def test_a_file_that_is_offered_again_keeps_its_address_and_the_oldest_makes_room(
    files: SavedFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_files, "MOST_OFFERED", 2)
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.touch()
    first, second = (files.offer(path, "x") for path in paths[:2])
    assert files.offer(paths[0], "x") == first
    third = files.offer(paths[2], "x")
    assert [get(files, address)[0] for address in (first, second, third)] == [200, 404, 200]
