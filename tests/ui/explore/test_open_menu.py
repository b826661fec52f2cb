"""The Open menu: what is pasted or dropped there becomes the network, or says beside it why not."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture.kinds.dense import Linear
from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from tests.ui.conftest import ENTRANCE
from tests.ui.widgets import said, session

LENET = PRESETS["lenet-d2l"].architecture
TWO = "first = nn.Sequential(nn.Conv2d(1, 4, 5))\nsecond = nn.Sequential(nn.Conv2d(1, 9, 5), nn.ReLU())"
TABLE = """Layer (type:depth-idx)  Kernel Shape  Input Shape  Output Shape  Param #
Sequential  --  [1, 1, 28, 28]  [1, 4, 24, 24]  --
├─Conv2d: 1-1  [5, 5]  [1, 1, 28, 28]  [1, 4, 24, 24]  104
"""
BUTTONS = {"1 × 28 × 28", "1 × 32 × 32", "3 × 32 × 32", "3 × 224 × 224"}


@pytest.fixture
def page(root: Path) -> AppTest:
    """The Explore page with its Open menu open."""
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=30)
    page.session_state["open_menu"] = True
    return page.run()


def paste(page: AppTest, text: str) -> AppTest:
    page.text_area(key="pasted").set_value(text).run()
    assert not page.exception
    return page


def sizes(page: AppTest) -> set[str]:
    return {button.label for button in page.button} & BUTTONS


def test_a_pasted_program_becomes_the_network_and_its_input_has_a_reason(page: AppTest) -> None:
    paste(page, "net = nn.Sequential(nn.Conv2d(1, 4, 5), nn.Flatten(), nn.Linear(4 * 28 * 28, 10))")
    assert session(page).design.input_shape == (1, 32, 32)
    assert "Opened for pictures of 1 × 32 × 32: a usual size that its numbers fit." in said(page)
    assert not page.error


def test_one_click_changes_the_input_of_what_was_opened(page: AppTest) -> None:
    paste(page, "net = nn.Sequential(nn.LazyConv2d(4, 5), nn.ReLU())")
    assert sizes(page) == BUTTONS - {"1 × 28 × 28"}
    next(button for button in page.button if button.label == "3 × 32 × 32").click().run()
    assert session(page).design.input_shape == (3, 32, 32)
    assert "Opened for pictures of 3 × 32 × 32: what is chosen here." in said(page)


def test_one_click_changes_the_input_of_a_table_too(page: AppTest) -> None:
    paste(page, TABLE)
    assert session(page).design.input_shape == (1, 28, 28)
    next(button for button in page.button if button.label == "1 × 32 × 32").click().run()
    assert session(page).design.input_shape == (1, 32, 32)
    assert "Opened for pictures of 1 × 32 × 32: what is chosen here." in said(page)


def test_of_several_networks_one_is_chosen_by_its_name(page: AppTest) -> None:
    paste(page, TWO)
    assert session(page).design == LENET
    assert "What is pasted has several networks. Which one?" in said(page)
    next(button for button in page.button if button.label == "second").click().run()
    assert [type(layer).__name__ for layer in session(page).design.layers] == ["Conv2d", "ReLU"]
    assert "Which one?" not in said(page)


def test_a_refusal_stands_in_the_menu_and_the_network_stays(page: AppTest) -> None:
    paste(page, "net = nn.Sequential(\n    nn.GRU(3),\n)")
    assert [error.value for menu in page.get("popover") for error in menu.error] == [page.error[0].value]
    told = page.error[0].value.replace("\\", "")
    assert told.startswith("What is pasted holds no network that can be read: line 2: found nn.GRU")
    assert session(page).design == LENET


def test_a_slip_opens_at_its_row(page: AppTest) -> None:
    paste(page, "net = nn.Sequential(nn.Flatten(), nn.Linear(784, 120), nn.ReLU(), nn.Linear(84, 10))")
    error = trace(session(page).design).error
    assert error is not None
    assert error.cause == "It is written for in_features=84, but 120 come in."
    assert "Opened for pictures of 1 × 28 × 28: a usual size." in said(page)


def _mended() -> None:
    from msgspec.structs import replace  # noqa: PLC0415  # the script of a page of its own

    from explorer.architecture.kinds.dense import Linear  # noqa: PLC0415
    from explorer.architecture.kinds.shape import Flatten  # noqa: PLC0415
    from explorer.architecture.spec import Architecture  # noqa: PLC0415
    from explorer.ui.base import state  # noqa: PLC0415

    layers = Flatten(), Linear(out_features=120), Linear(out_features=10, in_features=84)
    state.change(Architecture("slip", (1, 28, 28), layers))
    state.change(replace(state.session().design, layers=(layers[0], Linear(out_features=84), layers[2])))


def test_a_number_that_fits_again_follows_from_then_on() -> None:
    page = AppTest.from_function(_mended).run()
    assert not page.exception
    assert session(page).design.layers[2] == Linear(out_features=10)
    assert session(page).designs.past[-1].layers[2] == Linear(out_features=10, in_features=84)


def test_a_file_in_chinese_of_an_older_editor_opens_by_its_name(page: AppTest) -> None:
    text = "# 网络\nnet = nn.Sequential(nn.Conv2d(1, 4, 5))".encode("gbk")
    page.file_uploader(key="upload").set_value(("网络.py", text, "text/x-python")).run()
    assert session(page).design.name == "网络"
