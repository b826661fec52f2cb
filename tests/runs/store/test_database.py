"""The database file: older versions open, newer ones and what is no store are refused, a full disk loses little."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from explorer.runs.store.database import MIGRATIONS, VERSION, StoreError
from explorer.runs.store.reader import Reader
from explorer.runs.store.store import Store
from explorer.training.events import (
    Finished,
)
from tests.runs.scene import events, find, full_disk, job, race
from tests.runs.scripted_worker import started, step

# As version 1 wrote it; these lines never change, whatever later versions do.
FIRST_VERSION = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL, dataset TEXT NOT NULL,
    job_json TEXT NOT NULL, wanted_device TEXT NOT NULL, created REAL NOT NULL, started REAL, ended REAL,
    device TEXT, cause TEXT,
    num_events INTEGER NOT NULL, step INTEGER NOT NULL, num_steps INTEGER, epoch REAL NOT NULL, seconds REAL NOT NULL,
    train_loss REAL, train_accuracy REAL, test_loss REAL, test_accuracy REAL);
CREATE TABLE events (run TEXT NOT NULL, seq INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (run, seq)) WITHOUT ROWID;
INSERT INTO runs (id, owner, state, name, dataset, job_json, wanted_device, created, num_events, step, epoch, seconds)
VALUES ('old', 'me', 'finished', 'tiny', 'mnist', '{"architecture":{"name":"tiny","input_shape":[1,28,28],"layers":
[{"kind":"Flatten"},{"kind":"Linear","out_features":10}]},"recipe":{"learning_rate":0.5}}', 'auto', 1.0, 1, 1, 0.1,
0.5);
INSERT INTO events VALUES ('old', 1, '{"event":"finished","reason":"epochs","seconds":0.5}');
PRAGMA user_version = 1;
"""
FIFTH_RUN = """
INSERT INTO runs (id, owner, state, name, dataset, job_json, wanted_device, created, num_events, step, epoch, seconds)
VALUES (?, 'me', 'running', 'a', 'mnist', ?, 'auto', 1.0, ?, 2, 0.1, 0.5)
"""
TEAM_EVENT = '{"event":"together","runs":3,"gain":1.5}'


def test_a_file_of_the_first_version_keeps_its_runs_and_takes_races(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(FIRST_VERSION)
    with pytest.raises(StoreError, match=r"older version.*Stop that one"):
        Reader(path).list_runs(1)
    for _ in range(2):  # also a second opening finds all in order
        with closing(Store(path)) as store:
            found = find(store, "old")
            assert (found.state, found.race, found.job.start, found.continues) == ("finished", None, None, None)
            assert found.job.recipe.learning_rate == 0.5
            assert store.events("old") == [(1, Finished(reason="epochs", seconds=0.5))]
            assert store.room_events.codes() == []
            assert len(store.race_runs(store.create_race(race("a", "b"), "me"))) == 2


def test_runs_that_once_trained_as_a_team_are_read_without_the_event_that_told_so(tmp_path: Path) -> None:
    path, text = tmp_path / "runs.sqlite", msgspec.json.encode(job("a")).decode()
    lines = [msgspec.json.encode(event).decode() for event in (started("a"), step(1), step(2))]
    with closing(sqlite3.connect(path)) as old, old:  # as version 5 wrote it
        old.executescript("".join(MIGRATIONS[:5]))
        for run_id, told in (("teamed", [TEAM_EVENT, *lines[1:]]), ("alone", lines)):
            old.execute(FIFTH_RUN, (run_id, text, len(told)))
            old.executemany(
                "INSERT INTO events VALUES (?, ?, ?)", [(run_id, i, line) for i, line in enumerate(told, 1)]
            )
        old.execute("PRAGMA user_version = 5")
    with closing(Store(path)) as store:
        assert events(store, "teamed") == [step(1), step(2)]
        assert events(store, "alone") == [started("a"), step(1), step(2)]
        store.append("teamed", [step(3)])
        assert events(store, "teamed")[-1] == step(3)


@pytest.mark.parametrize("kind", [Store, Reader])
def test_a_file_of_a_newer_version_is_refused_in_words(tmp_path: Path, kind: type[Reader]) -> None:
    path = tmp_path / "runs.sqlite"
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StoreError, match=rf"newer version.*file version {VERSION + 1}.*EXPLORER_HOME"):
        kind(path).list_runs(1)


def test_a_file_that_is_no_store_is_refused_in_words_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    path.write_text("my shopping list, which is longer than the header of a database " * 20)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"not a database\. Restart this program"):
        Store(path)
    assert path.read_bytes() == before


def test_reading_what_is_not_there_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open"):
        Reader(tmp_path / "runs.sqlite").list_runs(1)
    assert not list(tmp_path.iterdir())


def test_a_file_that_another_program_holds_is_named_and_can_still_be_read(store: Store) -> None:
    run_id = store.create(job("a"), "me")
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"runs\.sqlite.*locked.*Close the other program"):
            store.append(run_id, [step(1)])
        assert find(store, run_id).state == "queued"
    assert store.append(run_id, [step(1)])


def test_a_full_disk_loses_no_more_than_the_write_that_did_not_fit(
    store: Store, connection: sqlite3.Connection
) -> None:
    run_id = store.create(job("a"), "me")
    store.append(run_id, [step(1)])
    with full_disk(connection), pytest.raises(StoreError, match=r"full\. Free some space"):
        store.append(run_id, [step(2)] * 10_000)
    assert store.append(run_id, [step(3)])
    assert store.events(run_id) == [(1, step(1)), (2, step(3))]
