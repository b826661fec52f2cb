"""What can happen in a room, by whom, and what is refused whatever a page says."""

import pytest
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import RoomError
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.person import Person
from tests.lessons.rooms.scene import (
    ANN,
    BEN,
    DESIGN,
    HOW_FAR,
    LESSON,
    NOTHING,
    RACE,
    TEACHER,
    TEXT,
    WINNER,
    HeldEvents,
    answer,
    opened,
    refused,
)


def test_the_class_goes_where_the_teacher_leads_it_and_no_further() -> None:
    rooms, room = opened()
    with refused(rooms, room.code, "the step"):
        rooms.happen(room.code, ANN, answer("2", step=WINNER))
    led = rooms.happen(room.code, TEACHER, events.Paced(WINNER, HOW_FAR))
    assert {member.at for member in led.here} == {WINNER}
    assert rooms.join(room.code, Person("late"), "Late").at == WINNER
    assert rooms.happen(room.code, ANN, events.Went(HOW_FAR)).present(ANN.id).at == HOW_FAR  # type: ignore[union-attr]
    for step in (NOTHING, RACE, "nowhere"):
        with refused(rooms, room.code, "the step"):
            rooms.happen(room.code, ANN, events.Went(step))
    with refused(rooms, room.code, "the pace"):
        rooms.happen(room.code, TEACHER, events.Paced(HOW_FAR, WINNER))
    back = rooms.happen(room.code, TEACHER, events.Paced(NOTHING, WINNER))
    assert [member.at for member in back.here] == [WINNER] * 3


def test_answers_are_taken_while_they_are_open_and_no_longer() -> None:
    rooms, room = opened()
    rooms.happen(room.code, ANN, answer("2.0"))
    for closing, opening in (
        (events.Paused(True), events.Paused(False)),
        (events.AnswersOpen(NOTHING, False), events.AnswersOpen(NOTHING, True)),
    ):
        rooms.happen(room.code, TEACHER, closing)
        with refused(rooms, room.code, "your answer"):
            rooms.happen(room.code, ANN, answer("2.1"))
        rooms.happen(room.code, TEACHER, opening)
    rooms.happen(room.code, ANN, answer("2.3"))
    rooms.happen(room.code, TEACHER, events.Revealed(NOTHING))
    for late in (answer("2.3"), answer("2.4")):
        with refused(rooms, room.code, "has been shown"):
            rooms.happen(room.code, BEN, late)
    for again in (events.Again(NOTHING), events.AnswersOpen(NOTHING, True)):
        with refused(rooms, room.code, "has been shown"):
            rooms.happen(room.code, TEACHER, again)
    given = rooms.room(room.code).present(ANN.id).last(NOTHING)  # type: ignore[union-attr]
    assert given is not None
    assert (given.answer.text, given.answer.tries) == ("2.3", 2)
    rooms.happen(room.code, TEACHER, events.Closed())
    with refused(rooms, room.code, "over"):
        rooms.join(room.code, Person("late"), "Late")


def test_a_second_round_keeps_the_first_and_takes_no_answer_to_it() -> None:
    rooms, room = opened()
    rooms.happen(room.code, ANN, answer("1"))
    rooms.happen(room.code, TEACHER, events.Again(NOTHING))
    with refused(rooms, room.code, "round 1"):
        rooms.happen(room.code, BEN, answer("1"))
    ann = rooms.happen(room.code, ANN, answer("2.3", round=2)).present(ANN.id)
    assert ann is not None
    assert [(each.round, each.answer.text) for each in ann.given[NOTHING]] == [(1, "1"), (2, "2.3")]


def test_what_was_sent_twice_is_one_answer() -> None:
    rooms, room = opened()
    once = rooms.happen(room.code, ANN, answer())
    assert rooms.happen(room.code, ANN, answer()) is once


