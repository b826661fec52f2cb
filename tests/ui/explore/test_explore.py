"""The Explore page's logic: what a change of a widget does to the design and to the figures on the page."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture.edit import replace_activations
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.output import Softmax
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.exchange.link import read_link, to_link
from explorer.experiments.text_recipes import default_recipe
from tests.ui.conftest import ENTRANCE
from tests.ui.widgets import said, session, widget

LENET = PRESETS["lenet-d2l"].architecture
TOTALS = ("Parameters", "Multiply-adds", "<span title=.*?>Parameters", "Last map sees")


@pytest.fixture(params=[ENTRANCE, "pages/explore.py"])
def page(request: pytest.FixtureRequest, root: Path) -> AppTest:
    """The page through app.py, and alone as a first visitor by link gets it."""
    return AppTest.from_file(str(root / request.param), default_timeout=30).run()


def design(page: AppTest) -> Architecture:
    return session(page).design


def metric(page: AppTest, label: str) -> str:
    bodies = [element.proto.body for element in page.get("html")]
    return next(found[1] for body in bodies if (found := re.search(rf"<dt>{label}.*?<dd.*?>(.*?)</dd>", body)))


def was(page: AppTest) -> list[str]:
    """Give what the totals say that they were."""
    return [found for element in page.get("html") for found in re.findall("was (.*?)</dd>", element.proto.body)]


def select(page: AppTest, index: int) -> AppTest:
    """Choose a layer as the table's click does; the table itself is driven in a browser."""
    session(page).designs.selected = index
    return page.run()


def test_it_opens_with_the_books_lenet(page: AppTest) -> None:
    assert not page.exception
    assert design(page) == LENET
    assert metric(page, "Parameters") == "61,706"
    assert metric(page, "Multiply-adds") == "416,520"


def test_a_preset_brings_its_network_and_its_texts_recipe(page: AppTest) -> None:
    widget(page, "preset").select("alexnet-d2l").run()
    assert metric(page, "Parameters") == "46,764,746"
    assert session(page).recipe.batch_size == 128


def test_a_changed_kernel_is_traced_and_stands_in_the_link(page: AppTest) -> None:
    widget(select(page, 3), "field_kernel_size").set_value(3).run()
    changed = design(page)
    assert changed.layers[3] == Conv2d(out_channels=16, kernel_size=3)
    assert metric(page, "Parameters").replace(",", "") == str(trace(changed).totals.num_params)
    assert read_link(page.query_params["m"]) == changed


def test_one_click_changes_every_activation_and_another_every_pooling(page: AppTest) -> None:
    widget(page, "activations").set_value("ReLU").run()
    widget(page, "poolings").set_value("MaxPool2d").run()
    names = [type(layer).__name__ for layer in design(page).layers]
    assert names.count("ReLU") == 4
    assert names.count("MaxPool2d") == 2
    assert not {"Sigmoid", "AvgPool2d"} & set(names)


def test_undo_and_redo_walk_through_the_edits(page: AppTest) -> None:
    widget(page, "activations").set_value("Tanh").run()
    assert design(page) == replace_activations(LENET, "Tanh")
    page.button(key="undo").click().run()
    assert design(page) == LENET
    page.button(key="redo").click().run()
    assert design(page) == replace_activations(LENET, "Tanh")


def test_a_network_that_does_not_fit_has_no_totals_and_was_is_the_last_that_fitted(page: AppTest) -> None:
    widget(select(page, 3), "field_kernel_size").set_value(15).run()
    assert not page.exception
    assert [metric(page, label) for label in TOTALS] == ["—"] * 4
    assert metric(page, "Stops at conv2") == "before it: 156 parameters, 117,600 multiply-adds"
    assert was(page) == ["61,706", "416,520", "0.247 MB + 0.06 MB", "16 × 16 px"]
    widget(page, "field_padding").set_value(1).run()
    assert trace(design(page)).error is None
    assert was(page)[:2] == ["61,706", "416,520"]


@pytest.mark.parametrize("kernel_size", [4, 15])
def test_after_undo_nothing_says_what_was(page: AppTest, kernel_size: int) -> None:
    widget(select(page, 3), "field_kernel_size").set_value(kernel_size).run()
    page.button(key="undo").click().run()
    assert (design(page), was(page)) == (LENET, [])


def test_what_is_worked_out_of_a_network_that_does_not_fit_is_said_to_be_a_part(page: AppTest) -> None:
    widget(select(page, 3), "field_kernel_size").set_value(15).run()
    widget(page, "about").set_value("Cost").run()
    assert "Of the layers before conv2, which does not fit: conv1 holds 100% of the parameters" in said(page)
    widget(page, "about").set_value("How it is worked out").run()
    assert "The layers before conv2, which does not fit" in said(page)
    assert "(100.0%)" not in said(page)


