"""A field that is wrong stops the button and says so beside itself; nothing is cut off or rounded in silence."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.experiments.text_recipes import default_recipe
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base.server import runs
from explorer.ui.sweep.sweep_state import SweepState
from tests.runs.scene import wait_for_state
from tests.ui.common.test_start_button import BUTTONS
from tests.ui.conftest import ENTRANCE
from tests.ui.widgets import said, session, widget

EPOCHS = " is not a whole number at least 1, at most 1,000."


def opened(root: Path, page: str) -> AppTest:
    return AppTest.from_file(str(root / f"pages/{page}.py"), default_timeout=60).run()


@pytest.mark.parametrize("text", ["2.7", "1e9", "0", "banana", ""])
@pytest.mark.parametrize(("page", "key"), BUTTONS)
def test_wrong_epochs_stay_as_they_were_typed_and_stop_the_button(root: Path, page: str, key: str, text: str) -> None:
    shown = opened(root, page)
    widget(shown, "field_epochs").set_value(text).run()
    assert not shown.exception
    assert widget(shown, "field_epochs").text == text
    assert shown.button(key=key).disabled
    reason = f"“{text}”{EPOCHS}" if text else "Nothing is typed: it takes a whole number"
    assert widget(shown, "field_epochs").reason.startswith(reason)
    assert any(f"epochs: {reason}" in each.value.replace("\\", "") for each in shown.warning)
    widget(shown, "field_epochs").set_value("3").run()
    assert not shown.button(key=key).disabled
    assert "is not a whole number" not in said(shown)


def test_a_wrong_rate_that_comes_with_the_click_trains_nothing(root: Path) -> None:
    """The browser sends the text when the field is left, which is the click on Train."""
    shown = opened(root, "train")
    widget(shown, "field_learning_rate").set_value("-1")
    shown.button(key="train").click().run()
    assert "run" not in shown.query_params
    assert "“-1” is not a number above 0, at most 100." in said(shown)
    assert session(shown).recipe == default_recipe("lenet-d2l")
    assert not [each for each in shown.caption if " steps · " in each.value], "the cost of a recipe that is not there"


def test_a_key_that_is_held_or_pressed_twice_starts_one_run(root: Path) -> None:
    shown = opened(root, "train")
    before = len(runs().store.unfinished())
    shown.button(key="train").click().run()
    first = str(shown.query_params["run"])
    for _ in range(3):
        shown.button(key="train").click().run()
        assert str(shown.query_params["run"]) == first
    assert len(runs().store.unfinished()) <= before + 1
    runs().cancel(first)


def test_a_rate_that_comes_with_the_click_is_the_runs(root: Path) -> None:
    shown = opened(root, "train")
    widget(shown, "field_epochs").set_value("1").run()
    widget(shown, "field_train_size").set_value("256").run()
    widget(shown, "field_learning_rate").set_value("0.25")
    shown.button(key="train").click().run()
    run = str(shown.query_params["run"])
    assert wait_for_state(runs().store, run).job.recipe.learning_rate == 0.25


def test_the_rate_steps_1_2_5_and_nothing_is_dead_at_a_default(root: Path) -> None:
    shown = opened(root, "train")
    seen = []
    for _ in range(4):
        widget(shown, "field_learning_rate").step("down").run()
        seen.append(session(shown).recipe.learning_rate)
    widget(shown, "field_learning_rate").step("up").run()
    assert [*seen, session(shown).recipe.learning_rate] == [0.5, 0.2, 0.1, 0.05, 0.1]
    assert widget(shown, "field_learning_rate").text == "0.1"
    assert widget(shown, "field_learning_rate").can_step("down")


def test_a_step_mends_what_was_typed_wrong(root: Path) -> None:
    shown = opened(root, "train")
    widget(shown, "field_epochs").set_value("banana").run()
    widget(shown, "field_epochs").step("down").run()
    assert session(shown).recipe.epochs == 97
    assert "banana" not in said(shown)
    assert not shown.button(key="train").disabled


def test_a_wrong_number_stops_its_own_page_alone(root: Path) -> None:
    pages = {name: str(root / f"pages/{name}.py") for name in ("train", "race")}
    shown = AppTest.from_file(str(root / ENTRANCE), default_timeout=60).run().switch_page(pages["train"]).run()
    widget(shown, "field_epochs").set_value("banana").run()
    assert not shown.switch_page(pages["race"]).run().button(key="race").disabled
    assert shown.switch_page(pages["train"]).run().button(key="train").disabled
    assert widget(shown, "field_epochs").text == "banana"


def test_a_field_that_is_hidden_stops_nothing(root: Path) -> None:
    shown = opened(root, "train")
    widget(shown, "field_momentum").set_value("2").run()
    assert shown.button(key="train").disabled
    widget(shown, "field_optimizer").select("Adam").run()
    assert not shown.button(key="train").disabled


def test_six_digits_and_more_are_kept_whole(root: Path) -> None:
    shown = opened(root, "train")
    widget(shown, "field_seed").set_value("2147483647").run()
    assert session(shown).recipe.seed == 2147483647
    assert widget(shown, "field_seed").text == "2147483647"


def test_a_wrong_count_of_settings_stops_a_random_search(root: Path) -> None:
    shown = opened(root, "sweep")
    setup = session(shown).slice_of(SweepState).setup
    assert setup.draws is None
    widget(shown, "sweep_way").set_value(True).run()
    widget(shown, "sweep_draws").set_value("201").run()
    assert "“201” is not a whole number at least 1, at most 200." in said(shown)
    assert shown.button(key="start_sweep").disabled


def test_a_wrong_number_of_a_layer_changes_nothing_and_is_that_layers_alone(root: Path) -> None:
    shown = opened(root, "explore")
    design = session(shown).design
    session(shown).designs.selected = 0
    widget(shown.run(), "field_kernel_size").set_value("2.5").run()
    assert session(shown).design == design
    assert "“2.5” is not a whole number at least 1, at most 255." in said(shown)
    session(shown).designs.selected = 3  # its kernel is as large
    assert "“2.5” is not" not in said(shown.run())
    assert widget(shown, "field_kernel_size").text == "5"


def test_the_rate_of_a_run_that_trains_is_held_to_the_same_rule(root: Path) -> None:
    run = runs().submit(Job(session(opened(root, "train")).design, Recipe(epochs=1_000, device="cpu")), "me")
    try:
        wait_for_state(runs().store, run, "running")
        shown = AppTest.from_file(str(root / "pages/train.py"), default_timeout=60)
        shown.query_params["run"] = run
        shown.run()
        assert widget(shown, f"rate_{run}").text == "0.1"
        widget(shown, f"rate_{run}").step("down").run()
        assert widget(shown, f"rate_{run}").text == "0.05"
        widget(shown, f"rate_{run}").set_value("-3").run()
        assert "“-3” is not a number above 0, at most 100." in said(shown)
        assert shown.button(key="change_rate").disabled
    finally:
        runs().cancel(run)
    wait_for_state(runs().store, run)
