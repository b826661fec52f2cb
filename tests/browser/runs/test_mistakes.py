"""The Mistakes page in Chromium: from a run to the pictures behind a number, two side by side, and runs without."""

import os
import re
import signal
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from explorer.architecture.presets import PRESETS
from explorer.runs.store.run_files import kept_files
from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    choose_network,
    expect_no_sideways_scroll,
    launch,
    open_train,
    set_field,
    stop,
    train_button,
    workers,
)
from tests.runs.scene import wait_until

SEED = 977  # of no other test's runs
AWAITED = "What it got wrong stands here once the run has ended"
PIXELS = """async (picture) => {
    const sheet = new Image();
    sheet.src = getComputedStyle(picture).backgroundImage.slice(5, -2);
    await sheet.decode();
    const { width, height } = picture.getBoundingClientRect();
    const [across, down] = getComputedStyle(picture).backgroundSize.split(" ").map(parseFloat);
    const blur = getComputedStyle(picture).imageRendering;
    return [width * sheet.naturalWidth / across, height * sheet.naturalHeight / down, blur];
}"""


def trained(page: Page, seed: int) -> str:
    """Train a short run, and give its id once it has ended."""
    set_field(page, "epochs", 1)
    set_field(page, "train_size", 3_000)
    set_field(page, "seed", seed)
    expect(train_button(page)).to_be_enabled()
    before = page.url
    launch(page)
    expect(page).not_to_have_url(before)
    page.get_by_test_id("stMarkdown").get_by_text(
        re.compile(rf", seed {seed} · ")
    ).wait_for()  # the run before has finished too
    page.get_by_text(re.compile("^Finished")).wait_for(timeout=120_000)
    return run_of(page)


def run_of(page: Page) -> str:
    """Give the run that a page's link names."""
    found = re.search(r"[?&]run=(\w+)", page.url)
    assert found is not None
    return found[1]


def matrix(page: Page) -> Locator:
    return page.get_by_role("grid", name=re.compile("^Confusion matrix"))


def captions(page: Page) -> Locator:
    return page.get_by_role("list", name="Test pictures").get_by_role("listitem")


def test_from_a_run_to_the_pictures_behind_a_number_and_to_two_runs_side_by_side(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_network(page, PRESETS["lenet-keras"].title)
    page.get_by_role("button", name="Train this network").click()
    page.get_by_text("More settings").click()
    first, second = trained(page, 0), trained(page, 1)
    page.get_by_role("button", name="What it got wrong").click()
    page.wait_for_url(re.compile(rf"/mistakes\?.*run={second}"))
    cells = matrix(page).get_by_role("gridcell", name=re.compile(" pictures: "))
    expect(cells).to_have_count(100)
    expect(captions(page)).to_have_count(24)
    expect_no_sideways_scroll(page)

    counts = [int(text.replace(",", "")) for text in cells.all_inner_texts()]
    assert sum(counts) == 1_000
    wrong = [count if place % 11 else 0 for place, count in enumerate(counts)]
    most = wrong.index(max(wrong))
    cells.nth(most).click()
    page.wait_for_url(re.compile(rf"show={most // 10}-{most % 10}"))
    title = cells.nth(most).get_attribute("title") or ""
    heading = f"{title.partition(': ')[2]}: {max(wrong)} pictures"
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(captions(page)).to_have_count(min(24, max(wrong)))
    assert captions(page).first.get_by_role("button").evaluate(PIXELS) == [28, 28, "pixelated"]

    cells.nth(most).press("ArrowUp" if most >= 10 else "ArrowDown")
    moved = most - 10 if most >= 10 else most + 10
    expect(cells.nth(moved)).to_be_focused()
    cells.nth(moved).press("Enter")
    page.wait_for_url(re.compile(rf"show={moved // 10}-{moved % 10}"))
    expect(cells.nth(moved)).to_have_attribute("aria-selected", "true")

    page.goto(f"{app}/mistakes?run={first}&against={second}")
    expect(page.get_by_text(re.compile("are answered right by one alone"))).to_be_visible()
    expect(matrix(page)).to_have_count(2)
    alone = page.get_by_text(re.compile(r"^Only B right \((\d+)\)$"))
    count = int(re.sub(r"\D", "", alone.inner_text()))
    alone.click()
    page.wait_for_url(re.compile("show=second"))
    expect(captions(page)).to_have_count(min(24, count))
    expect(captions(page).first).to_contain_text(re.compile(r"A: ✗ .+B: ✓ "))
    expect_no_sideways_scroll(page)

    picture = captions(page).first.get_by_role("button")
    number = re.sub(r"\D", "", (picture.get_attribute("aria-label") or "").partition(":")[0])
    picture.click()
    page.wait_for_url(re.compile(rf"/inside\?.*run={first}&show={number}~~~sum~{second}"))
    expect(page.get_by_role("spinbutton", name="Picture")).to_have_value(number)
    expect(page.get_by_role("group", name="Layers of the network beside")).to_be_visible()


def rows(page: Page) -> Locator:
    return page.get_by_role("grid", name="Runs with answers").locator("tbody").get_by_role("row")


def listed(page: Page) -> Locator:
    """Find the rows of the runs with this file's own seed."""
    return rows(page).filter(has_text=f"seed {SEED}")


def test_a_run_is_awaited_then_shows_its_last_test_and_runs_again_where_its_answers_are_gone(
    app: str, app_home: Path, open_page: OpenPage
) -> None:
    training = open_page(app)
    open_train(training)
    training.get_by_text("More settings").click()
    set_field(training, "seed", SEED)
    launch(training)
    run = run_of(training)
    answers = kept_files(app_home).answers.path(run)
    wait_until(answers.exists)  # those of its first test
    page = open_page(f"{app}/mistakes?run={run}")
    expect(page.get_by_text(AWAITED)).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="All runs").click()
    expect(rows(page).or_(page.get_by_text("No run here has answers")).first).to_be_visible()
    expect(listed(page)).to_have_count(0)

    for worker in workers(app_home):
        os.kill(worker, signal.SIGKILL)
    training.get_by_role("alert").filter(has_text="The run failed").wait_for()
    page.reload()
    listed(page).click()
    expect(page.get_by_role("alert").filter(has_text="The run failed after this test")).to_contain_text("signal 9")
    expect(matrix(page)).to_have_count(1)

    answers.unlink()
    page.reload()
    expect(page.get_by_role("status").filter(has_text="Its answers to the test pictures are not here")).to_be_visible()
    page.get_by_role("button", name="Run it again").click()
    expect(page.get_by_text(AWAITED)).to_be_visible()
    page.wait_for_url(lambda address: run not in address)
    wait_until(kept_files(app_home).answers.path(run_of(page)).exists)
    training.goto(page.url.replace("/mistakes", "/train"))
    stop(training)
    expect(matrix(page)).to_have_count(1)  # by itself
