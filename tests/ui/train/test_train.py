"""The Train page's logic: the recipe's form, what stands in the way of a run, and a run's states."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture import edit
from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from explorer.experiments.known_settings import KNOWN
from explorer.experiments.text_recipes import default_recipe
from explorer.training.events import Step
from explorer.training.recipe.recipe import Recipe
from explorer.ui.base.server import runs
from tests.ui.conftest import ENTRANCE, ROOT
from tests.ui.widgets import said, session, widget, widgets

LENET = PRESETS["lenet-d2l"].architecture
A_STEP = Step(step=1, epoch=0.1, seconds=0.1, train_loss=2.3, train_accuracy=0.1, images_per_second=1.0)
NUMBERS = {
    "learning_rate": 0.5,
    "epochs": 3,
    "batch_size": 64,
    "seed": 7,
    "weight_decay": 0.1,
    "momentum": 0.9,
    "train_size": 500,
    "max_seconds": 20.0,
    "clip_grad_norm": 1.5,
    "warmup_epochs": 0.5,
    "label_smoothing": 0.1,
    "target_accuracy": 0.8,
}
MENUS = {
    "optimizer": "AdamW",
    "init": "kaiming",
    "device": "cpu",
    "schedule": "cosine",
    "augmentation": "flip+crop",
    "precision": "bfloat16",
}


@pytest.fixture(params=[ENTRANCE, "pages/train.py"])
def page(request: pytest.FixtureRequest, root: Path) -> AppTest:
    """The page through app.py, and alone as a first visitor by link gets it."""
    page = AppTest.from_file(str(root / request.param), default_timeout=30).run()
    return page.switch_page(str(root / "pages/train.py")).run() if request.param == ENTRANCE else page


def opened(root: Path, **parameters: str) -> AppTest:
    page = AppTest.from_file(str(root / "pages/train.py"), default_timeout=30)
    for name, value in parameters.items():
        page.query_params[name] = value
    return page.run()


def wait_for(root: Path, run_id: str, ready: Callable[[AppTest], bool]) -> AppTest:
    """Open a run's page again and again, as its fragment does, until it shows what is waited for."""
    for _ in range(400):
        page = opened(root, run=run_id)
        if ready(page):
            return page
    raise AssertionError(f"run {run_id} never came to it: {runs().store.run(run_id)}")


def test_it_opens_with_the_texts_recipe_and_train_ready(page: AppTest) -> None:
    assert not page.exception
    assert session(page).recipe == default_recipe("lenet-d2l")
    assert not page.button(key="train").disabled


@pytest.mark.parametrize(
    ("field", "value"),
    list(NUMBERS.items()),
)
def test_each_number_of_the_form_changes_its_field_alone(page: AppTest, field: str, value: float) -> None:
    widget(page, f"field_{field}").set_value(value).run()
    assert session(page).recipe == replace(default_recipe("lenet-d2l"), **{field: value})


@pytest.mark.parametrize(("field", "value"), MENUS.items())
def test_each_menu_of_the_form_changes_its_field_alone(page: AppTest, field: str, value: str) -> None:
    widget(page, f"field_{field}").select(value).run()
    assert session(page).recipe == replace(default_recipe("lenet-d2l"), **{field: value})


def shown(page: AppTest, name: str) -> bool:
    return bool(widgets(page, f"field_{name}"))


def test_only_the_settings_that_apply_are_shown(page: AppTest) -> None:
    assert [shown(page, name) for name in ("momentum", "nesterov", "step_size")] == [True, False, False]
    widget(page, "field_momentum").set_value(0.9).run()
    widget(page, "field_schedule").select("step").run()
    assert [shown(page, name) for name in ("nesterov", "step_size", "warmup_epochs")] == [True, True, True]
    widget(page, "field_nesterov").set_value(True).run()
    widget(page, "field_step_size").set_value(2.0).run()
    assert (session(page).recipe.nesterov, session(page).recipe.step_size) == (True, 2.0)
    widget(page, "field_schedule").select("one-cycle").run()
    widget(page, "field_optimizer").select("Adam").run()
    assert not [name for name in ("momentum", "nesterov", "step_size", "warmup_epochs") if shown(page, name)]
    assert session(page).recipe == replace(default_recipe("lenet-d2l"), optimizer="Adam", schedule="one-cycle")
    assert not page.error


def test_colours_are_offered_where_there_are_some_and_go_with_them(page: AppTest) -> None:
    assert "colour" not in widget(page, "field_augmentation").options
    widget(page, "field_dataset").select("cifar10").run()
    widget(page, "field_augmentation").select("colour").run()
    assert session(page).recipe.augmentation == "colour"
    widget(page, "field_dataset").select("mnist").run()
    assert session(page).recipe.augmentation == "none"
    assert not page.error


def test_a_warm_up_longer_than_the_run_is_refused_in_words(page: AppTest) -> None:
    widget(page, "field_warmup_epochs").set_value(500.0).run()
    assert session(page).recipe == default_recipe("lenet-d2l")
    assert "below the 98 epochs of the run" in said(page)
    assert page.button(key="train").disabled
    widget(page, "field_warmup_epochs").set_value(2).run()
    assert "below the 98 epochs" not in said(page)
    assert not page.button(key="train").disabled


