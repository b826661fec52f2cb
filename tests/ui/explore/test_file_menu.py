"""The File menu: what can be saved of a design, and that both kinds of files open; saving itself needs a browser."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture, to_json
from explorer.exchange.link import to_link
from explorer.exchange.pytorch_source import to_pytorch
from explorer.ui.base.server import onnx_files
from tests.ui.conftest import ENTRANCE
from tests.ui.widgets import said, session

LENET = PRESETS["lenet-d2l"].architecture
ALEXNET = PRESETS["alexnet-28"].architecture
SAVED = ["the design as JSON", "as PyTorch code", "as a notebook", "the table as CSV", "the table as Markdown"]
PROGRAMS = ["Save as PyTorch code", "Save as a notebook"]
PATIENCE = 120  # seconds that a file may take


@pytest.fixture
def page(root: Path) -> AppTest:
    """The Explore page with its File menu open."""
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=30)
    page.session_state["file_menu"] = page.session_state["open_menu"] = True
    return page


def open_file(page: AppTest, name: str, text: str | bytes) -> AppTest:
    content = text.encode() if isinstance(text, str) else text
    page.run().file_uploader(key="upload").set_value((name, content, "application/octet-stream"))
    return page.run()


def enabled(page: AppTest) -> dict[str, bool]:
    return {button.label: not button.disabled for button in page.download_button}


def test_a_design_that_fits_is_saved_in_five_ways_at_once(page: AppTest) -> None:
    assert enabled(page.run()) == dict.fromkeys((f"Save {what}" for what in SAVED), True)


def test_a_design_that_does_not_fit_is_no_program_and_the_button_says_why(page: AppTest) -> None:
    page.query_params["m"] = to_link(replace(LENET, input_shape=(1, 9, 9)))
    assert [label for label, on in enabled(page.run()).items() if not on] == PROGRAMS
    for button in [*(button for button in page.download_button if button.disabled), page.button(key="prepare_onnx")]:
        assert button.disabled
        assert button.help.startswith("Layer 4 (conv2): The 5×5 kernel is larger than its 4×4 input.")


def test_an_onnx_file_that_was_not_made_says_why(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    design = replace(ALEXNET, name="never made")
    page.query_params["m"] = to_link(design)
    page.run().button(key="prepare_onnx").click().run()
    file = onnx_files().find(design)
    assert file is not None
    assert file.wait(PATIENCE)
    assert "did not start" in page.run().error[0].value
    assert not page.button(key="prepare_onnx").disabled


@pytest.mark.parametrize(("name", "write"), [("a.json", to_json), ("a.py", to_pytorch), ("A.PY", to_pytorch)])
@pytest.mark.parametrize("network", ["alexnet-28", "lenet5-1998"])
def test_a_saved_design_opens(page: AppTest, name: str, write: Callable[[Architecture], str], network: str) -> None:
    open_file(page, name, write(PRESETS[network].architecture))
    assert not page.exception
    assert not page.error
    assert session(page).design == PRESETS[network].architecture


def test_a_files_name_is_no_markdown(page: AppTest) -> None:
    open_file(page, "**a**.json", "")
    assert page.error[0].value.startswith(r"\*\*a\*\*.json holds no network")


def test_why_a_file_was_refused_stands_in_the_open_menu_and_else_on_the_page(page: AppTest) -> None:
    open_file(page, "a.json", "")
    assert [error.value[:6] for menu in page.get("popover") for error in menu.error] == ["a.json"]
    assert len(page.error) == 1
    page.session_state["open_menu"] = False
    page.run()
    assert [error.value[:6] for error in page.error] == ["a.json"]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.py", "import os", "no network"),
        ("a.py", "net = nn.Sequential(\n    nn.GRU(3),\n)", "line 2: found nn.GRU"),
        ("a.json", "{]", "line 1, column 2"),
        ("a.py", b"\xff", "not UTF-8"),
    ],
)
def test_a_file_that_holds_no_design_says_why_and_changes_nothing(
    page: AppTest, name: str, text: str | bytes, why: str
) -> None:
    open_file(page, name, text)
    assert not page.exception
    assert len(page.error) == 1
    assert f"\n{name} holds no network that can be read: " in said(page)
    assert why in said(page)
    assert session(page).design == LENET


def test_a_name_that_is_too_long_is_refused_in_words_and_the_one_before_kept(page: AppTest) -> None:
    name = page.run().text_input[0]
    name.set_value("x" * 300).run()
    assert "allowed: text of 1 to 80 characters" in said(page)
    assert page.text_input[0].value == session(page).design.name == LENET.name
