"""A lesson that is made in the app: each page's state comes back as it was, and its file is read as the same lesson."""

import pytest

from explorer.architecture import edit
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.experiments.race.setup import RaceSetup
from explorer.experiments.text_recipes import default_recipe
from explorer.lessons.course import making
from explorer.lessons.course.lesson import PageName, design_of, recipe_of, setup_of
from explorer.lessons.course.lesson_file.reader import LessonError, read_lesson
from explorer.lessons.course.lesson_file.writer import write_lesson
from explorer.lessons.course.making import NewStep, PageState
from explorer.lessons.course.shipped import SHIPPED, shipped
from explorer.lessons.course.tasks import AnyTask, Explain, Number, Reveal, Run
from explorer.training.recipe.recipe import with_fields

BOOK = PRESETS["lenet-d2l"].architecture
OWN = edit.replace_activations(BOOK, "ReLU")
RECIPE = with_fields(default_recipe("lenet-d2l"), {"learning_rate": 0.05, "epochs": 3})
CLAIM, LOOK = "filter-parameters", Reveal()
SETUP = RaceSetup(question="pooling", seeds=1, epochs=2)


def at(page: PageName, design: Architecture = BOOK) -> PageState:
    return PageState(page, design, RECIPE, SETUP, layer="conv1", claim=CLAIM, picture=7)


def step(title: str, task: AnyTask = LOOK, lets: tuple[str, ...] | None = None) -> NewStep:
    return NewStep(title, "What comes?", task, lets)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_written_of_a_lesson_is_read_as_the_same(name: str) -> None:
    assert read_lesson(write_lesson(shipped(name))) == shipped(name)


def test_each_pages_state_becomes_a_step_that_shows_it_again() -> None:
    lesson = making.with_step(None, step("Count", task=Number(what="params of conv1"), lets=()), at("explore"), "en")
    lesson = making.with_step(lesson, step("Train"), at("train", OWN), "en")
    lesson = making.with_step(lesson, step("Race"), at("race", OWN), "en")
    lesson = making.with_step(lesson, step("Look"), at("inside"), "en")
    lesson = making.with_step(lesson, step("True?"), at("claims"), "en")
    read = read_lesson(write_lesson(lesson))
    count, train, race, inside, claims = read.steps
    assert (count.shows.design, count.shows.layer, count.lets, count.shows.recipe) == ("lenet-d2l", "conv1", (), None)
    assert [design_of(read, each) for each in (train, race)] == [OWN, OWN]
    assert len(read.designs) == 1
    assert recipe_of(read, train) == RECIPE
    assert setup_of(race) == SETUP
    assert (inside.shows.picture, claims.shows.claim) == (7, CLAIM)


def test_names_are_free_whatever_the_titles_are() -> None:
    lesson = None
    for title in ("Count", "Count", "数一数", "1998", "x" * 80):
        lesson = making.with_step(lesson, step(title), at("explore"), "zh")
    assert lesson is not None
    assert lesson.names == ["count", "count-2", "step", "step-1998", "x" * 37]
    assert read_lesson(write_lesson(lesson)).steps[2].title.said("en") == "数一数"


def test_steps_move_and_go() -> None:
    lesson = making.with_step(None, step("One"), at("explore"), "en")
    lesson = making.with_step(lesson, step("Two", task=Run()), at("train"), "en")
    moved = making.earlier(lesson, "two")
    assert moved.names == ["two", "one"]
    assert making.earlier(moved, "two") == moved
    assert making.renamed(moved, "Both", "en").title.en == "Both"
    left = making.without(moved, "two")
    assert left is not None
    assert left.names == ["one"]
    assert making.without(left, "one") is None


def test_a_step_that_makes_no_sense_is_refused_by_the_reader() -> None:
    wrong = step("Wrong", task=Explain(good=making.in_one("{nothing}", "en")))
    text = write_lesson(making.with_step(None, wrong, at("explore"), "en"))
    with pytest.raises(LessonError, match="“nothing”"):
        read_lesson(text)
