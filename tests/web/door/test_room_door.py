"""The class's door takes a room's code, too: it leads into that room, and who guesses waits as with the class's."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import Room
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.guesses import FREE
from explorer.runs.store.store import Store
from explorer.web.base.room_door import enter_room
from explorer.web.door.classroom import Classroom
from explorer.web.door.join import Door
from explorer.web.door.persons import COOKIE, read_person
from tests.lessons.rooms.scene import TEACHER, opened

CLASS = Classroom("ABC234", "TEACHERS99", "secret")


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Rooms, Room]]:
    store = Store(tmp_path / "runs.sqlite")
    rooms, room = opened(store.room_events)
    monkeypatch.setattr("explorer.web.base.room_door.rooms", lambda: rooms)
    yield rooms, room
    store.close()


def typed(door: Door, code: str, nickname: str = "Cleo", *, cookie: str = "") -> Response:
    """Type a code and a name at the door."""

    async def receive() -> Message:
        return {"type": "http.request", "body": urlencode({"code": code, "nickname": nickname}).encode()}

    headers = [(b"host", b"here"), (b"cookie", cookie.encode())]
    asked = {"type": "http", "method": "POST", "path": "/join", "query_string": b"", "headers": headers}
    return asyncio.run(door.enter(Request(asked | {"client": ("10.0.0.9", 1), "scheme": "http"}, receive)))


def test_a_rooms_code_leads_into_the_room_and_back_as_the_same_member(scene: tuple[Rooms, Room]) -> None:
    rooms, room = scene
    door = Door(CLASS, base="/base", enter_room=enter_room)
    answer = typed(door, f" {room.code.lower()} ")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/base/lessons?room={room.code}")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    person = read_person(CLASS, {COOKIE: cookie.removeprefix(f"{COOKIE}=")}, {})
    assert person is not None
    assert not person.is_teacher
    again = typed(door, room.code, "Cleopatra", cookie=cookie)
    assert again.status_code == 303
    assert [member.nickname for member in rooms.room(room.code).here] == ["Ann", "Ben", "Cleopatra"]


def test_who_is_not_let_in_reads_why(scene: tuple[Rooms, Room]) -> None:
    rooms, room = scene
    door = Door(CLASS, base="", enter_room=enter_room)
    taken, nameless = typed(door, room.code, "ann"), typed(door, room.code, " ")
    assert (taken.status_code, "a name that nobody here has" in bytes(taken.body).decode()) == (409, True)
    assert nameless.status_code == 400
    rooms.happen(room.code, TEACHER, events.Closed())
    assert typed(door, room.code).status_code == 409
    assert [typed(door, "ZZZZZZ").status_code for _ in range(FREE + 1)] == [403] * FREE + [429]
    assert typed(door, CLASS.code).status_code == 429
