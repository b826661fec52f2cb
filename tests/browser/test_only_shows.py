"""The pages of a second server on one folder in Chromium: they follow what the first one trains, and change nothing.

The first server is this process, whose workers do as their scripts say. Train has such a test beside those of its
servers' ends.
"""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.scheduler.server import Runs, open_runs
from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import cells, wait_for_more_points
from tests.runs.scene import allocations, job, race, wait_for_step

WHY = f"Another server (process {os.getpid()}) already trains"


@pytest.fixture(scope="module")
def first(file_home: Path) -> Iterator[Runs]:
    """The server that trains."""
    with closing(open_runs(file_home, allocations=allocations(file_home))) as opened:
        yield opened


@pytest.fixture(scope="module")
def second(first: Runs, serve_file: Serve) -> str:
    """The address of the one that only shows."""
    assert first.read_only is None
    return serve_file(ROOT / "app.py")


def rows(page: Page, title: str) -> Locator:
    table = page.get_by_role("grid", name=title).or_(page.get_by_role("treegrid", name=title))
    return table.locator("tbody").get_by_role("row")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}( |$)"))  # a shortcut may stand behind the words


def test_runs_are_followed_to_their_ends_and_neither_named_nor_deleted(
    first: Runs, second: str, open_page: OpenPage, file_home: Path
) -> None:
    failed, run = first.submit(job("raise"), "me"), first.submit(job("steps 5 gate runs steps 5"), "me")
    wait_for_step(first.store, run)
    page = open_page(f"{second}/runs")
    row = rows(page, "Runs").filter(has_text="gate runs")
    expect(row).to_contain_text("training")
    row.click()
    wait_for_more_points(page, 0)
    expect(page.get_by_role("textbox", name="Name")).to_be_disabled()

    (file_home / "runs").touch()
    expect(row).to_contain_text("finished")
    expect(page.get_by_text(re.compile("^Finished: 10 steps"))).to_be_visible()
    expect(button(page, "Delete")).to_be_disabled()
    rows(page, "Runs").filter(has_text="failed").click()
    page.wait_for_url(re.compile(f"runs={failed}"))
    expect(page.get_by_text("the tensor is blue")).to_be_visible()
    expect(button(page, "Delete")).to_be_disabled()


def test_a_sweep_fills_its_table_and_is_not_stopped(
    first: Runs, second: str, open_page: OpenPage, file_home: Path
) -> None:
    varied = Sweep(base=job("steps 5 gate sweep raise"), axes=(Choices("batch_size", (8, 16)),))
    sweep = first.submit_sweep(varied, "me")
    wait_for_step(first.store, first.store.sweep_runs(sweep)[0].id)
    page = open_page(f"{second}/sweep?sweep={sweep}")
    page.get_by_text(WHY).wait_for()
    expect(button(page, "Start sweep")).to_be_disabled()
    expect(button(page, "Stop")).to_be_disabled()
    expect(rows(page, "Cells").first).to_contain_text("training")
    expect(rows(page, "Cells").last).to_contain_text("waiting")

    (file_home / "sweep").touch()
    expect(page.get_by_role("alert").filter(has_text="Runs failed")).to_contain_text("2 of 2 runs failed.")
    expect(button(page, "Stop")).to_have_count(0)


def test_a_race_is_followed_as_it_goes_and_not_stopped(
    first: Runs, second: str, open_page: OpenPage, file_home: Path
) -> None:
    held = first.submit_race(race("steps 5 gate race steps 5", "steps 5"), "me")
    wait_for_step(first.store, first.store.race_runs(held)[0].id)
    page = open_page(f"{second}/race?race={held}")
    page.get_by_text(WHY).wait_for()
    expect(button(page, "Race")).to_be_disabled()
    expect(button(page, "Stop")).to_be_disabled()
    many = wait_for_more_points(page, 0)

    (file_home / "race").touch()
    wait_for_more_points(page, many)
    expect(rows(page, "Contenders").first).to_contain_text("finished")
    expect(button(page, "Stop")).to_have_count(0)


def test_what_a_run_got_wrong_is_awaited_and_not_run_again(
    first: Runs, second: str, open_page: OpenPage, file_home: Path
) -> None:
    run = first.submit(job("steps 5 gate mistakes"), "me")
    wait_for_step(first.store, run)
    page = open_page(f"{second}/mistakes?run={run}")
    expect(page.get_by_text("What it got wrong stands here once the run has ended")).to_be_visible()
    (file_home / "mistakes").touch()
    expect(page.get_by_text("It ended before its first test, so there are no answers")).to_be_visible()
    expect(button(page, "Run it again")).to_be_disabled()


def test_a_lesson_needs_no_first_server_and_a_race_says_why_it_is_not_held(
    first: Runs, second: str, open_page: OpenPage
) -> None:
    before = first.store.list_runs(100)
    page = open_page(f"{second}/claims")
    page.get_by_role("button", name="False").click()
    expect(page.get_by_text("1 of 1 right")).to_be_visible()
    page.get_by_role("link", name="Predict").click()
    page.get_by_role("textbox", name="Your answer").fill("6x28x28")
    page.get_by_role("button", name="Check").click()
    expect(cells(page, "conv1").nth(2)).to_have_text("6 × 28 × 28")

    page.get_by_role("link", name="Explore").click()
    page.get_by_role("button", name="Sigmoid or ReLU?").click()
    page.get_by_text(WHY).wait_for()
    expect(button(page, "Race")).to_be_disabled()
    assert [run.id for run in first.store.list_runs(100)] == [run.id for run in before]
