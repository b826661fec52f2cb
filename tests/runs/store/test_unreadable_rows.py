"""A row that cannot be read is marked, in words, and can be deleted; the others are shown and go on."""

import sqlite3
from contextlib import closing

import pytest

from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.store.database import StoreError
from explorer.runs.store.event_cache import EventCache
from explorer.runs.store.store import Store
from explorer.training.events import Finished
from tests.runs.scene import find, job, race
from tests.runs.scripted_worker import started, step

DAMAGES = {
    "job": "job_json = '{'",
    "no job": "job_json = '{}'",
    "another job": "job_json = replace(job_json, '0.1', '0.2')",
    "deep": "job_json = replace(hex(zeroblob(5000)), '00', '[')",
    "not UTF-8": "job_json = CAST(x'ff80' AS TEXT)",
    "state": "state = 'dancing'",
    "time": "created = 'yesterday'",
    "year": "created = 1e300",
    "name": "name = x'00ff'",
    "dataset": "dataset = 'nothing'",
}


def damage(store: Store, sql: str, *values: object) -> None:
    """Change a file as this program never does."""
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute(sql, values)


def ended(store: Store, name: str = "a") -> str:
    run_id = store.create(job(name), "me")
    store.claim([run_id])
    store.append(run_id, [started(name), step(1), Finished(reason="epochs", seconds=1.0)])
    return run_id


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES)
def test_a_list_marks_the_run_that_cannot_be_read_and_shows_the_others(store: Store, change: str) -> None:
    whole, bad = ended(store), ended(store)
    damage(store, f"UPDATE runs SET {change} WHERE id = ?", bad)
    listed = {run.id: run for run in store.history(9)}
    assert (listed[whole].state, listed[bad].state) == ("finished", "unreadable")
    assert (listed[bad].cause or "").startswith("This run cannot be read: ")
    assert listed[bad].test_accuracy is listed[bad].train_loss is None
    with pytest.raises(StoreError, match="cannot be read"):
        listed[bad].job  # noqa: B018  # reading it is what fails
    assert [run.id for run in store.list_runs(9)] == [whole]
    assert [event for _, event in store.events(bad)][1:2] == [step(1)], "its events are whole"


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("state", ["queued", "running", "finished"])
def test_a_run_that_cannot_be_read_can_be_deleted(store: Store, change: str, state: str) -> None:
    bad = store.create(job("a"), "me")
    damage(store, "UPDATE runs SET state = ? WHERE id = ?", state, bad)
    damage(store, f"UPDATE runs SET {change} WHERE id = ?", bad)
    assert store.delete([bad]) == {bad}
    assert store.history(9) == []
    assert store.restore([bad]) == {bad}
    assert find(store, bad).state == "unreadable"


def test_a_run_that_no_link_can_name_is_given_another_id_at_the_next_start(store: Store) -> None:
    damage(store, "UPDATE runs SET id = '<b>' WHERE id = ?", ended(store))
    store.end_unreadable()
    (run,) = store.history(9)
    assert store.delete([run.id]) == {run.id}
    assert len(run.id) == 10


def test_the_queue_passes_over_what_cannot_be_read_and_a_start_ends_it(store: Store, dispatcher: Dispatcher) -> None:
    dispatcher.close()
    bad = store.create(job("steps 1"), "me")
    damage(store, "UPDATE runs SET job_json = '{' WHERE id = ?", bad)
    assert store.queued() == []
    with closing(Dispatcher(store, ())):
        pass
    with closing(sqlite3.connect(store.path)) as other:
        assert other.execute("SELECT state FROM runs WHERE id = ?", (bad,)).fetchone() == ("unreadable",)


def test_what_a_run_says_is_kept_also_while_its_row_cannot_be_read(store: Store) -> None:
    run_id = store.create(job("a"), "me")
    store.claim([run_id])
    damage(store, "UPDATE runs SET state = 'dancing', num_events = 0, curve = '[' WHERE id = ?", run_id)
    assert store.append(run_id, [step(1)])
    damage(store, "UPDATE runs SET num_events = 0 WHERE id = ?", run_id)
    assert store.append(run_id, [step(2), Finished(reason="epochs", seconds=1.0)])
    assert (find(store, run_id).state, find(store, run_id).num_events) == ("finished", 3)
    assert [event for _, event in store.events(run_id)][:2] == [step(1), step(2)]


@pytest.mark.parametrize("line", ["'{'", "replace(json, '2', '3')", "x'ff'", "CAST(x'ff' AS TEXT)"])
def test_an_event_that_cannot_be_read_is_left_out_and_missed(store: Store, line: str) -> None:
    run_id = store.create(job("a"), "me")
    store.append(run_id, [step(1), step(2), step(3)])
    damage(store, f"UPDATE events SET json = {line} WHERE run = ? AND seq = 2", run_id)
    cache = EventCache(store)
    assert store.events(run_id) == [(1, step(1)), (3, step(3))]
    assert cache.events(run_id) == (step(1), step(3))
    store.append(run_id, [step(4)])
    assert cache.events(run_id) == (step(1), step(3), step(4))
    assert find(store, run_id).num_events == 4


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '{"question": 7}'])
def test_a_race_or_sweep_that_cannot_be_read_is_said_so_and_its_runs_are_listed(store: Store, text: str) -> None:
    held = store.create_race(race("a", "b"), "me")
    varied = store.create_sweep(Sweep(base=job("c"), axes=(Choices("batch_size", (8, 16)),)), "me")
    damage(store, "UPDATE races SET json = ?", text)
    damage(store, "UPDATE sweeps SET json = ?", text)
    titles = store.group_titles()
    assert set(titles) == {held, varied}
    assert all(isinstance(title, str) for title in titles.values())
    assert {run.group for run in store.history(9)} == {held, varied}
    with pytest.raises(StoreError, match=f"The race {held} cannot be read"):
        store.race(held)
    with pytest.raises(StoreError, match=f"The sweep {varied} cannot be read"):
        store.sweep(varied)
    damage(store, "UPDATE sweeps SET cells_json = '['")
    with pytest.raises(StoreError, match=f"The sweep {varied} cannot be read"):
        store.sweep(varied)
