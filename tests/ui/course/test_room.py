"""A lesson given in a room, on the pages of its teacher and of two of the class."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.lessons.course.shipped import shipped_file
from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import Room
from explorer.runs.access.person import Person
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Recipe
from explorer.ui.base.server import rooms, runs
from explorer.ui.course.room.membership import Membership
from tests.lessons.rooms import challenge
from tests.runs.scene import wait_for_state
from tests.ui.widgets import said, session

ANN, BOB, TEACHER = Person("ann", "Ann"), Person("bob", "Bob"), Person("t", "Ms T", is_teacher=True)
LENET = PRESETS["lenet-d2l"].architecture
Open = Callable[..., AppTest]
Be = Callable[[Person], None]
RoomOf = Callable[[str], Room]


@pytest.fixture
def be(monkeypatch: pytest.MonkeyPatch) -> Be:
    """Have all further runs of pages be a person's."""
    return lambda person: monkeypatch.setattr("explorer.ui.base.server.who_asks", lambda *_: person)


@pytest.fixture
def open_page(root: Path, be: Be) -> Open:
    """Open a page as a person of a class."""

    def _open(person: Person, page: str, **parameters: str) -> AppTest:
        be(person)
        opened = AppTest.from_file(str(root / f"pages/{page}.py"), default_timeout=60)
        for name, value in parameters.items():
            opened.query_params[name] = value
        opened.run()
        assert not opened.exception
        return opened

    return _open


@pytest.fixture
def room_of() -> Iterator[RoomOf]:
    """Give a lesson that ships in a room, which is deleted in the end: who is in one is led there from any page."""
    yield lambda lesson: rooms().open(TEACHER, lesson=lesson, text=shipped_file(lesson).read_text("utf-8"))
    for room in rooms().led_by(TEACHER):
        rooms().delete(room.code, TEACHER)


def answer_field(page: AppTest) -> dict[str, object]:
    """Give what the field for an answer is told."""
    told = [json.loads(each.proto.json) for each in page.get("bidi_component")]
    (found,) = (each for each in told if str(each.get("address", "")).endswith("/answer"))
    return dict(found)


def test_a_member_hears_nothing_of_what_is_right_before_the_reveal(open_page: Open, room_of: RoomOf) -> None:
    room = room_of("convolution-cost")
    rooms().join(room.code, BOB, "Bob")
    page = open_page(BOB, "predict", room=room.code)
    for given in ("456", "156"):
        rooms().answer(room.code, BOB, "parameters", given)
        assert (answer_field(page.run())["given"], answer_field(page)["takes"]) == (given, True)
        assert all(words not in said(page) for words in ("Channels", "is right", "not it", "Six of them"))
    rooms().happen(room.code, TEACHER, events.AnswersOpen("parameters", on=False))
    assert answer_field(page.run())["takes"] is False
    rooms().happen(room.code, TEACHER, events.Revealed("parameters"))
    page.run()
    assert all(words in said(page) for words in ("156 is not it", "Channels forgotten", "It is 456.", "Six of them"))
    assert not [button for button in page.button if button.key == "lesson_show"]


def test_a_claim_is_not_decided_on_its_page_before_the_reveal(open_page: Open, room_of: RoomOf) -> None:
    room = room_of("which-claims")
    rooms().join(room.code, BOB, "Bob")
    page = open_page(BOB, "claims", room=room.code, claim=room.lesson.steps[0].shows.claim or "")
    assert page.header[0].value.startswith("“")
    assert [button.label for button in page.button if button.label in ("True", "False", "Only if")] == []
    rooms().happen(room.code, TEACHER, events.Revealed(room.first))
    assert [button.label for button in page.run().button if button.label in ("True", "False")] == ["True", "False"]


def test_the_desk_leads_the_class_and_whose_name_is_taken_off_is_out(open_page: Open, room_of: RoomOf, be: Be) -> None:
    room = room_of("convolution-cost")
    member = rooms().join(room.code, BOB, "Bob")
    page = open_page(BOB, "predict", room=room.code)
    desk = open_page(TEACHER, "lessons", desk=room.code)
    desk.button(key="pace_free").click().run()
    desk.button(key="step_answers").click().run()
    assert not desk.exception
    found = rooms().room(room.code)
    assert (found.first, found.last, found.steps[found.first].takes_answers) == (*found.lesson.names[::6], False)
    rooms().happen(room.code, TEACHER, events.Removed(member.id))
    be(BOB)
    page.run()
    assert "your name was taken off its list" in said(page)
    assert session(page).slice_of(Membership).code == ""


def test_who_may_not_lead_a_room_gets_no_desk_of_it_and_a_wrong_code_is_told(open_page: Open, room_of: RoomOf) -> None:
    room = room_of("convolution-cost")
    page = open_page(ANN, "lessons", desk=room.code)
    assert "There is no room" in said(page)
    page.text_input(key="room_code").input("ZZZZZZ")
    page.button(key="room_enter").click().run()
    assert "“ZZZZZZ”, which is no room's" in said(page)
    assert open_page(ANN, "lessons", projector=room.code).text_input(key="room_code")


def test_a_race_of_the_teachers_counts_for_all_who_have_none(open_page: Open, room_of: RoomOf) -> None:
    room = room_of("sigmoid-stalls")
    rooms().happen(room.code, TEACHER, events.Paced("race", "race"))
    store = runs().store
    assert isinstance(store, Store)
    contenders = (Contender("Sigmoid", LENET, Recipe()), Contender("ReLU", LENET, Recipe()))
    race = store.create_race(Race(question="Which?", contenders=contenders), TEACHER.id)
    for run in store.race_runs(race):
        store.move(run.id, ["queued"], "cancelled")
    desk = open_page(TEACHER, "lessons", desk=room.code)
    desk.session_state["class_run"] = True
    desk.run().button(key="class_run_counts").click().run()
    assert not desk.exception
    assert rooms().room(room.code).runs == {"race": race}


@pytest.mark.usefixtures("room_of")
@pytest.mark.usefixtures("room_of")  # which deletes what is left
def test_a_network_is_entered_trained_and_ranked_by_the_room_and_its_seeds_stay_there(open_page: Open) -> None:
    room = rooms().open(TEACHER, lesson="own", text=challenge.TEXT)
    rooms().join(room.code, BOB, "Bob")
    page = open_page(BOB, "train", room=room.code)
    page.button(key="challenge_enter").click().run()
    assert re.search(r"\*\*Entry 1\*\* tiny: (waits|trains)", said(page))
    assert page.button(key="challenge_enter").disabled
    (entry,) = rooms().room(room.code).entries[room.first]
    for run in entry.runs:
        wait_for_state(runs().store, run, "finished")
    rooms().happen(room.code, TEACHER, events.BoardShown(True))
    assert re.search(r"right \([\d.]+ % to [\d.]+ %\) · place 1", said(page.run()))
    page.button(key="challenge_enter").click().run()
    assert "one that you have entered, with the same recipe" in said(page)
    secrets = [*entry.runs, *map(str, rooms().room(room.code).seeds[room.first])]
    assert [secret for secret in secrets if secret in said(page) + str(page.query_params)] == []
    assert "Entry" not in said(open_page(ANN, "runs"))
