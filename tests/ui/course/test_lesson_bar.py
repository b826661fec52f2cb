"""A lesson on its pages: an answer judged, what is fixed refused however it comes, and the place in the address."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture import edit
from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from explorer.lessons.course.facts import Measured
from explorer.lessons.course.lesson import recipe_of
from explorer.lessons.course.locks import Locks
from explorer.lessons.course.shipped import SHIPPED, shipped
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base.server import runs
from explorer.ui.course import run_facts
from explorer.ui.course.course_state import CourseState, Kept
from explorer.ui.race.race_state import RaceState
from tests.ui.widgets import said, session, widget

LENET = PRESETS["lenet-d2l"].architecture
COLOUR = PRESETS["lenet-ng"].architecture
ALEXNET = PRESETS["alexnet-d2l"].architecture


def open_step(root: Path, lesson: str, step: str, **more: str) -> AppTest:
    """Come to a step by its link."""
    shows = shipped(lesson).step(step).shows.page
    page = AppTest.from_file(str(root / f"pages/{shows}.py"), default_timeout=60)
    for name, value in {"lesson": lesson, "step": step, **more}.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def check(page: AppTest) -> AppTest:
    next(button for button in page.button if button.label == "Check").click().run()
    assert not page.exception
    return page


def course(page: AppTest) -> CourseState:
    return session(page).slice_of(CourseState)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_lesson_opens_by_its_link_with_its_words_in_both_languages(root: Path, name: str) -> None:
    first = shipped(name).steps[0]
    page = open_step(root, name, first.name)
    assert first.title.en in said(page)
    widget(page, "lesson_language").set_value("zh").run()
    assert first.title.zh in said(page)
    assert not page.exception


def test_an_answer_is_judged_and_the_way_on_says_what_follows(root: Path) -> None:
    page = open_step(root, "convolution-cost", "parameters")
    assert session(page).design == COLOUR
    assert "Which shape comes out?" not in said(page)  # the page's own question
    page.text_input(key="lesson_answer_parameters").input("156")
    assert "Channels forgotten" in check(page).error[0].value
    page.text_input(key="lesson_answer_parameters").input("456")
    assert "456 is right." in check(page).success[0].value
    assert "Six of them make 456." in said(page)
    page.button(key="lesson_leave").click().run()
    assert "Which shape comes out?" in said(page)
    assert session(page).locks == Locks()


def test_who_gives_up_is_shown_what_is_right(root: Path) -> None:
    page = open_step(root, "convolution-cost", "maps")
    page.text_input(key="lesson_answer_maps").input("6 32 32")
    check(page).button(key="lesson_show").click().run()
    assert "It is 6 × 28 × 28." in page.success[0].value


def test_what_is_fixed_on_explore_cannot_be_changed_by_any_way(root: Path) -> None:
    page = open_step(root, "convolution-cost", "slimmer")
    assert (widget(page, "field_padding").disabled, widget(page, "field_kernel_size").disabled) == (True, False)
    page.session_state["open_menu"] = True
    page.run().text_area(key="pasted").set_value("net = nn.Sequential(nn.Conv2d(3, 6, 5), nn.Sigmoid())").run()
    assert session(page).design == COLOUR
    assert "the number of layers: found 2; allowed in this step of the lesson: the 12 that are there." in said(page)
    widget(page, "field_kernel_size").set_value(16).run()
    assert "conv1's kernel_size: found 16; allowed in this step of the lesson: 1 to 15." in said(page)
    widget(page, "field_kernel_size").set_value(9).run()
    assert "now 45,734" in check(page).success[0].value
    session(page).designs.past.insert(0, LENET)  # as a tab can say that undo leads there
    for _ in range(2):
        page.button(key="undo").click().run()
    assert session(page).design == COLOUR
    assert "That step is refused" in said(page)


def test_a_link_with_another_network_than_the_step_lets_is_put_back(root: Path) -> None:
    kernel = edit.replace_layer(COLOUR, 0, replace(COLOUR.layers[0], kernel_size=7))
    page = open_step(root, "convolution-cost", "slimmer", m=to_link(kernel))
    assert session(page).design == kernel
    page = open_step(root, "convolution-cost", "slimmer", m=to_link(LENET))
    assert session(page).design == COLOUR
    assert "The lesson's step has its own state, which is put back" in said(page)


def test_a_recipe_is_refused_beside_its_field_and_another_race_is_put_back(root: Path) -> None:
    page = open_step(root, "sigmoid-stalls", "cure")
    widget(page, "field_learning_rate").set_value(5).run()
    assert "allowed in this step of the lesson: 0.01 to 3" in widget(page, "field_learning_rate").reason
    assert session(page).recipe == Recipe(epochs=20, learning_rate=0.1, init="xavier")
    page = open_step(root, "sigmoid-stalls", "race")
    race = session(page).slice_of(RaceState)
    race.setup = replace(race.setup, seeds=5)
    page.run()
    assert "put back: seeds: found 5; allowed in this step of the lesson: 1." in said(page)
    assert [widget(page, f"race_{name}").disabled for name in ("question", "seeds")] == [True, True]
    assert "train first, then press Check" in said(check(page))


def test_a_run_with_another_recipe_is_no_answer(root: Path) -> None:
    step = shipped("sigmoid-stalls").step("cure")
    recipe = recipe_of(shipped("sigmoid-stalls"), step)
    assert recipe is not None
    store = runs().store
    assert isinstance(store, Store)
    other = store.create(Job(LENET, replace(recipe, epochs=21)), "me")
    page = check(open_step(root, "sigmoid-stalls", "cure", run=other))
    assert "epochs: found 21; allowed in this step of the lesson: 20." in said(page)
    own = store.create(Job(LENET, replace(recipe, learning_rate=0.9)), "me")
    page = check(open_step(root, "sigmoid-stalls", "cure", run=own))
    assert "Nothing has been trained here yet, or it still goes on." in said(page)
    for run in (other, own):
        store.move(run, ["queued"], "cancelled")


def test_a_prediction_waits_for_its_run_and_is_revealed_after_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_step(root, "sigmoid-stalls", "winner")
    page.radio[0].set_value("2")
    assert "Kept: “ReLU”." in check(page).info[0].value
    figures = (Measured(label="Sigmoid", ended=True, test_accuracy=0.1), Measured(label="ReLU", test_accuracy=0.7))
    monkeypatch.setattr(run_facts, "measured_of", lambda *_: figures)
    current = course(page)
    progress = current.progress["sigmoid-stalls"]
    current.progress["sigmoid-stalls"] = replace(progress, at="came", runs={"race": "a-race"})
    page.run()
    assert "✓ You said “ReLU”; it is “ReLU”." in said(page)
    assert "You predicted nothing; it is 10.0 %." in said(page)


def test_what_a_tab_sends_back_is_taken_up_if_it_is_lessons_of_this_program(root: Path) -> None:
    page = open_step(root, "convolution-cost", "maps")
    page.text_input(key="lesson_answer_maps").input("6 28 28")
    check(page)
    current = course(page)
    kept = Kept(current.progress, {}, "zh")
    assert kept.progress["convolution-cost"].answers["maps"].text == "6 28 28"
    other = AppTest.from_function(_restore)
    other.session_state["sent"] = msgspec.json.encode(kept).decode()
    other.run()
    assert course(other).progress["convolution-cost"].at == "maps"
    for sent in ("", "[1]", '{"files": {"own-1": "title = 1"}}', '{"progress": {"x": {"at": "Y"}}}', "[" * 100_000):
        other.session_state["sent"] = sent
        assert not other.run().exception


def _restore() -> None:
    import streamlit as st  # noqa: PLC0415  # a script of its own

    from explorer.ui.course.course_state import restore  # noqa: PLC0415

    restore(st.session_state["sent"])


def test_a_file_is_listed_or_refused_in_words(root: Path) -> None:
    page = AppTest.from_file(str(root / "pages/lessons.py"), default_timeout=60).run()
    assert sum(button.label == "Begin" for button in page.button) == len(SHIPPED)
    assert "12 minutes · 7 steps" in said(page)
    page.file_uploader(key="lesson_file").set_value(("own.toml", b"title = 1", "application/toml")).run()
    assert "own.toml: line 1, title: found 1; allowed: a table with en, zh." in said(page)