@pytest.mark.parametrize(
    ("button", "kinds_after"),
    [
        ("remove", ["Conv2d", "AvgPool2d"]),
        ("copy", ["Conv2d", "Sigmoid", "Sigmoid", "AvgPool2d"]),
        ("up", ["Sigmoid", "Conv2d", "AvgPool2d"]),
        ("down", ["Conv2d", "AvgPool2d", "Sigmoid"]),
    ],
)
def test_layers_are_removed_copied_and_moved(page: AppTest, button: str, kinds_after: list[str]) -> None:
    select(page, 1).button(key=button).click().run()
    assert [type(layer).__name__ for layer in design(page).layers[: len(kinds_after)]] == kinds_after


def test_a_layer_can_become_another_kind_and_keeps_what_both_have(page: AppTest) -> None:
    widget(select(page, 2), "kind").select("MaxPool2d").run()
    assert design(page).layers[2] == MaxPool2d(kernel_size=2, stride=2)


def test_the_input_is_edited_like_a_layer(page: AppTest) -> None:
    widget(page, "field_height").set_value(32).run()
    assert design(page).input_shape == (1, 32, 28)


def test_parameters_that_no_optimizer_may_change_are_told_apart(page: AppTest) -> None:
    widget(page, "preset").select("lenet5-1998").run()
    assert metric(page, "Parameters, 840 fixed") == "60,840"


def test_removing_every_layer_leaves_a_page_that_says_so(page: AppTest) -> None:
    for _ in LENET.layers:
        select(page, 0).button(key="remove").click().run()
    assert design(page).layers == ()
    assert not page.exception
    assert metric(page, "Parameters") == "0"


def test_a_wide_last_layer_stops_following_the_classes_and_the_switch_brings_it_back(page: AppTest) -> None:
    last = len(LENET.layers) - 1
    widget(select(page, last), "field_out_features").set_value(7).run()
    assert not session(page).follows_classes
    widget(page, "follows").set_value(True).run()
    assert design(page) == LENET


@pytest.mark.parametrize("link", ["", "x", "%00", "A" * 9_000, "eJwBAQD-_w"])
def test_a_link_that_cannot_be_read_says_why_and_shows_lenet(root: Path, link: str) -> None:
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=30)
    page.query_params["m"] = link
    page.run()
    assert not page.exception
    assert len(page.error) == 1
    assert "link" in page.error[0].value
    assert design(page) == LENET


def test_a_link_brings_its_design(root: Path) -> None:
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=30)
    page.query_params["m"] = to_link(PRESETS["alexnet-28"].architecture)
    page.run()
    assert design(page) == PRESETS["alexnet-28"].architecture


def test_the_chosen_layer_stays_chosen_when_an_edit_elsewhere_moves_it(page: AppTest) -> None:
    select(page, 2).button(key="remove").click().run()
    select(page, 6).button(key="undo").click().run()
    assert session(page).designs.selected == 7
    assert design(page).layers[7] == Linear(out_features=120)


def test_a_link_to_another_network_brings_its_texts_recipe_and_its_name(root: Path) -> None:
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=30)
    page.query_params["m"] = to_link(PRESETS["alexnet-28"].architecture)
    page.run()
    assert session(page).recipe == default_recipe("alexnet-28")
    assert widget(page, "preset").value == "alexnet-28"


def test_undoing_the_choice_of_a_network_brings_its_recipe_back_too(page: AppTest) -> None:
    widget(page, "preset").select("alexnet-d2l").run()
    page.button(key="undo").click().run()
    assert session(page).recipe == default_recipe("lenet-d2l")


def test_a_widget_whose_value_was_changed_elsewhere_becomes_a_new_one(page: AppTest) -> None:
    widget(select(page, 3), "field_bias").set_value(False).run()
    changed_by_itself = widget(page, "field_bias").key
    page.button(key="undo").click().run()
    assert widget(page, "field_bias").value is True
    assert widget(page, "field_bias").key != changed_by_itself
    page.button(key="redo").click().run()
    assert widget(page, "field_bias").value is False


def test_each_side_of_a_window_can_be_set_by_itself_and_all_as_one_again(page: AppTest) -> None:
    select(page, 0).run()
    widget(page, "sides_apart").set_value(True).run()
    widget(page, "field_kernel_size, width").set_value(7).run()
    assert design(page).layers[0] == Conv2d(out_channels=6, kernel_size=(5, 7), padding=2)
    assert metric(page, "Last map sees") == "16 × 18 px"
    widget(page, "sides_apart").set_value(False).run()
    assert design(page) == LENET
    assert widget(page, "field_kernel_size").value == 5


def test_a_softmax_after_the_last_dense_layer_leaves_it_the_data_sets_classes(page: AppTest) -> None:
    last = len(LENET.layers) - 1
    select(page, last).run()
    session(page).designs.change(replace(LENET, layers=(*LENET.layers, Softmax(dim=1))))
    assert "Follow the data set's 10 classes" in [toggle.label for toggle in page.run().toggle]