@pytest.mark.parametrize(
    ("refused_answer", "words"),
    [
        (answer("many"), "many"),
        (answer("2" * 3_000), "3,000 letters"),
        (replace(answer(), design=PRESETS["alexnet-d2l"].architecture), "the input"),  # which is fixed
        (replace(answer(), run="0123456789"), "run"),
    ],
)
def test_what_is_no_answer_to_the_step_is_refused(refused_answer: events.Answered, words: str) -> None:
    rooms, room = opened()
    with refused(rooms, room.code, words):
        rooms.happen(room.code, ANN, refused_answer)


def test_a_step_is_run_by_oneself_or_by_the_teacher() -> None:
    log = HeldEvents()
    _, room = opened(log)
    rooms = Rooms(log, owner_of={"mine": ANN.id, "bens": BEN.id, "for-all": TEACHER.id}.get)
    rooms.happen(room.code, TEACHER, events.Paced(RACE, RACE))
    for run in ("bens", "nowhere"):
        with refused(rooms, room.code, "the run"):
            rooms.happen(room.code, ANN, events.Answered(RACE, 1, DESIGN, run=run))
    for run in ("for-all", "mine"):
        now = rooms.happen(room.code, ANN, events.Answered(RACE, 1, DESIGN, run=run))
        assert now.here[0].runs == {RACE: run}
    view = rooms.view(room.code, BEN)
    assert view is not None
    assert view.progress.runs == {}
    rooms.happen(room.code, TEACHER, events.RanForAll(RACE, "for-all"))
    led = rooms.view(room.code, BEN)
    assert led is not None
    assert led.progress.runs == {RACE: "for-all"}
    with refused(rooms, room.code, "asks for a run"):
        rooms.happen(room.code, TEACHER, events.RanForAll(NOTHING, "for-all"))


def test_only_the_teacher_leads_and_only_members_answer() -> None:
    rooms, room = opened()
    ann = room.present(ANN.id)
    assert ann is not None
    for event in (events.Paced(RACE, RACE), events.Revealed(NOTHING), events.Removed(ann.id), events.Closed()):
        with refused(rooms, room.code, "its teacher"):
            rooms.happen(room.code, BEN, event)
    with refused(rooms, room.code, "its teacher"):
        rooms.delete(room.code, BEN)
    with refused(rooms, room.code, "its members"):
        rooms.happen(room.code, Person("stranger"), answer())
    with pytest.raises(RoomError, match="its teacher"):
        rooms.open(ANN, lesson=LESSON, text=TEXT)


def test_names_are_taken_once_and_a_removed_one_goes_and_may_come_again() -> None:
    rooms, room = opened()
    for name, words in (("ann", "twice"), ("", "nothing"), ("a\nb", "nothing"), ("x" * 41, "41 letters")):
        with refused(rooms, room.code, words):
            rooms.join(room.code, Person("new"), name)
    rooms.happen(room.code, ANN, answer())
    ann = rooms.join(room.code, ANN, "Annie")
    assert rooms.happen(room.code, TEACHER, events.Removed(ann.id)).members[ann.id].nickname == ""
    assert rooms.view(room.code, ANN) is None
    with refused(rooms, room.code, "its members"):
        rooms.happen(room.code, ANN, answer("2.2"))
    again = rooms.join(room.code, ANN, "Ann")
    assert again.id == ann.id
    assert NOTHING in again.given


def test_a_page_may_show_what_is_right_once_that_is_revealed() -> None:
    rooms, room = opened()
    hidden = rooms.view(room.code, ANN)
    assert hidden is not None
    assert [hidden.may_see_right(name) for name in (NOTHING, WINNER, RACE)] == [False, False, True]
    rooms.happen(room.code, TEACHER, events.Revealed(NOTHING))
    shown = rooms.view(room.code, ANN)
    assert shown is not None
    assert [shown.may_see_right(name) for name in (NOTHING, WINNER)] == [True, False]
    assert list(shown.refusals) == [NOTHING]
