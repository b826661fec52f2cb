"""What stays of a room's lesson, as files for other programs: nothing in it is a formula or markup of theirs."""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from explorer.lessons.rooms import events
from explorer.lessons.rooms.outcomes import Outcomes
from explorer.lessons.rooms.step_runs import StepRuns
from explorer.runs.store.store import Store
from explorer.views.rooms.afterwards import answers_csv, student_pages
from tests.lessons.rooms.scene import ANN, BEN, DESIGN, NOTHING, TEACHER, WINNER, opened


@pytest.fixture
def measured(tmp_path: Path) -> Iterator[StepRuns]:
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        yield StepRuns(store)


def test_each_round_of_each_answer_has_a_line_and_each_of_the_class_a_page(measured: StepRuns) -> None:
    rooms, room = opened()
    code = room.code
    rooms.join(code, BEN, "=1+1 <b>")
    rooms.happen(code, TEACHER, events.Paced(NOTHING, WINNER))
    for number, text in ((1, "0.1"), (2, "2.3")):
        rooms.happen(code, BEN, events.Answered(NOTHING, round=number, design=DESIGN, text=text))
        if number == 1:
            rooms.happen(code, TEACHER, events.Again(NOTHING))
    rooms.happen(code, ANN, events.Answered(WINNER, round=1, design=DESIGN, text="2"))
    room = rooms.room(code)
    lines = list(csv.DictReader(io.StringIO(answers_csv(room, Outcomes(measured), measured, "en"))))
    found = [(each["name"], each["round"], each["answer"], each["outcome"], each["right"]) for each in lines]
    assert found == [
        ("Ann", "1", "ReLU", "not known yet", ""),
        ("'=1+1 <b>", "1", "0.1", "wrong", "2.303"),
        ("'=1+1 <b>", "2", "2.3", "right", "2.303"),
    ]
    pages = student_pages(room, Outcomes(measured), measured, "en")
    assert pages.count("<section>") == 2
    assert "=1+1 &lt;b&gt;" in pages
    assert "<b>" not in pages
