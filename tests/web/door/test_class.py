"""The door of a class, and what gets through it: codes, cookies, guesses, and how many tabs one person has."""

import asyncio
import resource
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from explorer.runs.access.guesses import FREE, Guesses
from explorer.runs.access.limits import Limits
from explorer.runs.access.person import Person
from explorer.web.door import classroom, join
from explorer.web.door.admission import Admission
from explorer.web.door.classroom import (
    CODE,
    OPEN,
    OPEN_WORDS,
    TEACHER_CODE,
    USER_HEADER,
    Classroom,
    read_classroom,
    role,
)
from explorer.web.door.join import Door
from explorer.web.door.persons import COOKIE, new_person, read_person, sign
from explorer.web.guard.descriptors import A_TAB, ITS_OWN

ROOM = Classroom("ABC123", "TEACHERS99", "secret")
FORGED = sign(Classroom("", "", "other"), Person("a", is_teacher=True))
PAGE = [(b"accept", b"text/html")]


@pytest.mark.parametrize(
    ("address", "names", "expected"),
    [
        ("127.0.0.1", [], False),
        ("localhost", ["localhost"], False),
        ("127.0.0.1", ["cnn.school.example"], True),
        ("0.0.0.0", [], True),
        (None, [], True),
    ],
)
def test_a_server_that_others_reach_has_a_class(
    monkeypatch: pytest.MonkeyPatch, address: str | None, names: list[str], expected: bool
) -> None:
    told = {"server.address": address, "server.allowedHosts": names}
    monkeypatch.setattr("explorer.web.door.classroom.config.get_option", told.__getitem__)
    assert classroom.has_class() == expected


def test_a_restart_keeps_codes_and_cookies(tmp_path: Path) -> None:
    room = read_classroom(tmp_path)
    person = new_person("Ann", is_teacher=False)
    again = read_classroom(tmp_path)
    assert again == room
    assert read_person(again, {COOKIE: sign(room, person)}, {}) == person
    assert (tmp_path / "class.json").stat().st_mode & 0o077 == 0
    assert read_classroom(tmp_path / "other").code != room.code


def test_the_environment_sets_what_it_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = read_classroom(tmp_path)
    for name, value in {CODE: "room 5-a", TEACHER_CODE: "t", OPEN: "yes", USER_HEADER: "X-User"}.items():
        monkeypatch.setenv(name, value)
    room = read_classroom(tmp_path)
    assert (room.code, room.teacher_code, room.is_open, room.user_header) == ("ROOM5A", "T", False, "X-User")
    monkeypatch.setenv(OPEN, OPEN_WORDS)
    assert read_classroom(tmp_path).is_open
    for name in (CODE, TEACHER_CODE, OPEN, USER_HEADER):
        monkeypatch.delenv(name)
    assert read_classroom(tmp_path) == kept


@pytest.mark.parametrize(
    ("code", "whose"),
    [("ABC123", "student"), (" abc-123 ", "student"), ("teachers 99", "teacher"), ("ABC12", None), ("", None)],
)
def test_a_code_is_taken_as_it_is_meant(code: str, whose: str | None) -> None:
    assert role(ROOM, code) == whose


@pytest.mark.parametrize("value", ["", "x", "WyJhIiwiYSIsdHJ1ZV0.x", FORGED])
def test_a_cookie_that_this_server_did_not_sign_is_nobodys(value: str) -> None:
    assert read_person(ROOM, {COOKIE: value}, {}) is None


def test_a_proxys_header_counts_only_where_it_was_named() -> None:
    headers = {"X-User": "ann@school.example"}
    assert read_person(ROOM, {}, headers) is None
    named = read_person(Classroom("", "", "secret", user_header="X-User"), {}, headers)
    assert named == Person("ann@school.example", "ann@school.example")


def test_guessing_gets_slower_and_only_for_who_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr("explorer.runs.access.guesses.time.monotonic", lambda: now[0])
    guesses, waits = Guesses(), []
    for _ in range(FREE + 9):
        waits.append(guesses.wait("there"))
        now[0] += waits[-1]
        guesses.note_wrong("there")
    assert waits[: FREE + 3] == [0.0] * FREE + [2.0, 4.0, 8.0]
    assert max(waits) == 300.0
    assert guesses.wait("elsewhere") == 0.0
    guesses.forget("there")
    assert guesses.wait("there") == 0.0


class Asgi:
    """A request to the middleware, and all that is answered to it."""

    def __init__(self, **limits: int) -> None:
        self.passed: list[Scope] = []
        self.inside = asyncio.Event()
        self.over = asyncio.Event()
        self.door = Admission(
            self._serve, room=ROOM, base="/base", public=frozenset({"/healthz"}), limits=lambda: Limits(**limits)
        )

    async def _serve(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.passed.append(scope)
        if scope["type"] == "websocket":
            self.inside.set()
            await self.over.wait()
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})

    async def ask(self, kind: str, path: str, headers: list[tuple[bytes, bytes]], client: str = "1.2.3.4") -> Message:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": f"{kind}.connect"}

        scope: dict[str, Any] = {
            "type": kind,
            "path": path,
            "headers": headers,
            "query_string": b"m=1",
            "method": "GET",
        }
        await self.door(scope | {"scheme": "http", "client": (client, 1)}, receive, send)
        return sent[0] if sent else {"type": "nothing"}


