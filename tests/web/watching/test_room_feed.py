"""What the screens of a room hear at the socket: their own and no more, whatever they ask for and send."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.types import ASGIApp

from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import Room
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.person import Person
from explorer.runs.scheduler.server import Runs
from explorer.runs.store.rows import entrant
from explorer.runs.store.store import Store
from explorer.training.events import Epoch, Finished
from explorer.training.recipe.recipe import Job
from explorer.web.base import once
from explorer.web.door.classroom import Classroom
from explorer.web.door.persons import COOKIE, sign
from explorer.web.served import routes
from tests.lessons.rooms import challenge
from tests.lessons.rooms.scene import ANN, BEN, HOW_FAR, NOTHING, TEACHER, WINNER, answer, opened
from tests.web.asgi_socket import AsgiSocket

CLASS = Classroom("ABC", "DEF", "secret")


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Rooms, Room]]:
    once.forget_all()
    store = Store(tmp_path / "runs.sqlite")
    rooms, room = opened(store.room_events)
    monkeypatch.setattr("explorer.web.watching.room_feed.runs", lambda: Runs(store, ()))
    monkeypatch.setattr("explorer.web.watching.room_feed.rooms", lambda: rooms)
    monkeypatch.setattr("explorer.web.door.persons.the_classroom", lambda: CLASS)
    yield rooms, room
    store.close()
    once.forget_all()


@pytest.fixture
def app() -> ASGIApp:
    return Starlette(routes=routes())


def listening(app: ASGIApp, kind: str, room: Room, person: Person, *, after: int = -1) -> AsgiSocket:
    return AsgiSocket(app, f"/watch/{kind}/{room.code}?after={after}", cookie=f"{COOKIE}={sign(CLASS, person)}")


async def heard(socket: AsgiSocket, **wanted: object) -> dict[str, Any]:
    """Hear on until something told is as wanted."""
    while True:
        message = await socket.hear()
        if all((message["told"] or {}).get(name) == value for name, value in wanted.items()):
            return message


async def status(app: ASGIApp, kind: str, room: Room, person: Person) -> int:
    async with listening(app, kind, room, person) as socket:
        return socket.status


def test_a_member_hears_where_the_class_is_and_nothing_of_anybody(scene: tuple[Rooms, Room], app: ASGIApp) -> None:
    rooms, room = scene
    secrets = ("Ben", "1234567", "2.30", rooms.room(room.code).here[1].id)

    async def listen() -> None:
        async with listening(app, "room", room, ANN) as ann, listening(app, "room", room, BEN) as ben:
            told = [await ann.hear()]
            assert told[0] == await ben.hear()
            rooms.happen(room.code, BEN, answer("1234567"))
            rooms.happen(room.code, TEACHER, events.TallyShown(NOTHING))
            rooms.happen(room.code, TEACHER, events.Paused(True))
            told.append(await heard(ann, paused=True))
            rooms.happen(room.code, TEACHER, events.Again(NOTHING))
            told.append(await heard(ann, round=2))
            rooms.happen(room.code, TEACHER, events.Revealed(NOTHING))
            told.append(await heard(ann, revealed=True, takes_answers=False))
            rooms.happen(room.code, TEACHER, events.Paced(WINNER, WINNER))
            told.append(await heard(ann, first=WINNER))
            assert told[-1]["told"]["title"] == {"en": "Who will be ahead?", "zh": "谁会领先？"}
            assert "ReLU" in told[-1]["told"]["text"]["zh"]
            said = msgspec.json.encode(told).decode()
            assert [secret for secret in secrets if secret in said] == []

    asyncio.run(listen())


def test_a_socket_tells_each_person_their_own_screen_alone(scene: tuple[Rooms, Room], app: ASGIApp) -> None:
    rooms, room = scene
    other = rooms.open(TEACHER, lesson=room.lesson_name, text=room.text)
    rooms.join(other.code, Person("eve"), "Eve")

    async def ask() -> None:
        for person, place, got in (
            (ANN, room, (101, 404, 404)),
            (ANN, other, (404, 404, 404)),
            (Person("eve"), room, (404, 404, 404)),
            (Person(ben), room, (404, 404, 404)),  # a member's id is nobody's person
            (TEACHER, room, (404, 101, 101)),
        ):
            found = [await status(app, kind, place, person) for kind in ("room", "desk", "projector")]
            assert tuple(found) == got, person

    ben = room.here[1].id
    asyncio.run(ask())


def test_who_is_removed_hears_it_and_no_more(scene: tuple[Rooms, Room], app: ASGIApp) -> None:
    rooms, room = scene

    async def listen() -> None:
        async with listening(app, "room", room, ANN) as ann:
            await ann.hear()
            rooms.happen(room.code, TEACHER, events.Removed(room.here[0].id))
            last = await heard(ann, removed=True)
            assert last["ended"]
            await ann.hear_close()
        assert await status(app, "room", room, ANN) == 404
        async with listening(app, "room", room, BEN) as ben:
            assert not (await ben.hear())["told"]["removed"]
            rooms.delete(room.code, TEACHER)
            gone = await ben.hear()
            assert (gone["ended"], gone["page"]) == (True, "gone")

    asyncio.run(listen())


def test_the_desk_hears_the_rows_that_changed(scene: tuple[Rooms, Room], app: ASGIApp) -> None:
    rooms, room = scene
    ann, ben = (member.id for member in room.here)

    async def listen() -> None:
        async with listening(app, "desk", room, TEACHER) as desk:
            first = await desk.hear()
            assert [row["called"] for row in first["rows"]] == ["Ann", "Ben"]
            rooms.happen(room.code, BEN, answer("9"))
            second = await desk.hear()
            assert [(row["member"], row["cells"][NOTHING]["outcome"]) for row in second["rows"]] == [(ben, "wrong")]
            assert second["told"]["order"] == [ann, ben]
            assert [bar["count"] for bar in second["told"]["steps"][0]["tallies"][0]["bars"]] == [1]
        async with listening(app, "desk", room, TEACHER, after=first["number"]) as again:
            assert [row["member"] for row in (await again.hear())["rows"]] in ([ben], [ann, ben])

    asyncio.run(listen())


def test_the_projector_counts_and_shows_what_the_teacher_shows(scene: tuple[Rooms, Room], app: ASGIApp) -> None:
    rooms, room = scene

    def step_of(message: dict[str, Any]) -> dict[str, Any]:
        step: dict[str, Any] = message["told"]["steps"][0]
        return step

    async def listen() -> None:
        async with listening(app, "projector", room, TEACHER) as projector:
            told = [await projector.hear()]
            rooms.happen(room.code, ANN, answer("2.3"))
            rooms.happen(room.code, BEN, answer("9"))
            while step_of(told[-1])["answered"] < 2:
                told.append(await projector.hear())
            assert all(step_of(each)["tallies"] == [] for each in told)
            rooms.happen(room.code, TEACHER, events.TallyShown(NOTHING))
            told.append(shown := await projector.hear())
            assert [(bar["label"]["en"], bar["right"]) for bar in step_of(shown)["tallies"][0]["bars"]] == [
                ("2.300", None),
                ("9.000", None),
            ]
            rooms.happen(room.code, TEACHER, events.Revealed(NOTHING))
            told.append(revealed := await projector.hear())
            tally = step_of(revealed)["tallies"][0]
            assert [bar["right"] for bar in tally["bars"]] == [1, 0]
            assert step_of(revealed)["right"]["en"] == "2.303"
            assert (tally["answered"], tally["right"]) == (2, 1)
            said = msgspec.json.encode(told).decode()
            assert [name for name in ("Ann", "Ben") if name in said] == []

    asyncio.run(listen())


def test_a_step_that_waits_for_a_race_counts_what_was_chosen(scene: tuple[Rooms, Room], app: ASGIApp) -> None:
    rooms, room = scene
    rooms.happen(room.code, TEACHER, events.Paced(WINNER, HOW_FAR))
    rooms.happen(room.code, ANN, answer("2", step=WINNER))

    async def listen() -> None:
        async with listening(app, "desk", room, TEACHER) as desk:
            first = await desk.hear()
            winner, *_, how_far = first["told"]["steps"]
            assert (winner["tallies"][0]["waiting"], how_far["answered"]) == (1, 0)
            assert [bar["label"] for bar in winner["tallies"][0]["bars"]] == [{"en": "ReLU", "zh": "ReLU"}]

    asyncio.run(listen())


def test_a_board_has_no_names_until_it_is_shown_nobody_has_it_and_seeds_are_told_to_no_one(
    scene: tuple[Rooms, Room], app: ASGIApp, tmp_path: Path
) -> None:
    rooms, _ = scene
    room = rooms.open(TEACHER, lesson="own", text=challenge.TEXT)
    seeds = (1_234_567_891, 1_234_567_892, 1_234_567_893)
    rooms.join(room.code, ANN, "Ann")
    rooms.happen(room.code, TEACHER, events.SeedsDrawn(challenge.SMALLEST, seeds))
    event = challenge.entry(room)

    async def listen() -> None:
        screens = (("room", ANN), ("projector", TEACHER), ("desk", TEACHER))
        sockets = [listening(app, kind, room, person) for kind, person in screens]
        async with sockets[0] as ann, sockets[1] as projector, sockets[2] as desk:
            told = [await ann.hear(), await projector.hear()]
            with closing(Store(tmp_path / "runs.sqlite")) as store:
                ids = tuple(trained(store, room, event, seed) for seed in seeds)
                rooms.happen(room.code, ANN, replace(event, runs=ids))
            told.append(await heard_board(projector, None))
            (point,) = (await heard_board(desk, 1))["board"]["points"]
            assert (point["label"], point["place"], point["front"]) == ("Ann · 1", 1, True)
            rooms.happen(room.code, TEACHER, events.BoardShown(True))
            told.append(await ann.hear())
            told.append(shown := await heard_board(projector, 1))
            assert (shown["board"]["points"][0]["label"], shown["board"]["points"][0]["median"]) == ("1", 0.5)
            said = msgspec.json.encode(told).decode()
            assert [each for each in ("Ann", *ids, *map(str, seeds)) if each in said] == []
            assert "board" not in msgspec.json.encode([told[0], told[-2]]).decode()

    asyncio.run(listen())


def trained(store: Store, room: Room, event: events.Entered, seed: int) -> str:
    """Keep a run of an entry that has finished."""
    run = store.create(Job(event.design, replace(event.recipe, seed=seed)), entrant(room.code, ANN.id))
    store.move(run, ["queued"], "starting")
    figures = {"train_loss": 1.0, "train_accuracy": 0.5, "test_loss": 1.0, "test_accuracy": 0.5}
    store.append(run, [Epoch(step=3, epoch=1.0, seconds=1.0, **figures), Finished(reason="epochs", seconds=1.0)])
    return run


async def heard_board(socket: AsgiSocket, num_points: int | None) -> dict[str, Any]:
    """Hear on until one has answered and the board is as wanted; gives the step."""
    while True:
        step: dict[str, Any] = (await socket.hear())["told"]["steps"][0]
        if step["answered"] and (step["board"] and len(step["board"]["points"])) == num_points:
            return step
