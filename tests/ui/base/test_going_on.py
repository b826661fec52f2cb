"""What of a person's goes on, at the top of every page, and what a page shows that is entered by the menu."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from explorer.runs.access.person import ALONE
from explorer.runs.scheduler.server import Runs
from explorer.runs.store.store import Store
from explorer.ui.base.menu import Page
from explorer.ui.base.server import runs
from explorer.web.base.once import forget_all
from tests.runs.scene import job, race
from tests.ui.conftest import ENTRANCE
from tests.ui.widgets import said, session

WAITS = "Waiting for a free place"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A folder of runs in which nothing trains."""
    runs().close()
    forget_all()
    opened = Store(tmp_path / "runs.sqlite")
    monkeypatch.setattr("explorer.web.base.shared.open_runs", lambda *_, **__: Runs(opened, ()))
    runs()
    yield opened
    opened.close()
    forget_all()


@pytest.fixture
def page(root: Path) -> AppTest:
    """The app as it opens."""
    return AppTest.from_file(str(root / ENTRANCE), default_timeout=60).run()


def go(page: AppTest, root: Path, to: Page) -> AppTest:
    """Go to a page by the menu."""
    page.query_params.clear()
    went = page.switch_page(str(root / to.path)).run()
    assert not went.exception
    return went


def strip(page: AppTest) -> list[str]:
    """Give the ids of what the strip shows; none where there is no strip."""
    found = [each.proto for each in page.get("bidi_component") if each.proto.component_name == "going_on"]
    return [entry["id"] for each in found for entry in json.loads(each.json)["entries"]]


@pytest.mark.parametrize("to", Page)
def test_each_page_shows_what_of_ones_own_goes_on_but_for_what_is_open_on_it(
    page: AppTest, root: Path, store: Store, to: Page
) -> None:
    assert strip(page) == []
    store.create(job("other"), "another")
    run = store.create(job("mine"), ALONE.id)
    held = store.create_race(race("0", "1"), ALONE.id)
    opened = {Page.TRAIN: run, Page.RACE: held}.get(to)
    went = go(page, root, to)
    shown = strip(went)
    assert shown == [name for name in (held, run) if name != opened]

    for each in (run, *(its.id for its in store.race_runs(held))):
        store.move(each, ["queued"], "cancelled")
    assert strip(went.run()) == shown, "a line went, and the page moved"
    assert strip(go(went, root, Page.RUNS if to is Page.CLAIMS else Page.CLAIMS)) == []


def test_the_menu_brings_back_what_goes_on_and_new_gives_the_empty_page(
    page: AppTest, root: Path, store: Store
) -> None:
    held = store.create_race(race("0", "1"), ALONE.id)
    raced = go(page, root, Page.RACE)
    assert "Who is faster?" in said(raced)
    raced.button(key="new_race").click().run()
    assert "Who is faster?" not in said(raced)
    go(raced, root, Page.EXPLORE)
    assert "Who is faster?" in said(go(raced, root, Page.RACE))
    for run in store.race_runs(held):
        store.move(run.id, ["queued"], "cancelled")
    go(raced, root, Page.EXPLORE)
    assert "Who is faster?" in said(go(raced, root, Page.RACE)), "the last of this session is gone"
    store.delete([run.id for run in store.race_runs(held)])
    go(raced, root, Page.EXPLORE)
    assert "Who is faster?" not in said(go(raced, root, Page.RACE))


def test_another_persons_and_another_sessions_are_not_brought(page: AppTest, root: Path, store: Store) -> None:
    store.create_race(race("0", "1"), "another")
    ended = store.create(job("mine"), ALONE.id)
    store.move(ended, ["queued"], "cancelled")
    assert "Who is faster?" not in said(go(page, root, Page.RACE))
    assert "Stopped before it began" not in said(go(page, root, Page.TRAIN))


def test_a_link_without_a_run_gives_the_page_that_waits_for_one(root: Path, store: Store) -> None:
    store.create(job("mine"), ALONE.id)
    linked = AppTest.from_file(str(root / Page.TRAIN.path), default_timeout=60)
    linked.query_params["m"] = to_link(PRESETS["lenet-d2l"].architecture)
    assert WAITS not in progress(linked.run())
    bare = AppTest.from_file(str(root / Page.TRAIN.path), default_timeout=60)
    assert WAITS in progress(bare.run())


def test_a_link_that_names_a_run_alone_opens_that_one(root: Path, store: Store) -> None:
    named, _ = (store.create(job("mine"), ALONE.id) for _ in range(2))
    linked = AppTest.from_file(str(root / Page.TRAIN.path), default_timeout=60)
    linked.query_params["run"] = named
    assert session(linked.run()).address.shown == {"run": named}


def progress(page: AppTest) -> str:
    """Give the sentences beside the progress bars of what is open."""
    bars = [each.proto for each in page.get("bidi_component") if each.proto.component_name == "run_progress"]
    return " ".join(json.loads(bar.json)["words"] for bar in bars)
