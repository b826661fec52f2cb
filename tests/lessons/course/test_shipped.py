"""The lessons that ship: the program solves each, and none of them writes a number that the program can compute."""

import re
from pathlib import Path

import pytest

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.lessons.course.facts import Facts
from explorer.lessons.course.lesson_file.reader import read_lesson
from explorer.lessons.course.shipped import FOLDER, SHIPPED, shipped, shipped_file
from explorer.lessons.course.solve import Solver
from explorer.views.lessons.course import fill

PAPER = Path(__file__).parents[3] / "docs" / "teaching.md"
TRAINS = re.compile(r"trains \d runs?: not tried|known once its run has trained|nothing is judged here")
MANY_DIGITS = re.compile(r"\d{1,3}(?:[,_]?\d{3})+")


def _counts() -> set[int]:
    """Give what the program knows of the course's networks, as far as it has many digits."""
    rows = [row for preset in PRESETS.values() for row in trace(preset.architecture).rows]
    return {count for row in rows for count in (row.num_params, row.mult_adds) if count >= 1_000}


COUNTS = _counts() | {trace(preset.architecture).totals.num_params for preset in PRESETS.values()}


def test_each_file_in_the_folder_is_a_lesson_of_the_list() -> None:
    assert sorted(SHIPPED) == sorted(path.stem for path in FOLDER.glob("*.toml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_lesson_is_solved_step_by_step_as_far_as_nothing_is_trained(name: str) -> None:
    lesson = shipped(name)
    solved = list(Solver(lesson).solve())
    assert [each.step for each in solved] == lesson.names
    assert [each for each in solved if each.result == "unsolvable"] == []
    assert all(TRAINS.search(each.words) for each in solved if each.result == "open")
    assert 10 <= lesson.minutes <= 20


@pytest.mark.parametrize("name", SHIPPED)
def test_no_lesson_writes_a_count_that_the_trace_has(name: str) -> None:
    written = {int(re.sub("[,_]", "", found)) for found in MANY_DIGITS.findall(shipped_file(name).read_text("utf-8"))}
    assert written & COUNTS == set()


def test_the_numbers_of_a_text_are_looked_up() -> None:
    lesson = shipped("convolution-cost")
    then = lesson.step("dense").then
    assert then is not None
    for language in ("en", "zh"):
        said = fill(then, language, lesson.step("dense"), Facts(PRESETS["lenet-ng"].architecture, {}, lesson.networks))
        assert "**14,450,688**" in said
        assert "**456**" in said


def test_the_example_of_the_paper_is_a_lesson_that_can_be_solved() -> None:
    (written,) = re.findall(r"```toml\n(.*?)```", PAPER.read_text(encoding="utf-8"), re.DOTALL)
    assert [each.result for each in Solver(read_lesson(written)).solve()] == ["solved"] * 3
