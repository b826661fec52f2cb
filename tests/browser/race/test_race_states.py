"""The Race page's states in Chromium, with real servers: empty, finished, failed and interrupted."""

import os
import re
import signal
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import LONG, server_process, set_field, wait_for_more_points, workers
from tests.runs.scene import is_alive, wait_until

PATIENCE = 120_000  # ms: only a busy machine or a failing test waits so long


def race_button(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Race "))  # its shortcut stands behind the word


def contender(page: Page, label: str) -> Locator:
    return page.get_by_role("grid", name="Contenders").get_by_role("row", name=re.compile(f"^{label} "))


def choose(page: Page, *, epochs: int, rate: int) -> None:
    """Ask for one seed, so many epochs and a rate, and wait until the page has taken them."""
    page.get_by_role("radio", name="1", exact=True).click()
    set_field(page, "epochs", epochs)
    set_field(page, "learning_rate", rate)
    page.get_by_text(re.compile(rf"{epochs} epochs\b.* · SGD {rate},")).wait_for()


def hold_race(page: Page) -> None:
    """Press Race, and wait until the link names the race."""
    expect(race_button(page)).to_be_enabled(timeout=PATIENCE)
    race_button(page).click()
    page.wait_for_url(re.compile(r"[?&]race=\w+"))


def patient(page: Page) -> Page:
    """Wait long on a page for what is trained, however busy the machine."""
    page.set_default_timeout(PATIENCE)
    return page


def test_a_race_that_has_finished_says_who_is_ahead_and_leads_to_where_they_differ(
    app: str, open_page: OpenPage
) -> None:
    page = patient(open_page(f"{app}/train"))
    page.get_by_text("More settings").click()
    set_field(page, "train_size", 512)
    expect(page.get_by_role("button", name="Back to the text's recipe")).to_be_enabled()
    page.get_by_role("link", name="Race").click()
    choose(page, epochs=2, rate=1)
    hold_race(page)
    for label in ("Sigmoid", "ReLU"):
        expect(contender(page, label)).to_contain_text("finished", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    expect(page.locator(".st-key-verdict")).to_contain_text(re.compile(r"at \d+\.\d %"))
    page.get_by_role("button", name="Where they differ").click()
    expect(page.get_by_role("grid", name=re.compile("^Confusion matrix"))).to_have_count(2)


def test_a_contender_that_fails_is_named_with_its_cause_and_the_other_goes_on(app: str, open_page: OpenPage) -> None:
    page = patient(open_page(f"{app}/race"))
    choose(page, epochs=LONG, rate=100)
    hold_race(page)

    expect(contender(page, "ReLU")).to_contain_text("failed", timeout=PATIENCE)
    cause = page.get_by_role("alert").filter(has_text="ReLU failed")
    expect(cause).to_contain_text(
        re.compile(r"The loss at step \d+ was not a finite number.* Try a learning rate of 0\.1\.")
    )
    expect(contender(page, "Sigmoid")).to_contain_text("training")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(contender(page, "Sigmoid")).to_contain_text("stopped", timeout=PATIENCE)
    expect(cause).to_be_visible()


def test_a_race_of_an_ended_server_says_so_keeps_its_curves_and_goes_on_with_its_other_seeds(
    serve: Serve, open_page: OpenPage, tmp_path: Path
) -> None:
    address = serve(ROOT / "app.py")
    page = patient(open_page(f"{address}/race"))
    page.get_by_role("combobox", name="What differs").click()
    page.get_by_role("option", name="With or without dropout?").click()  # its seeds train one after another
    page.get_by_text("Dropout 0.5 against No dropout").wait_for()
    hold_race(page)
    many = wait_for_more_points(page, 0)
    server = server_process(address)
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: not is_alive(server) and not workers(tmp_path / "home"))

    next_page = patient(open_page(page.url.replace(address, serve(ROOT / "app.py"))))
    interrupted = next_page.get_by_role("alert").filter(has_text="Seed 1 of 3 was interrupted")
    expect(interrupted).to_contain_text("What it measured until then was kept. The other seeds go on.")
    wait_for_more_points(next_page, many - 1)
    expect(next_page.get_by_role("button", name="Stop", exact=True)).to_be_enabled()
    next_page.get_by_role("button", name="Stop", exact=True).click()
    next_page.get_by_text("Seed 1 of 3 was interrupted. The server was stopped").wait_for()
    expect(interrupted).not_to_contain_text("go on", timeout=PATIENCE)
