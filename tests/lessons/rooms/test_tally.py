"""What the teacher's screens count: an independent count of what was typed, names nowhere, who is stuck."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.lessons.course.curve import POINTS, write_curve
from explorer.lessons.rooms import events
from explorer.lessons.rooms.desk import STUCK_AFTER, row_of
from explorer.lessons.rooms.outcomes import outcome_of
from explorer.lessons.rooms.tally import NUM_BINS, num_answered, tally
from explorer.runs.access.person import Person
from tests.lessons.rooms.scene import ANN, BEN, NOTHING, TEACHER, WINNER, answer, opened


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_every_answer_is_in_one_bar(numbers: list[int]) -> None:
    rooms, room = opened()
    for place, number in enumerate(numbers):
        person = Person(f"p{place}")
        rooms.join(room.code, person, person.id)
        rooms.happen(room.code, person, answer(str(number)))
    found = rooms.room(room.code)
    counted = tally(found, found.lesson.step(NOTHING), {}, round=1)
    assert counted.answered == num_answered(found, NOTHING) == len(numbers)
    assert sum(bar.count for bar in counted.bars) == len(numbers)
    if len(set(numbers)) <= 8:
        assert {bar.low: bar.count for bar in counted.bars} == Counter(map(float, numbers))
    else:
        assert len(counted.bars) == NUM_BINS


def test_the_desk_has_what_came_and_who_is_stuck() -> None:
    rooms, room = opened()
    rooms.happen(room.code, ANN, answer("1"))
    rooms.happen(room.code, ANN, answer("10"))
    now = rooms.room(room.code)
    ann, ben = now.here
    row = row_of(now, ann, now=ann.since)
    assert (row.called, row.stuck, row.cells[NOTHING].outcome, row.cells[NOTHING].tries) == (
        "Ann",
        "wrong twice",
        "wrong",
        2,
    )
    assert row_of(now, ben, now=ben.since + STUCK_AFTER).stuck == ""
    assert row_of(now, ben, now=ben.since + STUCK_AFTER + 1).stuck == "no change"
    rooms.happen(room.code, TEACHER, events.Anonymous(True))
    hidden = rooms.happen(room.code, TEACHER, events.Paced(WINNER, WINNER))
    assert [row_of(hidden, member, now=0.0).called for member in hidden.here] == ["1", "2"]


def test_a_prediction_of_a_race_waits_for_it() -> None:
    rooms, room = opened()
    rooms.happen(room.code, TEACHER, events.Paced(WINNER, WINNER))
    now = rooms.happen(room.code, ANN, answer("2", step=WINNER))
    judged = outcome_of(now, now.here[0], now.lesson.step(WINNER))
    assert judged is not None
    assert judged.outcome == "waiting"
    counted = tally(now, now.lesson.step(WINNER), {now.here[0].id: judged}, round=1)
    assert (counted.waiting, [(bar.low, bar.count) for bar in counted.bars]) == (1, [(2, 1)])


def test_curves_are_laid_side_by_side_in_an_order_that_names_nobody() -> None:
    rooms, room = opened()
    rooms.happen(room.code, TEACHER, events.Paced("sketch", "sketch"))
    flat, falling = (2.3,) * POINTS, tuple(2.0 - 0.05 * place for place in range(POINTS))
    for person, curve in ((ANN, flat), (BEN, falling)):
        rooms.happen(room.code, person, answer(write_curve(curve), step="sketch"))
    found = rooms.room(room.code)
    counted = tally(found, found.lesson.step("sketch"), {}, round=1)
    assert counted.answered == 2
    assert counted.bars == ()
    assert counted.curves == tuple(sorted(counted.curves))
    assert counted.curves[1] == flat
    (ann, _) = found.here
    assert row_of(found, ann, now=ann.since).cells["sketch"].text == "2.30 → 2.30"
