"""The rooms of a server: codes, limits, and the same room again from what is kept of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.lessons.rooms import events
from explorer.lessons.rooms import rooms as served
from explorer.lessons.rooms.room import RoomError
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.person import Person
from explorer.runs.store.room_events import Row
from tests.lessons.rooms.scene import (
    ANN,
    BEN,
    HOW_FAR,
    LESSON,
    NOTHING,
    TEACHER,
    TEXT,
    WINNER,
    HeldEvents,
    answer,
    opened,
    refused,
)

STEPS = st.sampled_from([NOTHING, WINNER, HOW_FAR])
ACTS = st.one_of(
    st.builds(answer, st.sampled_from(["1", "2.3"]), step=STEPS, round=st.integers(1, 2)),
    st.builds(events.Went, STEPS),
    st.builds(events.Help, st.booleans()),
    st.builds(events.Paced, STEPS, STEPS),
    st.builds(events.Paused, st.booleans()),
    st.builds(events.AnswersOpen, STEPS, st.booleans()),
    st.builds(events.Again, STEPS),
    st.builds(events.Revealed, STEPS),
    st.builds(events.TallyShown, STEPS, st.booleans()),
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([TEACHER, ANN, BEN]), ACTS), max_size=30))
def test_a_room_is_the_same_again_from_what_is_kept(acts: list[tuple[Person, events.RoomEvent]]) -> None:
    log = HeldEvents()
    rooms, room = opened(log)
    for person, act in acts:
        before = rooms.room(room.code)
        try:
            rooms.happen(room.code, person, act)
        except RoomError:
            assert rooms.room(room.code) is before
    assert Rooms(log).room(room.code) == rooms.room(room.code)


def test_an_event_that_cannot_be_kept_did_not_happen() -> None:
    class Full(HeldEvents):
        """Is full."""

        def append(self, room: str, row: Row) -> None:
            if isinstance(events.read_event(row.line), events.Answered):
                raise OSError("the disk is full")
            super().append(room, row)

    rooms, room = opened(Full())
    with pytest.raises(OSError, match="full"):
        rooms.happen(room.code, ANN, answer())
    assert rooms.room(room.code) == room


def test_what_cannot_be_read_is_left_out() -> None:
    log = HeldEvents()
    rooms, room = opened(log)
    rooms.happen(room.code, ANN, answer())
    damaged = HeldEvents()
    for row in log.rows(room.code):
        damaged.append(room.code, Row(*row[:3], "{") if row.person == BEN.id else row)
    rebuilt = Rooms(damaged)
    again = rebuilt.room(room.code)
    assert rebuilt.missed(room.code) == 1
    assert [member.nickname for member in again.here] == ["Ann"]
    assert again.here[0].given.keys() == {NOTHING}


def test_two_rooms_do_not_mix() -> None:
    rooms, room = opened()
    other = rooms.open(TEACHER, lesson=LESSON, text=TEXT)
    assert other.code != room.code
    with refused(rooms, other.code, "its members"):
        rooms.happen(other.code, ANN, answer())
    rooms.delete(room.code, TEACHER)
    assert rooms.led_by(TEACHER) == [other]
    with pytest.raises(RoomError, match="no room's"):
        rooms.room(room.code)


def test_a_code_is_found_as_it_is_typed_and_who_guesses_waits() -> None:
    rooms, room = opened()
    assert rooms.find(f" {room.code[:3].lower()}-{room.code[3:]} ", by="ann").code == room.code
    for _ in range(10):
        with pytest.raises(RoomError, match="no room's"):
            rooms.find("ZZZZZZ", by="mal")
    with pytest.raises(RoomError, match="Try again in"):
        rooms.find(room.code, by="mal")
    assert rooms.find(room.code, by="ann").code == room.code


def test_a_room_and_what_a_member_writes_there_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    log = HeldEvents()
    rooms = Rooms(log, most_members=lambda: 2)
    code = rooms.open(TEACHER, lesson=LESSON, text=TEXT).code
    for person in (ANN, BEN):
        rooms.join(code, person, person.nickname)
    with refused(rooms, code, "at most 2"):
        rooms.join(code, Person("third"), "Third")
    while len(log.rows(code)) < 8:
        rooms.happen(code, ANN, answer(str(len(log.rows(code)))))
    monkeypatch.setattr(served, "MOST_WRITTEN", 2_000)
    with refused(rooms, code, "very many"):
        rooms.happen(code, ANN, answer())
    rooms.happen(code, BEN, answer())


def test_a_page_that_is_loaded_during_a_pause_offers_what_holds_after_it_and_the_pause_takes_nothing() -> None:
    rooms, room = opened()
    rooms.happen(room.code, TEACHER, events.Paused(on=True))
    view = rooms.view(room.code, ANN)
    assert view is not None
    assert view.paused
    assert NOTHING not in view.refusals
    with refused(rooms, room.code, "found a pause"):
        rooms.happen(room.code, ANN, answer())
