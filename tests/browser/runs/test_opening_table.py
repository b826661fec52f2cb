"""Lists whose rows open something, in Chromium by keyboard alone: walked without leaving the page, then opened."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from explorer.architecture.presets import PRESETS
from explorer.runs.store.run_files import kept_files
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job, Recipe
from tests.browser.conftest import ROOT, OpenPage, Serve

LISTS = (("train", "Last runs"), ("mistakes", "Runs with answers"))


def ended_run(store: Store, home: Path, seed: int) -> str:
    """Keep a run that was stopped, with a file of answers, and give its id."""
    run = store.create(Job(PRESETS["lenet-d2l"].architecture, Recipe(seed=seed)), "me")
    store.move(run, ["queued"], "cancelled")
    answers = kept_files(home).answers.path(run)
    answers.parent.mkdir(exist_ok=True)
    answers.write_bytes(b"damaged")
    return run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of the server that `serve` starts."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_arrow_keys_walk_a_list_and_enter_and_space_open_a_row(serve: Serve, open_page: OpenPage, home: Path) -> None:
    with closing(Store(home / "runs.sqlite")) as store:
        _, middle, newest = (ended_run(store, home, seed) for seed in range(3))
    address = serve(ROOT / "app.py")
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
