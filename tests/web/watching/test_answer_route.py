"""A typed answer by its request: it is the member's own or nothing, and whatever is wrong changes nothing."""

import asyncio

import msgspec
import pytest
from starlette.applications import Starlette

from explorer.architecture import edit
from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import Room
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.person import Person
from explorer.web.door.classroom import Classroom
from explorer.web.door.persons import COOKIE, sign
from explorer.web.served import routes
from explorer.web.watching.answer_route import MOST_BYTES
from tests.lessons.rooms.scene import ANN, BEN, DESIGN, HOW_FAR, NOTHING, TEACHER, WINNER, opened
from tests.web.asgi_request import Answer, ask

CLASS = Classroom("ABC", "DEF", "secret")
STRANGER = Person("stranger", "Eve")


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> tuple[Rooms, Room]:
    rooms, room = opened()
    monkeypatch.setattr("explorer.web.watching.answer_route.rooms", lambda: rooms)
    monkeypatch.setattr("explorer.web.door.persons.the_classroom", lambda: CLASS)
    return rooms, room


def send(code: str, who: Person, body: bytes) -> Answer:
    headers = {"Cookie": f"{COOKIE}={sign(CLASS, who)}"}
    return asyncio.run(
        ask(Starlette(routes=routes()), f"/room/{code}/answer", method="POST", headers=headers, body=body)
    )


def give(code: str, who: Person, text: str, *, step: str = NOTHING) -> Answer:
    return send(code, who, msgspec.json.encode({"step": step, "text": text}))


def test_an_answer_is_kept_in_the_present_round_and_is_of_who_sent_it(scene: tuple[Rooms, Room]) -> None:
    rooms, room = scene
    assert give(room.code, ANN, "2.3").status == 204
    rooms.happen(room.code, TEACHER, events.Again(NOTHING))
    assert give(room.code, ANN, "2.2").status == 204
    ann, ben = rooms.room(room.code).here
    assert [(each.round, each.answer.text, each.answer.design) for each in ann.given[NOTHING]] == [
        (1, "2.3", DESIGN),
        (2, "2.2", DESIGN),
    ]
    assert ben.given.get(NOTHING, ()) == ()


def test_it_is_about_the_network_on_the_members_screen_where_that_may_be_changed(scene: tuple[Rooms, Room]) -> None:
    rooms, room = scene
    free = next(step.name for step in room.lesson.steps if step.lets is None)
    rooms.happen(room.code, TEACHER, events.Paced(free, free))
    refused = give(room.code, ANN, "It is steep.", step=free)
    assert (refused.status, "Load the page again" in refused.body.decode()) == (409, True)
    changed = edit.replace_activations(DESIGN, "ReLU")
    rooms.note(room.code, ANN, changed)
    assert give(room.code, ANN, "It is steep.", step=free).status == 204
    assert rooms.room(room.code).here[0].given[free][-1].answer.design == changed


@pytest.mark.parametrize(
    ("who", "step", "led"),
    [
        (STRANGER, NOTHING, None),
        (BEN, NOTHING, events.Paused(on=True)),
        (BEN, NOTHING, events.AnswersOpen(NOTHING, on=False)),
        (BEN, NOTHING, events.Revealed(NOTHING)),
        (BEN, NOTHING, events.Paced(WINNER, WINNER)),
        (BEN, HOW_FAR, None),
        (BEN, "nowhere", None),
    ],
)
def test_what_is_not_taken_is_refused_in_words_and_changes_nothing(
    scene: tuple[Rooms, Room], who: Person, step: str, led: events.RoomEvent | None
) -> None:
    rooms, room = scene
    before = rooms.happen(room.code, TEACHER, led) if led else room
    refused = give(room.code, who, "2.3", step=step)
    assert refused.status == 409
    assert "allowed:" in refused.body.decode()
    assert rooms.room(room.code) is before
    assert give("NOROOM", BEN, "2.3").status == 409


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b'{"step": "nothing", "text": 1}', b'{"step": "' + b"x" * MOST_BYTES]
)
def test_what_is_no_answer_is_refused(scene: tuple[Rooms, Room], body: bytes) -> None:
    rooms, room = scene
    assert send(room.code, ANN, body).status == 422
    assert rooms.room(room.code) == room
