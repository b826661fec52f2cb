"""Lists whose rows open something, in Chromium by keyboard alone: walked without leaving the page, then opened."""

import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import expect

from explorer.architecture.presets import PRESETS
from explorer.runs.store.rows import Remarks
from explorer.runs.store.run_files import kept_files
from explorer.runs.store.store import Store
from explorer.training.events import Event
from explorer.training.recipe.recipe import Job, Recipe
from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.runs.scripted_worker import step

LISTS = (("train", "Last runs"), ("mistakes", "Runs with answers"))


def ended_run(store: Store, home: Path, seed: int, events: Sequence[Event] = ()) -> str:
    """Keep a run that was stopped, with a file of answers, and give its id."""
    run = store.create(Job(PRESETS["lenet-d2l"].architecture, Recipe(seed=seed)), "me")
    store.append(run, events)
    store.move(run, ["queued"], "cancelled")
    answers = kept_files(home).answers.path(run)
    answers.parent.mkdir(exist_ok=True)
    answers.write_bytes(b"damaged")
    return run


@pytest.fixture(scope="module")
def ended(file_home: Path) -> list[str]:
    """Three runs with answers, the oldest of a long name and a loss that blew up."""
    file_home.mkdir()
    with closing(Store(file_home / "runs.sqlite")) as store:
        oldest = ended_run(store, file_home, 0, [msgspec.structs.replace(step(1), train_loss=6.69e28)])
        store.remark(oldest, Remarks(title="W" * 80, tags="", notes=""))
        return [oldest, *(ended_run(store, file_home, seed) for seed in (1, 2))]


@pytest.fixture(scope="module")
def address(ended: list[str], serve_file: Serve) -> str:
    """A server that finds them."""
    assert ended
    return serve_file(ROOT / "app.py")


def test_arrow_keys_walk_a_list_and_enter_and_space_open_a_row(
    address: str, open_page: OpenPage, ended: list[str]
) -> None:
    _, middle, newest = ended
    for place, title in LISTS:
        for key, at, run in (("Enter", 1, middle), ("Space", 0, newest)):
            page = open_page(f"{address}/{place}")
            rows = page.get_by_role("grid", name=title).locator("tbody").get_by_role("row")
            expect(rows).to_have_count(3, timeout=120_000)  # the start of a server, however busy the machine
            rows.first.focus()
            for pressed, row in (("End", 2), ("ArrowUp", 1), ("ArrowUp", 0), ("ArrowDown", 1), ("Home", 0)):
                page.keyboard.press(pressed)
                expect(rows.nth(row)).to_be_focused()
                expect(page.get_by_role("row", selected=True)).to_have_count(0)
                expect(rows.and_(page.locator("[tabindex='0']"))).to_have_count(1)
            page.keyboard.press("ArrowDown" if at else "Home")
            assert "run=" not in page.url
            page.keyboard.press(key)
            page.wait_for_url(re.compile(rf"[?&]run={run}"))


def test_neither_a_long_name_nor_a_loss_that_blew_up_moves_the_figures_beyond_the_page(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(f"{address}/mistakes", width=1280, height=720)
    table = page.get_by_role("grid", name="Runs with answers")
    expect(table.get_by_role("gridcell", name="6.7e28", exact=True)).to_be_in_viewport(ratio=1, timeout=120_000)
    expect(table.get_by_title("W" * 80)).to_have_css("text-overflow", "ellipsis")
    expect(page.get_by_role("columnheader", name="Launched")).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="Train", exact=True).click()
    expect(page.get_by_role("grid", name="Last runs")).to_be_visible()
    page.goto(page.url.replace("/train", "/runs"))
    history = page.get_by_role("treegrid", name="Runs")
    expect(history.get_by_role("gridcell", name="6.7e28", exact=True)).to_be_in_viewport(ratio=1)
