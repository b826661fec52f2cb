"""The sweep in Chromium: chosen, started, its table fills, its run opens, and a refresh sees the same."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import set_field

MEASURED = re.compile(r"\d\d?\.\d %")


def rows(page: Page) -> Locator:
    """Find the cells' rows, less the one of the titles."""
    return page.get_by_role("grid", name="Cells").locator("tbody").get_by_role("row")


def few_pictures(page: Page) -> None:
    """Set up runs of a moment on the Train page."""
    page.get_by_text("More settings").click()
    set_field(page, "train_size", 512)
    expect(page.get_by_role("button", name="Back to the text's recipe")).to_be_enabled()


def test_a_sweep_of_four_cells_fills_its_table_opens_a_run_and_stays(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/train")
    few_pictures(page)
    page.get_by_role("link", name="Sweep").click()
    page.get_by_role("textbox", name="Learning rate").fill("0.1, 0.5")
    page.get_by_role("textbox", name="Learning rate").press("Enter")
    set_field(page, "epochs", 1)
    page.get_by_text(re.compile("^4 runs, 1 at once · about")).wait_for()
    page.get_by_role("button", name=re.compile("^Start sweep")).click()
    page.wait_for_url(re.compile(r"[?&]sweep=\w+"))
    expect(rows(page)).to_have_count(4)
    page.get_by_text(re.compile("^Best: ")).wait_for(timeout=240_000)  # four short runs, however busy the machine
    for number in range(4):
        expect(rows(page).nth(number)).to_contain_text(MEASURED)
    expect(page.locator(".st-key-parallel .js-plotly-plot")).to_be_visible()

    page.get_by_role("button", name="Test accuracy").click()
    expect(rows(page).first).to_contain_text("best")
    page.reload()
    expect(rows(page)).to_have_count(4)
    rows(page).nth(1).click()
    page.get_by_role("button", name="Open its run in Train (finished)").click()
    page.wait_for_url(re.compile(r"/train\?.*run=\w+"))
    page.get_by_text(re.compile("^Finished")).first.wait_for()