def open_known(page: AppTest) -> AppTest:
    page.session_state["known_settings"] = True
    return page.run()


def test_known_settings_are_taken_by_a_click_and_say_their_reason(page: AppTest) -> None:
    plateau = next(known for known in KNOWN["lenet-d2l"] if known.recipe.learning_rate == 0.01 and not known.works)
    label = "SGD 0.01, batch 256, first weights xavier, 10 epochs"
    button = next(button for button in open_known(page).button if button.label == label)
    button.click().run()
    assert session(page).recipe == plateau.recipe
    assert f"Known to fail: {plateau.reason}" in [caption.value for caption in page.caption]


def test_a_changed_network_is_none_that_was_tried(root: Path) -> None:
    captions = [caption.value for caption in opened(root).caption]
    assert any(caption.startswith("Known to work: ") for caption in captions)
    page = open_known(opened(root, m=to_link(edit.replace_activations(LENET, "ReLU"))))
    captions = [caption.value for caption in page.caption]
    assert "No settings were tried with this network." in captions
    assert not [caption for caption in captions if caption.startswith("Known to")]


def test_a_texts_recipe_is_taken_by_name_on_the_chosen_data_set(page: AppTest) -> None:
    widget(page, "field_dataset").select("mnist").run()
    open_known(page).button(key="recipe_alexnet-2012").click().run()
    recipe = session(page).recipe
    assert (recipe.dataset, recipe.init, recipe.schedule, recipe.momentum) == ("mnist", "alexnet", "step", 0.9)


def test_a_change_to_adam_drops_the_momentum_that_only_sgd_has(page: AppTest) -> None:
    widget(page, "field_momentum").set_value(0.9).run()
    widget(page, "field_optimizer").select("Adam").run()
    assert session(page).recipe.momentum == 0
    assert not page.error


def test_another_data_set_brings_its_channels_and_the_texts_epochs(page: AppTest) -> None:
    widget(page, "field_dataset").select("cifar10").run()
    assert session(page).design.input_shape == (3, 28, 28)
    assert session(page).recipe == default_recipe("lenet-d2l", dataset="cifar10")


def test_the_texts_recipe_comes_back_by_one_click(page: AppTest) -> None:
    widget(page, "field_learning_rate").set_value(0.5).run()
    page.button(key="reset_recipe").click().run()
    assert session(page).recipe == default_recipe("lenet-d2l")


def test_the_cost_stands_under_the_button_before_the_run(page: AppTest) -> None:
    (cost,) = [caption.value for caption in page.caption if " steps · " in caption.value]
    assert cost.startswith("2,352 steps · about ")  # 98 epochs of the 6,000 pictures: as many as the book's ten
    assert "on cpu" in cost


def test_the_epochs_of_a_texts_recipe_are_explained_until_another_is_chosen(page: AppTest) -> None:
    words = "98 epochs of the 6,000 pictures here are as many steps as the 10 of 60,000 in its text."
    assert words in said(page)
    widget(page, "field_batch_size").set_value(64).run()
    assert words not in said(page)


@pytest.mark.parametrize("name", PRESETS)
def test_each_network_of_the_course_opens_with_its_texts_recipe(root: Path, name: str) -> None:
    page = opened(root, m=to_link(PRESETS[name].architecture))
    assert not page.exception
    assert session(page).recipe == default_recipe(name)


def test_a_run_longer_than_a_lesson_says_so_and_is_made_shorter_by_one_click(root: Path) -> None:
    page = opened(root, m=to_link(PRESETS["alexnet-d2l"].architecture))
    widget(page, "field_max_seconds").set_value(80_000.0).run()
    assert any("longer than a lesson" in warning.value for warning in page.warning)
    page.button(key="relief_0").click().run()
    assert session(page).recipe.epochs < 100
    assert not page.warning


def test_a_stack_that_does_not_fit_cannot_be_trained_and_says_why(root: Path) -> None:
    page = opened(root, m=to_link(replace(LENET, input_shape=(1, 9, 9))))
    assert page.button(key="train").disabled
    assert "conv2 does not fit: The 5×5 kernel is larger than its 4×4 input." in said(page)


@pytest.mark.slow
def test_one_click_trains_over_seeds_and_shows_what_is_chance(root: Path) -> None:
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=60)
    page.switch_page(str(ROOT / "pages" / "train.py")).run()
    session(page).recipe = Recipe(epochs=1, train_size=64, learning_rate=0.25)
    page.button(key="train_seeds").click().run()
    assert not page.exception
    held = runs().store.race(runs().store.list_runs(1)[0].race or "")
    assert held is not None
    assert [each.recipe.learning_rate for each in held.race.contenders] == [0.25]
    assert held.race.seeds == 3
    for run in runs().store.race_runs(held.id):
        wait_for(root, run.id, lambda other: bool(other.success))


def test_without_a_run_it_says_what_will_stand_there(page: AppTest) -> None:
    assert [shown.value for shown in page.info] == [
        "Once it trains, this shows how much gradient each layer gets, and why."
    ]
