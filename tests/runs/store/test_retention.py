"""What goes for good: what was deleted long ago, and the oldest beyond a size; nothing that is still needed."""

import sqlite3
from contextlib import closing

import pytest

from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.store.retention import DAY, make_room
from explorer.runs.store.run_files import kept_files
from explorer.runs.store.store import Store
from explorer.training.events import Finished
from tests.runs.scene import find, job, race
from tests.runs.scripted_worker import step

SIZE = 100_000  # bytes of a checkpoint


def ended(store: Store) -> str:
    run_id = store.create(job("a"), "me")
    end(store, run_id)
    return run_id


def end(store: Store, run_id: str) -> None:
    store.claim([run_id])
    store.append(run_id, [step(1), Finished(reason="epochs", seconds=1.0)])
    for files in kept_files(store.path.parent):
        files.path(run_id).parent.mkdir(exist_ok=True)
        files.path(run_id).write_bytes(bytes(SIZE))


def delete(store: Store, run_id: str, *, moment: float) -> None:
    store.delete([run_id])
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute("UPDATE runs SET deleted = ? WHERE id = ?", (moment, run_id))


def test_what_was_deleted_long_ago_goes_with_its_files(store: Store) -> None:
    long_ago, lately, kept = (ended(store) for _ in range(3))
    delete(store, long_ago, moment=9 * DAY)
    delete(store, lately, moment=11 * DAY)
    assert make_room(store, bin_days=30, now=40 * DAY) == [long_ago]
    assert (store.run(long_ago), store.events(long_ago)) == (None, [])
    for files in kept_files(store.path.parent):
        assert [files.path(run_id).exists() for run_id in (long_ago, lately, kept)] == [False, True, True]
    assert store.restore([lately]) == {lately}
    assert len(store.events(kept)) == 2


def test_beyond_a_size_the_oldest_that_ended_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.runs.store.retention.AT_ONCE", 1)
    waiting = store.create(job("waits"), "me")
    runs = [ended(store) for _ in range(5)]
    assert make_room(store, most_bytes=20_000_000_000) == []
    gone = make_room(store, most_bytes=3 * 2 * SIZE + 200_000)
    assert gone == runs[: len(gone)]
    assert 1 <= len(gone) <= 3
    assert find(store, waiting).state == "queued"
    assert find(store, runs[-1]).state == "finished"


def test_what_a_run_goes_on_from_stays_until_that_has_ended(store: Store) -> None:
    source = ended(store)
    after = store.create_continuation(source, job("a"), "me", step=1)
    delete(store, source, moment=1.0)
    assert make_room(store, most_bytes=0, now=100 * DAY) == []
    end(store, after)
    assert make_room(store, now=100 * DAY) == [source]


def test_a_race_or_sweep_goes_with_its_last_run(store: Store) -> None:
    held = store.create_race(race("a", "b"), "me")
    varied = store.create_sweep(Sweep(base=job("c"), axes=(Choices("batch_size", (8, 16)),)), "me")
    for run in (*store.race_runs(held), *store.sweep_runs(varied)):
        end(store, run.id)
    delete(store, store.race_runs(held)[0].id, moment=1.0)
    make_room(store, now=100 * DAY)
    assert set(store.group_titles()) == {held, varied}
    make_room(store, most_bytes=0)
    assert store.group_titles() == {}
    assert store.history(9) == []
