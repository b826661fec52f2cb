"""The store: what it keeps, in which order, and what it says when it cannot."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.runs.store.database import StoreError
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import ENDED, State
from explorer.runs.store.store import Store
from explorer.training.events import (
    Checkpoint,
    Epoch,
    Evaluating,
    Event,
    Failed,
    Finished,
    Histogram,
    LayerProbe,
    LearningRate,
    Paused,
    Probe,
    Resumed,
    Started,
    Step,
)
from tests.runs.scene import find, full_disk, job, race
from tests.runs.scripted_worker import started, step

SHARE = st.floats(0, 1)
LOSS = st.floats(0, 1e30)
COUNT = st.integers(1, 2**63 - 1)
EVENTS = st.one_of(
    st.builds(
        Step, step=COUNT, epoch=LOSS, seconds=LOSS, train_loss=LOSS, train_accuracy=SHARE, images_per_second=LOSS
    ),
    st.builds(
        Epoch,
        step=COUNT,
        epoch=LOSS,
        seconds=LOSS,
        train_loss=LOSS,
        train_accuracy=SHARE,
        test_loss=LOSS,
        test_accuracy=SHARE,
    ),
    st.builds(
        Probe,
        step=COUNT,
        epoch=LOSS,
        layers=st.tuples(
            st.builds(
                LayerProbe,
                name=st.text(),
                index=COUNT,
                mean=LOSS,
                std=LOSS,
                outputs=st.builds(Histogram, low=LOSS, high=LOSS, counts=st.tuples(COUNT, COUNT)),
                grad_rms=st.none() | LOSS,
            )
        ),
    ),
    st.builds(Evaluating, done=st.integers(0), total=st.integers(1)),
    st.builds(Started, device=st.text(), dataset=st.text(), num_steps=st.integers(1, 10**9)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(batches=st.lists(st.lists(EVENTS, max_size=5), max_size=5), after=st.integers(0, 10))
def test_events_come_back_as_they_were_in_order_however_they_were_batched(
    store: Store, batches: list[list[Event]], after: int
) -> None:
    run_id = store.create(job("a"), "me")
    assert all(store.append(run_id, batch) for batch in batches)
    numbered = list(enumerate((event for batch in batches for event in batch), start=1))
    assert store.events(run_id, after=after) == numbered[after:]
    assert find(store, run_id).num_events == len(numbered)


def test_a_row_says_what_was_measured_last(store: Store) -> None:
    run_id = store.create(job("LeNet", device="cpu"), "me")
    assert store.last_starts() == {}
    queued = find(store, run_id)
    assert (queued.state, queued.owner, queued.name, queued.job) == (
        "queued",
        "me",
        "LeNet",
        job("LeNet", device="cpu"),
    )
    epoch = Epoch(step=2, epoch=1.0, seconds=3.0, train_loss=0.4, train_accuracy=0.8, test_loss=0.5, test_accuracy=0.75)
    store.move(run_id, ["queued"], "starting")
    store.append(run_id, [started("a"), step(1), epoch])
    running = find(store, run_id)
    assert (running.state, running.device, running.num_steps) == ("running", "cpu", 9)
    assert (running.step, running.epoch, running.seconds) == (2, 1.0, 3.0)
    assert (running.train_loss, running.train_accuracy) == (0.4, 0.8)
    assert (running.test_loss, running.test_accuracy) == (0.5, 0.75)
    store.append(run_id, [step(3), Finished(reason="epochs", seconds=9.0)])
    finished = find(store, run_id)
    assert (finished.state, finished.step, finished.test_loss, finished.seconds) == ("finished", 3, 0.5, 9.0)
    assert finished.created <= (finished.started or 0) <= (finished.ended or 0)


@pytest.mark.parametrize("state", ENDED)
def test_a_run_that_has_ended_never_changes(store: Store, state: State) -> None:
    run_id = store.create(job("a"), "me")
    store.move(run_id, ["queued"], state)
    ended = find(store, run_id)
    assert not store.append(run_id, [step(1), Failed(cause="late")])
    assert not store.move(run_id, ["starting", "running"], "cancelled")
    assert store.interrupt("late") == 0
    assert find(store, run_id) == ended
    assert store.events(run_id) == []


def test_of_two_who_claim_a_run_one_gets_it(store: Store) -> None:
    ids = [store.create(job("a"), "me") for _ in range(50)]
    with ThreadPoolExecutor(2) as pool:
        claims = [
            pool.submit(store.move, run_id, ["queued"], state) for run_id in ids for state in ("starting", "cancelled")
        ]
    assert sum(claim.result() for claim in claims) == len(ids)


def test_lists_are_newest_first_and_the_queue_oldest_first(store: Store) -> None:
    ids = [store.create(job("a"), owner) for owner in "abab"]
    store.move(ids[0], ["queued"], "starting")
    store.move(ids[1], ["queued"], "cancelled")
    assert [run.id for run in store.list_runs(3)] == ids[:0:-1]
    assert [run.id for run in store.list_runs(9, owner="a")] == [ids[2], ids[0]]
    assert [run.id for run in store.unfinished()] == [ids[0], ids[2], ids[3]]
    assert [run.id for run in store.queued()] == ids[2:]


def test_readers_see_whole_transactions_while_the_writer_writes(store: Store) -> None:
    run_id = store.create(job("a"), "me")
    batch, batches, done = 7, 60, threading.Event()

    def read() -> list[int]:
        sizes = []
        while not done.is_set():
            numbers = [seq for seq, _ in Reader(store.path).events(run_id)]
            assert numbers == list(range(1, len(numbers) + 1))
            sizes.append(len(numbers))
        return sizes

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for _ in range(batches):
            store.append(run_id, [step(1)] * batch)
        done.set()
    seen = [size for reader in readers for size in reader.result()]
    assert all(size % batch == 0 for size in seen)
    assert len(store.events(run_id)) == batch * batches


def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "runs.sqlite"
    path.parent.mkdir()
    with closing(Store(path)) as first:
        run_id = first.create(job("a"), "me")
        first.append(run_id, [started("a"), step(1)])
    with closing(Store(path)) as second:
        assert second.interrupt("The server was stopped.") == 1
        assert second.events(run_id) == [(1, started("a")), (2, step(1))]
        assert (find(second, run_id).state, find(second, run_id).cause) == ("interrupted", "The server was stopped.")


def test_a_race_is_written_whole_with_its_runs_in_order(store: Store) -> None:
    written = race("a", "b", seeds=3)
    held = store.race(name := store.create_race(written, "me"))
    assert held is not None
    assert (held.id, held.owner, held.race) == (name, "me", written)
    runs = store.race_runs(name)
    assert [(run.heat, run.lane, run.name) for run in runs] == [
        (heat, lane, script) for heat in range(3) for lane, script in enumerate("ab")
    ]
    assert [run.job for run in runs] == [job for heat in written.heats for job in heat]
    assert {run.race for run in runs} == {name}
    assert store.race("unknown") is None


def test_a_race_that_cannot_be_written_leaves_no_run(store: Store, connection: sqlite3.Connection) -> None:
    with full_disk(connection), pytest.raises(StoreError, match="full"):
        store.create_race(race(*(letter * 60 for letter in "abcdef"), seeds=5), "me")
    assert store.list_runs(9) == []


def test_a_continuation_begins_with_what_was_measured_before_its_step(store: Store) -> None:
    before = store.create(job("a"), "me")
    store.move(before, ["queued"], "starting")
    told: list[Event] = [
        started("a"),
        step(1),
        LearningRate(1, 0.1, 0.5),
        Paused(1),
        Resumed(1),
        step(2),
        Checkpoint(2, "f", 9),
    ]
    store.append(before, [*told, step(3), Failed(cause="gone")])
    after = store.create_continuation(before, job("a"), "you", step=2)
    assert [event for _, event in store.events(after)] == [step(1), LearningRate(1, 0.1, 0.5), step(2)]
    row = find(store, after)
    assert (row.state, row.step, row.owner, row.continues, row.device) == ("queued", 2, "you", before, None)
    store.move(after, ["queued"], "starting")
    store.append(after, [started("a"), step(3)])
    assert [seq for seq, _ in store.events(after)] == [1, 2, 3, 4, 5]
    assert find(store, before).step == 3


def test_a_pause_is_a_state_that_a_restart_interrupts(store: Store) -> None:
    run_id = store.create(job("a"), "me")
    store.move(run_id, ["queued"], "starting")
    for event in (started("a"), Paused(0), Resumed(0), Paused(0)):
        store.append(run_id, [event])
        assert find(store, run_id).state == ("paused" if isinstance(event, Paused) else "running")
    assert [each.id for each in store.unfinished()] == [run_id]
    assert store.interrupt("The server was stopped.") == 1


def test_a_run_that_was_asked_to_stop_stays_so_until_it_ends(store: Store) -> None:
    run_id = store.create(job("a"), "me")
    assert not store.stop(run_id)
    assert store.claim([run_id])
    assert store.stop(run_id)
    assert not store.stop(run_id)
    store.append(run_id, [started("a"), step(1), Paused(step=1), Resumed(step=1), step(2)])
    assert (find(store, run_id).state, find(store, run_id).step) == ("stopping", 2)
    store.append(run_id, [Finished(reason="epochs", seconds=1.0)])
    assert find(store, run_id).state == "finished"
    assert not store.stop(run_id)


def test_the_earlier_run_of_a_job_is_the_latest_that_finished(store: Store) -> None:
    runs = [store.create(job(name), "me") for name in ("a", "a", "b", "a", "a")]
    states: tuple[State, ...] = ("finished", "finished", "finished", "failed", "finished")
    for run_id, state in zip(runs, states, strict=True):
        store.move(run_id, ["queued"], state)
    found = [store.earlier_of_same_job(find(store, run_id)) for run_id in runs]
    assert [each and each.id for each in found] == [None, runs[0], None, runs[1], runs[1]]
