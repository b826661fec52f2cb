"""Races through the dispatcher: heat by heat, each contender to its own end."""

from pathlib import Path

import pytest

from explorer.runs.scheduler import worker_slot
from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.scheduler.fair_queue import place
from explorer.runs.store.store import Store
from explorer.training.events import Finished
from tests.runs.conftest import Start
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import (
    events,
    find,
    handled,
    job,
    race,
    race_ids,
    wait_for_state,
    wait_for_step,
    wait_until,
    worker_pids,
)
from tests.runs.scripted_worker import started, step


def test_a_race_trains_heat_by_heat_and_each_run_comes_to_its_own_end(
    store: Store, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    held = dispatcher.submit_race(race("steps 20", "raise", "steps 200", seeds=2), "me")
    short, broken, long, *second = race_ids(store, held)
    ended = [wait_for_state(store, run_id) for run_id in (short, broken, long, *second)]
    assert [run.state for run in ended] == ["finished", "failed", "finished"] * 2
    assert events(store, long) == [
        started("steps 200"),
        *map(step, range(1, 201)),
        Finished(reason="epochs", seconds=1.0),
    ]
    assert [event for event in events(store, short) if event == step(20)] == [step(20)]
    assert min(run.started or 0 for run in ended[3:]) >= max(run.ended or 0 for run in ended[:3])
    assert len(worker_pids(tmp_path)) == 1


def test_stopping_one_contender_leaves_the_others_running(store: Store, dispatcher: Dispatcher, tmp_path: Path) -> None:
    left, right, third = race_ids(store, dispatcher.submit_race(race("forever", "forever ", "forever  "), "me"))
    for run_id in (left, right, third):
        wait_for_step(store, run_id)
    dispatcher.cancel(left)
    assert wait_for_state(store, left).state == "cancelled"
    after = [find(store, run_id).step for run_id in (right, third)]
    wait_until(lambda: all(find(store, run_id).step > many for run_id, many in zip((right, third), after, strict=True)))
    for run_id in (right, third):
        dispatcher.cancel(run_id)
        assert wait_for_state(store, run_id).state == "cancelled"
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"
    assert len(worker_pids(tmp_path)) == 1


def test_a_deaf_contender_is_killed_only_once_nobody_else_is_left(
    store: Store, dispatcher: Dispatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_slot, "SAME_CLICK", 0.0)
    patient, deaf = race_ids(store, dispatcher.submit_race(race("steps 5 gate a", "steps 5"), "me"))
    wait_until(lambda: find(store, patient).step == 5)
    dispatcher.cancel(deaf)
    dispatcher.end_now(deaf)
    handled(store, dispatcher)
    (tmp_path / "a").touch()
    assert wait_for_state(store, patient).state == "finished"
    assert wait_for_state(store, deaf).state in ("cancelled", "finished")
    assert len(worker_pids(tmp_path)) == 1

    both = race_ids(store, dispatcher.submit_race(race("deaf", "deaf "), "me"))
    wait_until(lambda: any(find(store, run_id).state == "running" for run_id in both))
    for run_id in both:
        dispatcher.cancel(run_id)
    for run_id in both:
        dispatcher.end_now(run_id)
    assert [wait_for_state(store, run_id).state for run_id in both] == ["cancelled", "cancelled"]
    wait_until(lambda: len(worker_pids(tmp_path)) == 2)


def test_a_worker_that_dies_fails_all_contenders_of_its_heat_and_the_next_heat_trains(
    store: Store, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    script = "steps 40 gate a signal 9"
    runs = race_ids(store, dispatcher.submit_race(race(script, "forever"), "me"))
    wait_until(lambda: find(store, runs[0]).step == 40)
    (tmp_path / "a").touch()
    failed = [wait_for_state(store, run_id, "failed") for run_id in runs]
    assert all("killed (signal 9)" in (run.cause or "") for run in failed)
    assert "40 steps were kept" in (failed[0].cause or "")
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"


def test_a_race_counts_as_one_in_the_queue_and_another_user_waits_for_a_heat_at_most(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    dispatcher = start_in_process()
    runs = race_ids(store, dispatcher.submit_race(race("a", "b", seeds=3), "anna"))
    wait_for_state(store, runs[1], "running")
    single = dispatcher.submit(job(""), "ben")
    assert [place(run_id, store, [allocation]) for run_id in (*runs, single)] == [None, None, 2, 2, 3, 3, 1]
    for entry in (runs[:2], [single], runs[2:4], runs[4:]):
        for run_id in entry:
            wait_for_state(store, run_id, "running")
        allocation.finish(*entry)


@pytest.mark.slow
def test_a_stopped_server_interrupts_a_heat_and_the_next_one_trains_after_the_restart(
    store: Store, start: Start, tmp_path: Path
) -> None:
    first = start()
    runs = race_ids(store, first.submit_race(race("gate a", "gate a ", seeds=2), "me"))
    wait_until(lambda: all(find(store, run_id).state == "running" for run_id in runs[:2]))
    first.close()
    assert [find(store, run_id).state for run_id in runs] == ["interrupted", "interrupted", "queued", "queued"]
    (tmp_path / "a").touch()
    start()
    assert [wait_for_state(store, run_id).state for run_id in runs[2:]] == ["finished", "finished"]


def test_a_waiting_race_is_cancelled_at_once(store: Store, start_in_process: Start) -> None:
    dispatcher = start_in_process()
    wait_for_state(store, dispatcher.submit(job(""), "me"), "running")
    runs = race_ids(store, dispatcher.submit_race(race("a", "b", seeds=3), "me"))
    for run_id in reversed(runs):
        dispatcher.cancel(run_id)
    assert {find(store, run_id).state for run_id in runs} == {"cancelled"}


def test_contenders_train_beside_each_other_where_there_is_room(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    runs = race_ids(store, start_in_process(count=3).submit_race(race("a", "b", seeds=3), "me"))
    for run_id in runs[:4]:
        wait_for_state(store, run_id, "running")
    assert sorted(worker.run_ids for worker in allocation.workers) == sorted([runs[:1], runs[1:2], runs[2:4]])
    allocation.finish(*runs[:4])
    for run_id in runs[4:]:
        wait_for_state(store, run_id, "running")
    allocation.finish(*runs[4:])
    assert {wait_for_state(store, run_id).state for run_id in runs} == {"finished"}
