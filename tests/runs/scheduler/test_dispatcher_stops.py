"""Runs that are stopped while they wait, start, train, or hang, through the dispatcher and real processes."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from explorer.runs.messages import Pause
from explorer.runs.scheduler import worker_slot
from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.scheduler.fair_queue import place
from explorer.runs.scheduler.worker_slot import CUT_OFF
from explorer.runs.store.store import Store
from tests.runs.conftest import Start
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import (
    events,
    find,
    handled,
    is_alive,
    job,
    wait_for_state,
    wait_for_step,
    wait_until,
    worker_pids,
)
from tests.runs.scripted_worker import started, step


def test_a_waiting_run_is_cancelled_at_once(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    dispatcher = start_in_process()
    first, second, third = (dispatcher.submit(job(""), "me") for _ in range(3))
    wait_for_state(store, first, "running")
    dispatcher.cancel(second)
    assert find(store, second).state == "cancelled"
    assert place(third, store, [allocation]) == 1
    allocation.finish(first)
    wait_for_state(store, third, "running")
    assert events(store, second) == []


def test_a_training_run_is_cancelled_by_its_worker_which_stays_warm(
    store: Store, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    run_id = dispatcher.submit(job("forever"), "me")
    wait_for_step(store, run_id)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(dispatcher.cancel, [run_id, run_id]))
    cancelled = wait_for_state(store, run_id)
    assert (cancelled.state, cancelled.cause) == ("cancelled", None)
    assert events(store, run_id) == [started("forever"), *map(step, range(1, cancelled.step + 1))]
    dispatcher.cancel(run_id)
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"
    assert find(store, run_id) == cancelled
    assert len(worker_pids(tmp_path)) == 1


def test_a_run_that_does_not_listen_is_cancelled_with_its_process(
    store: Store, dispatcher: Dispatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = dispatcher.submit(job("steps 5 deaf"), "me")
    wait_until(lambda: find(store, run_id).step == 5)
    dispatcher.end_now(run_id)  # of a run that nobody stopped: nothing
    dispatcher.cancel(run_id)
    handled(store, dispatcher)
    assert find(store, run_id).state == "stopping"
    monkeypatch.setattr(worker_slot, "SAME_CLICK", 0.0)
    dispatcher.end_now(run_id)
    cancelled = wait_for_state(store, run_id)
    assert (cancelled.state, cancelled.cause) == ("cancelled", CUT_OFF)
    assert events(store, run_id) == [started("steps 5 deaf"), *map(step, range(1, 6))]
    assert not is_alive(worker_pids(tmp_path)[0])
    wait_until(lambda: len(worker_pids(tmp_path)) == 2)


def test_a_run_whose_step_is_long_is_shown_to_stop_and_ends_after_the_step_with_its_worker_warm(
    store: Store, dispatcher: Dispatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_slot, "SAME_CLICK", 1_000.0)
    run_id = dispatcher.submit(job("steps 5 gate a forever"), "me")
    wait_until(lambda: find(store, run_id).step == 5)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(dispatcher.cancel, [run_id, run_id]))
    assert find(store, run_id).state == "stopping"
    dispatcher.end_now(run_id)  # by the same click
    dispatcher.ask(Pause(run_id))
    handled(store, dispatcher)
    assert find(store, run_id).state == "stopping"
    (tmp_path / "a").touch()
    cancelled = wait_for_state(store, run_id)
    assert (cancelled.state, cancelled.cause) == ("cancelled", None)
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"
    assert len(worker_pids(tmp_path)) == 1


def test_a_run_that_stops_and_hangs_is_ended_even_where_it_was_held(
    store: Store, dispatcher: Dispatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = dispatcher.submit(job("forever"), "me")
    wait_for_step(store, run_id)
    dispatcher.ask(Pause(run_id))
    wait_for_state(store, run_id, "paused")
    os.kill(worker_pids(tmp_path)[0], signal.SIGSTOP)
    monkeypatch.setattr(worker_slot, "SILENCE_LIMIT", 0.0)
    dispatcher.cancel(run_id)
    cancelled = wait_for_state(store, run_id)
    assert (cancelled.state, cancelled.cause) == ("cancelled", CUT_OFF)


@pytest.mark.slow
def test_a_run_that_stops_when_its_server_ends_is_stopped(store: Store, start: Start) -> None:
    dispatcher = start()
    run_id = dispatcher.submit(job("steps 5 gate never"), "me")
    wait_until(lambda: find(store, run_id).step == 5)
    dispatcher.cancel(run_id)
    dispatcher.close()
    assert find(store, run_id).state == "cancelled"


def test_a_run_that_starts_is_cancelled_before_its_worker_is_ready_and_the_next_has_its_slot(
    store: Store, start: Start
) -> None:
    dispatcher = start(command=(sys.executable, "-c", "import sys; sys.stdin.read()"))
    run_id, following = (dispatcher.submit(job("steps 1"), "me") for _ in range(2))
    wait_for_state(store, run_id, "starting")
    dispatcher.cancel(run_id)
    assert wait_for_state(store, run_id).state == "cancelled"
    wait_for_state(store, following, "starting")
