"""A run whose row was damaged, on every page that may show it: marked, with why, and in nobody's way."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base.server import runs
from tests.runs.scripted_worker import step
from tests.ui.widgets import said

LENET = PRESETS["lenet-d2l"].architecture
JOB = Job(LENET, Recipe())
WHY = "This run cannot be read"


@pytest.fixture
def store() -> Iterator[Store]:
    """The store of the pages' own server, with nothing in its history."""
    with closing(Store(runs().store.path)) as opened:
        opened.delete([run.id for run in opened.history(10_000)])
        yield opened


def ended(store: Store, run: str) -> str:
    store.move(run, ["queued"], "starting")
    store.append(run, [step(1), step(2)])
    store.move(run, ["starting"], "finished")
    return run


def damage(store: Store, run: str) -> None:
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute("UPDATE runs SET job_json = replace(job_json, '0', '1') WHERE id = ?", (run,))


def opened(root: Path, page: str, **link: str) -> AppTest:
    test = AppTest.from_file(str(root / f"pages/{page}.py"), default_timeout=60)
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    assert "The runs cannot be used" not in said(test)
    return test


def test_pages_show_the_others_and_the_damaged_run_can_be_deleted(root: Path, store: Store) -> None:
    whole, bad = ended(store, store.create(JOB, "me")), ended(store, store.create(JOB, "me"))
    damage(store, bad)
    assert "2 runs, races and sweeps." in said(opened(root, "runs"))
    assert WHY in said(opened(root, "runs", runs=f"{whole},{bad}"))
    for page in ("train", "mistakes"):
        assert WHY in said(opened(root, page, run=bad))
        assert WHY not in said(opened(root, page, run=whole))
    chosen = opened(root, "runs", runs=bad)
    assert WHY in said(chosen)
    chosen.button(key="delete_runs").click().run()
    assert [run.id for run in store.history(9)] == [whole]


def test_a_race_and_a_sweep_are_shown_with_a_run_that_is_damaged(root: Path, store: Store) -> None:
    contenders = tuple(Contender(label, LENET, Recipe(learning_rate=rate)) for label, rate in (("a", 0.1), ("b", 0.2)))
    race = store.create_race(Race(question="Who?", contenders=contenders), "me")
    sweep = store.create_sweep(Sweep(base=JOB, axes=(Choices("batch_size", (8, 16)),)), "me")
    for run in (*store.race_runs(race), *store.sweep_runs(sweep)):
        ended(store, run.id)
    for found in (store.race_runs(race), store.sweep_runs(sweep)):
        damage(store, found[0].id)
    opened(root, "race", race=race)
    opened(root, "sweep", sweep=sweep)
    for group in (race, sweep):
        assert WHY in said(opened(root, "runs", runs=group))


def test_a_lost_event_is_missed_in_words(root: Path, store: Store) -> None:
    run = ended(store, store.create(JOB, "me"))
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute("UPDATE events SET json = '{' WHERE run = ? AND seq = 1", (run,))
    for page, link in (("runs", "runs"), ("train", "run")):
        assert "1 of its 2 events cannot be read" in said(opened(root, page, **{link: run}))


def test_what_was_mended_is_told_on_the_pages(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(runs()), "notice", "The damaged file was set aside.")
    for page in ("runs", "train", "race", "sweep", "mistakes"):
        assert "The damaged file was set aside." in said(opened(root, page))