def signed(person: Person) -> list[tuple[bytes, bytes]]:
    return [(b"cookie", f"{COOKIE}={sign(ROOM, person)}".encode())]


def test_who_is_not_of_the_class_is_led_to_its_door() -> None:
    asgi = Asgi()
    page = asyncio.run(asgi.ask("http", "/base/train", PAGE))
    assert page["status"] == 303
    assert (b"location", b"/base/join?next=/train%3Fm%3D1") in page["headers"]
    assert asyncio.run(asgi.ask("http", "/base/media/x", []))["status"] == 401
    assert asyncio.run(asgi.ask("websocket", "/base/_stcore/stream", []))["type"] == "websocket.close"
    assert asgi.passed == []
    for person, status in ((Person("a"), 403), (Person("t", is_teacher=True), 200)):
        assert asyncio.run(asgi.ask("http", "/base/_stcore/metrics", signed(person)))["status"] == status
    asgi.passed.clear()
    for path in ("/base/join", "/base/healthz"):
        assert asyncio.run(asgi.ask("http", path, []))["status"] == 200
    assert asyncio.run(asgi.ask("http", "/base/train", signed(Person("a"))))["status"] == 200


@pytest.mark.parametrize(
    ("limits", "second", "client", "words"),
    [
        ({"sessions": 1}, Person("a"), "1.2.3.4", "You have 1 tabs"),
        ({"sessions_an_address": 1}, Person("b"), "1.2.3.4", "from your address"),
        ({"sessions": 1}, Person("b"), "1.2.3.4", None),
        ({"sessions_an_address": 1}, Person("b"), "5.6.7.8", None),
        ({"sessions": 1, "sessions_an_address": 1}, Person("a", is_teacher=True), "1.2.3.4", None),
        ({}, Person("b", is_teacher=True), "5.6.7.8", "1 tabs are open on this server"),
    ],
)
def test_tabs_are_counted_by_person_by_address_and_by_what_the_system_has_files_for(
    limits: dict[str, int], second: Person, client: str, words: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not limits:
        monkeypatch.setattr(resource, "getrlimit", lambda _: (ITS_OWN + A_TAB, 256))

    async def open_two() -> Message:
        asgi = Asgi(**limits)
        first = asyncio.create_task(asgi.ask("websocket", "/base/_stcore/stream", signed(Person("a"))))
        await asgi.inside.wait()
        other = asyncio.create_task(asgi.ask("websocket", "/base/_stcore/stream", signed(second), client))
        await asyncio.sleep(0)  # into the middleware, and as far as it goes while the first is open
        assert len(asgi.passed) == 1 + (words is None)
        asgi.over.set()
        answer, _ = await asyncio.gather(other, first)
        after = await asgi.ask("websocket", "/base/_stcore/stream", signed(Person("a")))
        assert after["type"] == "nothing", "a tab that was closed still counts"
        return answer

    answer = asyncio.run(open_two())
    assert (answer["type"] == "nothing") == (words is None)
    assert words is None or words in answer["reason"]


@pytest.mark.parametrize(("letters", "is_whole"), [(19_000, True), (21_000, False)])
def test_a_link_goes_through_the_door_whole_or_not_at_all(letters: int, is_whole: bool) -> None:
    link = "/train?m=" + "a" * letters
    expected, door = (link if is_whole else "/"), Door(ROOM, base="")
    sent = urlencode({"next": link, "code": ROOM.code, "nickname": "Ann"}).encode()

    async def receive() -> Message:
        return {"type": "http.request", "body": sent}

    asked: dict[str, Any] = {"type": "http", "query_string": sent, "headers": [(b"host", b"here")], "path": "/join"}
    shown = asyncio.run(door.show(Request(asked)))
    assert f'value="{expected}"' in bytes(shown.body).decode()
    entered = asyncio.run(door.enter(Request(asked | {"method": "POST", "scheme": "http"}, receive)))
    assert entered.headers["location"] == quote(expected, safe="/?=")


@pytest.mark.parametrize("end", [{"type": "http.disconnect"}, None])
def test_a_form_that_breaks_off_or_never_ends_gets_an_answer(
    end: Message | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(join, "FORM_SECONDS", 0.01)
    door, parts = Door(ROOM, base=""), list[Message]([{"type": "http.request", "body": b"code=", "more_body": True}])

    async def receive() -> Message:
        return parts.pop() if parts else end or await asyncio.Future[Message]()

    asked = {"type": "http", "method": "POST", "path": "/join", "query_string": b"", "headers": [], "client": ("a", 1)}
    answer = asyncio.run(door.enter(Request(asked, receive)))
    assert answer.status_code == 408
    assert join.LATE in bytes(answer.body).decode()
