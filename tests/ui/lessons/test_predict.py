"""The Predict page's logic: answers, slips, cells that are shown, and networks with nothing to predict."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture.edit import replace_layer
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.exchange.design_history import DesignHistory
from tests.ui.widgets import session, widget

LENET = PRESETS["lenet-d2l"].architecture


@pytest.fixture
def page(root: Path) -> AppTest:
    return AppTest.from_file(str(root / "pages/predict.py"), default_timeout=30).run()


def answer(page: AppTest, typed: str) -> AppTest:
    page.text_input(key="answer").input(typed)
    return next(button for button in page.button if button.label == "Check").click().run()


def texts(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown)


def use(page: AppTest, design: Architecture) -> AppTest:
    session(page).designs = DesignHistory(design)
    return page.run()


def test_a_right_answer_opens_its_cell_and_asks_for_the_next(page: AppTest) -> None:
    assert "Which shape comes out?" in texts(page)
    answer(page, "6 × 28 × 28")
    assert page.success[0].value == "Right: conv1 gives 6 × 28 × 28."
    assert "How many parameters does it have?" in texts(page)
    answer(page, "156")
    assert "**2 of 13 found**" in texts(page)
    assert "**pool1**" in texts(page)


def test_a_wrong_answer_names_the_slip_and_leaves_the_end_to_the_reader(page: AppTest) -> None:
    answer(page, "6 26 26")
    assert "Padding counted once?" in page.error[0].value
    assert r"\dfrac{28 - 5 + 2 \cdot 2}{1}" in texts(page)
    assert r"= \text{?}" in texts(page)
    assert "**0 of 13 found · 1 wrong try**" in texts(page)


@pytest.mark.parametrize("typed", ["", "six", "6x28x", "[here](x.org)"])
def test_what_cannot_be_read_is_answered_in_words(page: AppTest, typed: str) -> None:
    answer(page, typed)
    assert not page.exception
    assert "Type " in page.warning[0].value
    assert "](" not in page.warning[0].value


def test_a_cell_can_be_shown_and_all_hidden_again(page: AppTest) -> None:
    page.button(key="show").click().run()
    assert page.info[0].value == "conv1 gives 6 × 28 × 28."
    assert "**0 of 13 found · 1 shown**" in texts(page)
    page.button(key="hide").click().run()
    assert "**0 of 13 found**" in texts(page)


def test_all_cells_can_be_opened_and_the_page_says_that_it_ends(page: AppTest) -> None:
    for _ in range(13):
        page.button(key="show").click().run()
    assert "Nothing is hidden any more" in page.success[0].value
    assert not page.text_input


def test_another_network_begins_anew(page: AppTest) -> None:
    answer(page, "6 28 28")
    widget(page, "preset").select("alexnet-d2l").run()
    assert "**0 of " in texts(page)
    answer(page, "96 54 54")
    assert page.success


def test_a_network_that_does_not_fit_says_so_with_a_way_to_explore(page: AppTest) -> None:
    use(page, replace_layer(LENET, 3, Conv2d(out_channels=16, kernel_size=15)))
    assert "does not fit at conv2" in page.warning[0].value
    assert page.button(key="mend")
    assert not page.text_input


@pytest.mark.parametrize("layers", [(), (ReLU(),)])
def test_a_network_with_nothing_to_predict_says_so(page: AppTest, layers: tuple[ReLU, ...]) -> None:
    use(page, replace(LENET, layers=layers))
    assert "nothing to predict" in page.info[0].value
