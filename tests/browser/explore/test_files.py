"""Designs and tables leave the Explore page as files, and come back."""

import json
from pathlib import Path

import onnx
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.explore.test_explore import LENET_CONV2, WIDER_CONV2
from tests.browser.steps import (
    cells,
    choose_layer,
    file,
    open_design,
    save_design,
    step_button,
)

PROGRAM = "Save as PyTorch code"


def test_a_design_saved_as_a_program_opens_as_the_same_design(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_layer(page, "conv2")
    step_button(page, "kernel_size").click()
    expect(cells(page, "conv2")).to_have_text(WIDER_CONV2)
    saved = save_design(page, PROGRAM)
    assert saved["name"] == "design.py"

    other = open_page(app)
    open_design(other, saved)
    expect(cells(other, "conv2")).to_have_text(WIDER_CONV2)
    other.keyboard.press("Escape")
    expect(other.get_by_role("button", name="Open code")).to_have_attribute("aria-expanded", "false")
    assert save_design(other, PROGRAM)["buffer"] == saved["buffer"]


def test_a_notebook_is_saved(app: str, open_page: OpenPage) -> None:
    saved = save_design(open_page(app), "Save as a notebook")
    assert saved["name"] == "design.ipynb"
    assert json.loads(saved["buffer"])["cells"][0]["source"].startswith("# LeNet")


def test_an_onnx_file_is_prepared_and_then_saved_for_as_long_as_it_is_there(
    app: str, app_home: Path, open_page: OpenPage
) -> None:
    page = open_page(app)
    page.get_by_role("button", name="File").click()
    page.get_by_role("button", name="Prepare an ONNX file, 0.247 MB").click()
    expect(page.get_by_role("button", name="Preparing the ONNX file")).to_be_disabled()
    with page.expect_download(timeout=120_000) as saving:
        page.get_by_role("button", name="Save as ONNX").click(timeout=120_000)
    assert saving.value.suggested_filename == "design.onnx"
    onnx.checker.check_model(onnx.load(saving.value.path()))
    with page.expect_download() as again:
        page.get_by_role("button", name="Save as ONNX").press("Enter")
    assert again.value.path().stat().st_size == saving.value.path().stat().st_size
    for made in app_home.glob("scratch/*/*.onnx"):
        made.unlink()
    page.get_by_role("button", name="Save as ONNX").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no such file here, or not any more")


def test_the_table_is_saved_for_spreadsheets_and_documents(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    saved = save_design(page, "Save the table as CSV")
    assert saved["name"] == "table.csv"
    assert saved["buffer"].startswith(b"\xef\xbb\xbfnetwork,layer,")
    page.keyboard.press("Escape")
    saved = save_design(page, "Save the table as Markdown")
    assert saved["name"] == "table.md"
    assert "| conv2 | Conv2d 16 @ 5×5 |" in saved["buffer"].decode()


def test_a_file_that_holds_no_design_says_why_and_changes_nothing(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    open_design(page, file("design.json", b'{"name": "x", "input_shape": [1, 28, 28], "layers": "<img src=x>"}'))
    refusal = page.get_by_role("alert").filter(has_text="design.json holds no network that can be read")
    expect(refusal).to_contain_text("layers")
    expect(cells(page, "conv2")).to_have_text(LENET_CONV2)


PASTED = """
class Small(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(c, width, 3) for c in (1, width)])
        self.fc = nn.Linear(width * 10 * 10, 10)

    def forward(self, x):
        for conv in self.convs:
            x = F.relu(conv(x))
        x = F.max_pool2d(x, 2)
        return self.fc(x.view(x.size(0), -1))

net = Small()
net(torch.randn(1, 1, 28, 28))
"""


def test_a_pasted_program_opens_at_the_row_that_does_not_fit_and_a_click_mends_it(
    app: str, open_page: OpenPage
) -> None:
    page = open_page(app)
    page.get_by_role("button", name="Open code").click()
    page.get_by_role("textbox", name="Or a program, pasted").fill(PASTED)
    page.keyboard.press("Control+Enter")
    told = "Opened for pictures of 1 × 28 × 28: the tensor that the text passes through."
    expect(page.get_by_text(told)).to_be_visible()
    expect(cells(page, "fc3").nth(2)).to_contain_text("It is written for in_features=800, but 1,152 come in.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Set in_features to 1,152").click()
    expect(cells(page, "fc3").nth(3)).to_have_text("11,530")
    expect(page.get_by_role("combobox", name="Network").first).to_have_attribute("placeholder", "Small, changed")


def test_why_a_pasted_program_is_refused_stands_beside_it(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    page.get_by_role("button", name="Open code").click()
    paste = page.get_by_role("textbox", name="Or a program, pasted")
    paste.fill(PASTED.replace("F.relu(conv(x))", "x + conv(x)"))
    page.keyboard.press("Control+Enter")
    menu = page.get_by_test_id("stPopoverBody")
    expect(menu.get_by_role("alert")).to_contain_text("What is pasted holds no network that can be read: line 10")
    expect(menu.get_by_role("alert")).to_contain_text("x + conv(x)")
    expect(cells(page, "conv2")).to_have_text(LENET_CONV2)
