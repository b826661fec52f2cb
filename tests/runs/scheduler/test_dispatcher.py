"""The dispatcher: order, ends, and the faults that a classroom brings, with real processes where one is at fault."""

import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.scheduler.fair_queue import place
from explorer.runs.store.store import Store
from explorer.training.events import Event, Failed, Finished
from tests.runs.conftest import Start
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import (
    allocations,
    events,
    find,
    full_disk,
    handled,
    is_alive,
    job,
    wait_for_state,
    wait_for_step,
    wait_until,
    worker_pids,
)
from tests.runs.scripted_worker import started, step


def test_a_run_keeps_all_its_events_in_order_and_ends_as_they_say(store: Store, dispatcher: Dispatcher) -> None:
    run_id = dispatcher.submit(job("steps 2000"), "me")
    ended = wait_for_state(store, run_id)
    expected = [started("steps 2000"), *map(step, range(1, 2001)), Finished(reason="epochs", seconds=1.0)]
    assert events(store, run_id) == expected
    assert (ended.state, ended.step, ended.cause) == ("finished", 2000, None)


def test_runs_wait_in_the_order_of_their_places_and_share_one_warm_worker(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    dispatcher = start_in_process()
    first, second, third = (dispatcher.submit(job(""), "me") for _ in range(3))
    wait_for_state(store, first, "running")
    assert [place(run_id, store, [allocation]) for run_id in (first, second, third)] == [None, 1, 2]
    assert [find(store, run_id).state for run_id in (second, third)] == ["queued", "queued"]
    for run_id in (first, second, third):
        wait_for_state(store, run_id, "running")
        allocation.finish(run_id)
        assert wait_for_state(store, run_id).state == "finished"
    assert len(allocation.workers) == 1


def test_who_has_as_much_in_training_as_one_may_leaves_free_slots_to_others(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    dispatcher = start_in_process(count=3, most_running=lambda owner: 1 if owner == "anna" else None)
    first, second = (dispatcher.submit(job(""), "anna") for _ in range(2))
    others = [dispatcher.submit(job(""), "ben") for _ in range(2)]
    for run_id in (first, *others):
        wait_for_state(store, run_id, "running")
    allocation.finish(others[0])
    wait_for_state(store, others[0])
    assert find(store, second).state == "queued"
    allocation.finish(first)
    wait_for_state(store, second, "running")


def test_another_users_run_passes_a_sweep(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    dispatcher = start_in_process()
    sweep = [dispatcher.submit(job(""), "anna") for _ in range(4)]
    wait_for_state(store, sweep[0], "running")
    single = dispatcher.submit(job(""), "ben")
    assert place(single, store, [allocation]) == 1
    for run_id in (sweep[0], single, *sweep[1:]):
        wait_for_state(store, run_id, "running")
        allocation.finish(run_id)


def test_two_slots_train_two_runs_at_once(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    dispatcher = start_in_process(count=2)
    run_ids = [dispatcher.submit(job(""), "me") for _ in range(3)]
    for run_id in run_ids[:2]:
        wait_for_state(store, run_id, "running")
    assert find(store, run_ids[2]).state == "queued"
    allocation.finish(run_ids[1])
    wait_for_state(store, run_ids[2], "running")
    assert [find(store, run_id).state for run_id in run_ids[:2]] == ["running", "finished"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("steps 120 signal 9", "killed (signal 9): most often the system ran out of memory"),
        ("steps 120 signal 11", "crashed (signal 11, SIGSEGV)"),
        ("steps 120 exit 3", "ended with exit code 3: RuntimeError: these are my last words"),
    ],
)
def test_a_worker_that_dies_fails_its_run_in_words_and_the_next_run_works(
    store: Store, dispatcher: Dispatcher, tmp_path: Path, script: str, words: str
) -> None:
    run_id = dispatcher.submit(job(script), "me")
    after = dispatcher.submit(job("steps 1"), "me")
    failed = wait_for_state(store, run_id)
    assert failed.state == "failed"
    assert failed.cause is not None
    assert words in failed.cause
    assert "120 steps were kept" in failed.cause
    assert events(store, run_id) == [started(script), *map(step, range(1, 121)), Failed(cause=failed.cause)]
    assert wait_for_state(store, after).state == "finished"
    assert len(worker_pids(tmp_path)) == 2


def test_a_worker_that_dies_idle_is_replaced(store: Store, dispatcher: Dispatcher, tmp_path: Path) -> None:
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"
    os.kill(worker_pids(tmp_path)[0], signal.SIGKILL)
    wait_until(lambda: len(worker_pids(tmp_path)) == 2)
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"


def test_a_worker_that_cannot_start_fails_its_runs_in_words_and_is_not_tried_for_ever(
    store: Store, start: Start, tmp_path: Path
) -> None:
    code = f"open({str(tmp_path / 'tries')!r}, 'a').write('x'); raise SystemExit('ImportError: no torch here')"
    dispatcher = start(command=(sys.executable, "-c", code))
    runs = [dispatcher.submit(job("steps 1"), "me") for _ in range(3)]
    causes = [wait_for_state(store, run_id, "failed").cause or "" for run_id in runs]
    assert all("could not start: it ended with exit code 1: ImportError: no torch here" in cause for cause in causes)
    handled(store, dispatcher)  # what the last end led to
    wait_until(lambda: not any(thread.name.startswith("child ") for thread in threading.enumerate()))
    assert len((tmp_path / "tries").read_text()) <= 1 + len(runs)


def test_a_command_that_does_not_exist_fails_its_run_in_words(store: Store, start: Start) -> None:
    run_id = start(command=("/no/such/python",)).submit(job("steps 1"), "me")
    assert "could not be started" in (wait_for_state(store, run_id, "failed").cause or "")


def test_a_line_that_is_no_message_costs_nothing(store: Store, start: Start) -> None:
    said = '{"said":"event","run_id":"%s","event":{"event":"finished","reason":"epochs","seconds":1}}'
    code = (
        'import json, sys; ready = \'{"said":"ready"}\'; print(ready, flush=True)\n'
        "for line in sys.stdin:\n"
        "    run_id = json.loads(line)['run_id']\n"
        f"    print('Warning: garbage', '{{\"said\":', b'\\xff', {said!r} % run_id, ready, sep='\\n', flush=True)\n"
    )
    run_id = start(command=(sys.executable, "-c", code)).submit(job("steps 1"), "me")
    assert wait_for_state(store, run_id).state == "finished"
    assert events(store, run_id) == [Finished(reason="epochs", seconds=1.0)]


def test_a_device_that_is_not_there_fails_in_words(store: Store, start_in_process: Start) -> None:
    run_id = start_in_process().submit(job("steps 1", device="cuda"), "me")
    assert (wait_for_state(store, run_id, "failed").cause or "").startswith(
        "This computer has no cuda device: it has cpu"
    )


@pytest.mark.slow
def test_closing_interrupts_what_trains_and_a_restart_trains_what_waited(
    store: Store, start: Start, tmp_path: Path
) -> None:
    first = start()
    running, waiting = first.submit(job("steps 3 gate never"), "me"), first.submit(job("steps 1"), "me")
    wait_until(lambda: find(store, running).step == 3)
    first.close()
    assert [find(store, run_id).state for run_id in (running, waiting)] == ["interrupted", "queued"]
    assert not any(map(is_alive, worker_pids(tmp_path)))
    start()
    assert wait_for_state(store, waiting).state == "finished"
    assert events(store, running) == [started("steps 3 gate never"), *map(step, range(1, 4))]


def test_a_file_that_is_held_for_a_moment_costs_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Store(tmp_path / "runs.sqlite", patience=30)) as store:
        append, begun = store.append, threading.Event()

        def told(run_id: str, told: Sequence[Event]) -> bool:
            begun.set()
            return append(run_id, told)

        dispatcher = Dispatcher(store, allocations(tmp_path))
        run_id = dispatcher.submit(job("steps 1 gate a steps 1 gate b steps 98 signal 9"), "me")
        wait_for_step(store, run_id)
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            monkeypatch.setattr(store, "append", told)
            (tmp_path / "a").touch()
            assert begun.wait(60)  # the dispatcher waits to write the second step
            (tmp_path / "b").touch()
            wait_until(lambda: not is_alive(worker_pids(tmp_path)[0]))
        assert wait_for_state(store, run_id, "failed").step == 100
        dispatcher.close()


def test_a_full_disk_ends_the_run_in_words_and_is_over_when_there_is_room(
    store: Store, dispatcher: Dispatcher, connection: sqlite3.Connection, tmp_path: Path
) -> None:
    run_id = dispatcher.submit(job("steps 10 gate a steps 20000 forever"), "me")
    wait_until(lambda: find(store, run_id).step == 10)
    with full_disk(connection):
        (tmp_path / "a").touch()
        wait_until(lambda: dispatcher.trouble or find(store, run_id).state == "failed")
    failed = wait_for_state(store, run_id, "failed")
    assert failed.step >= 10
    assert "full. Free some space on that disk." in (failed.cause or "")
    wait_until(lambda: dispatcher.trouble is None)
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"


def test_a_locked_file_holds_up_nobody_for_ever(store: Store, dispatcher: Dispatcher) -> None:
    run_id = dispatcher.submit(job("forever"), "me")
    wait_for_step(store, run_id)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        wait_until(lambda: dispatcher.trouble)
        assert find(store, run_id).state == "running"
    assert "locked" in (wait_for_state(store, run_id, "failed").cause or "")
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"
