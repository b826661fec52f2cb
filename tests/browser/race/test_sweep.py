"""The sweep in Chromium: chosen, started, its table fills, its run opens, a refresh sees the same; stopped; failed."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import LONG, set_field

MEASURED = re.compile(r"\d\d?\.\d %")


def rows(page: Page) -> Locator:
    """Find the cells' rows, less the one of the titles."""
    return page.get_by_role("grid", name="Cells").locator("tbody").get_by_role("row")


def open_sweep(page: Page, *, rates: str, epochs: int) -> None:
    """Set up a sweep over learning rates with sigmoid and ReLU, of runs on few pictures."""
    page.get_by_text("More settings").click()
    set_field(page, "train_size", 512)
    expect(page.get_by_role("button", name="Back to the text's recipe")).to_be_enabled()
    page.get_by_role("link", name="Sweep").click()
    page.get_by_role("textbox", name="Learning rate").fill(rates)
    page.get_by_role("textbox", name="Learning rate").press("Enter")
    set_field(page, "epochs", epochs)
    page.get_by_text(re.compile(f"^{2 * len(rates.split(','))} runs, 1 at once · about")).wait_for()


def start(page: Page) -> None:
    """Press Start sweep, and wait until the link names the sweep."""
    page.get_by_role("button", name=re.compile("^Start sweep")).click()
    page.wait_for_url(re.compile(r"[?&]sweep=\w+"))


def test_a_sweep_of_four_cells_fills_its_table_opens_a_run_and_stays(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/train")
    open_sweep(page, rates="0.1, 0.5", epochs=1)
    start(page)
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


def test_a_sweep_shows_how_far_it_is_and_is_stopped_with_what_it_measured(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/train")
    open_sweep(page, rates="0.5", epochs=LONG)
    start(page)
    page.get_by_text(re.compile("^0 of 2 runs have ended · about .+ left$")).wait_for()
    expect(rows(page).first).to_contain_text("training")
    expect(rows(page).last).to_contain_text("waiting")
    expect(rows(page).first).to_contain_text(MEASURED)
    page.get_by_text(re.compile("^Best so far: learning rate 0.5 · Sigmoid, ")).wait_for()

    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("Stopped: 0 of 2 runs finished. What was measured is kept.").wait_for()
    expect(rows(page).first).to_contain_text(MEASURED)
    for number in range(2):
        expect(rows(page).nth(number)).to_contain_text("stopped")
    page.reload()
    expect(page.get_by_text("Stopped: 0 of 2 runs")).to_be_visible()


def test_a_cell_that_fails_leads_to_its_cause_and_the_others_are_trained(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/train")
    open_sweep(page, rates="100", epochs=2)
    start(page)
    failure = page.get_by_role("alert").filter(has_text="Runs failed")
    expect(failure).to_contain_text("1 of 2 runs failed. Choose one of them", timeout=240_000)
    expect(rows(page).filter(has_text="Sigmoid")).to_contain_text("finished")
    failed = rows(page).filter(has_text="ReLU")
    expect(failed).to_contain_text("failed")
    failed.click()
    page.get_by_role("button", name="Open its run in Train (failed)").click()
    expect(page.get_by_role("alert").filter(has_text="The run failed")).to_contain_text("Try a learning rate of")
