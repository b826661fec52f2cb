"""A class in a room, played without a page."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from explorer.architecture.presets import PRESETS
from explorer.lessons.course.shipped import shipped_file
from explorer.lessons.rooms import events
from explorer.lessons.rooms.event_log import EventLog
from explorer.lessons.rooms.room import Room, RoomError
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.person import Person
from explorer.runs.store.room_events import Row

TEACHER, ANN, BEN = Person("teacher", "Ms T", is_teacher=True), Person("ann", "Ann"), Person("ben", "Ben")
LESSON = "sigmoid-stalls"
TEXT = shipped_file(LESSON).read_text("utf-8")
DESIGN = PRESETS["lenet-d2l"].architecture
NOTHING, WINNER, HOW_FAR, RACE = "nothing", "winner", "how-far", "race"  # its first steps


class HeldEvents:
    """Keeps events in memory."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, list[Row]] = defaultdict(list)

    def append(self, room: str, row: Row) -> None:
        self._rows[room].append(row)

    def rows(self, room: str) -> Sequence[Row]:
        return tuple(self._rows.get(room, ()))

    def codes(self) -> Sequence[str]:
        return tuple(self._rows)

    def delete(self, room: str) -> None:
        self._rows.pop(room, None)


class Clock:
    """Goes on by a second at each look."""

    now = 1_000.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def opened(log: EventLog | None = None) -> tuple[Rooms, Room]:
    """Give rooms of which one is open, at its first step, with Ann and Ben."""
    rooms = Rooms(log or HeldEvents(), clock=Clock())
    code = rooms.open(TEACHER, lesson=LESSON, text=TEXT).code
    for person in (ANN, BEN):
        rooms.join(code, person, person.nickname)
    return rooms, rooms.room(code)


def answer(text: str = "2.3", *, step: str = NOTHING, round: int = 1) -> events.Answered:  # noqa: A002
    """Give an answer."""
    return events.Answered(step, round, DESIGN, text)


@contextmanager
def refused(rooms: Rooms, code: str, words: str) -> Iterator[None]:
    """Expect a refusal in some words, which changes nothing."""
    before = rooms.room(code)
    with pytest.raises(RoomError, match=words):
        yield
    assert rooms.room(code) is before
