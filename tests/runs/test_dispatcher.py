"""The dispatcher with real processes: order, ends, and the faults that a classroom brings."""

import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from explorer.runs import seat as seating
from explorer.runs.dispatcher import CUT_OFF, Dispatcher
from explorer.runs.messages import Pause
from explorer.runs.store import Store
from explorer.training.events import Event, Failed, Finished
from tests.runs.scene import (
    PATIENCE,
    SCRIPTED,
    find,
    full_disk,
    is_alive,
    job,
    race,
    slots,
    wait_for_state,
    wait_until,
    worker_pids,
)
from tests.runs.scripted_worker import started, step

Start = Callable[..., Dispatcher]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "runs.sqlite", patience=0.1)) as opened:
        yield opened


@pytest.fixture
def start(store: Store, tmp_path: Path) -> Iterator[Start]:
    """Start dispatchers that are closed at the test's end."""
    opened: list[Dispatcher] = []

    def _start(*, command: tuple[str, ...] = SCRIPTED, count: int = 1) -> Dispatcher:
        opened.append(Dispatcher(store, slots(tmp_path, count), command=command))
        return opened[-1]

    yield _start
    for dispatcher in opened:
        dispatcher.close()
    assert not any(map(is_alive, worker_pids(tmp_path)))


@pytest.fixture
def dispatcher(start: Start) -> Dispatcher:
    return start()


def events(store: Store, run: str) -> list[Event]:
    numbered = store.events(run)
    assert [seq for seq, _ in numbered] == list(range(1, len(numbered) + 1))
    return [event for _, event in numbered]


def handled(dispatcher: Dispatcher) -> None:
    """Wait until the dispatcher has done all that it was told before."""
    done = threading.Event()
    dispatcher._inbox.put(done.set)
    assert done.wait(PATIENCE)


def wait_for_step(store: Store, run: str) -> None:
    wait_until(lambda: find(store, run).step >= 1)


def test_a_run_keeps_all_its_events_in_order_and_ends_as_they_say(store: Store, dispatcher: Dispatcher) -> None:
    run = dispatcher.submit(job("steps 2000"), "me")
    ended = wait_for_state(store, run)
    expected = [started("steps 2000"), *map(step, range(1, 2001)), Finished(reason="epochs", seconds=1.0)]
    assert events(store, run) == expected
    assert (ended.state, ended.step, ended.cause) == ("finished", 2000, None)


def test_runs_wait_in_the_order_of_their_places_and_share_one_warm_worker(
    store: Store, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    first, second, third = (dispatcher.submit(job(f"steps 1 gate {name}"), "me") for name in "abc")
    wait_for_state(store, first, "running")
    assert [dispatcher.position(run) for run in (first, second, third)] == [None, 1, 2]
    assert [find(store, run).state for run in (second, third)] == ["queued", "queued"]
    for run, name in ((first, "a"), (second, "b"), (third, "c")):
        wait_for_state(store, run, "running")
        (tmp_path / name).touch()
        assert wait_for_state(store, run).state == "finished"
    assert len(worker_pids(tmp_path)) == 1


def test_another_users_run_passes_a_sweep(store: Store, dispatcher: Dispatcher, tmp_path: Path) -> None:
    sweep = [dispatcher.submit(job("gate a"), "anna") for _ in range(4)]
    wait_for_state(store, sweep[0], "running")
    single = dispatcher.submit(job("steps 1"), "ben")
    assert dispatcher.position(single) == 1
    (tmp_path / "a").touch()
    for run in (*sweep, single):
        wait_for_state(store, run, "finished")
    by_start = sorted((*sweep, single), key=lambda run: find(store, run).started or 0)
    assert by_start == [sweep[0], single, *sweep[1:]]


def test_two_slots_train_two_runs_at_once(store: Store, start: Start, tmp_path: Path) -> None:
    dispatcher = start(count=2)
    runs = [dispatcher.submit(job("gate a"), "me") for _ in range(3)]
    for run in runs[:2]:
        wait_for_state(store, run, "running")
    assert find(store, runs[2]).state == "queued"
    (tmp_path / "a").touch()
    for run in runs:
        assert wait_for_state(store, run).state == "finished"


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
    run = dispatcher.submit(job(script), "me")
    after = dispatcher.submit(job("steps 1"), "me")
    failed = wait_for_state(store, run)
    assert failed.state == "failed"
    assert failed.cause is not None
    assert words in failed.cause
    assert "120 steps were kept" in failed.cause
    assert events(store, run) == [started(script), *map(step, range(1, 121)), Failed(cause=failed.cause)]
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
    causes = [wait_for_state(store, run, "failed").cause or "" for run in runs]
    assert all("could not start: it ended with exit code 1: ImportError: no torch here" in cause for cause in causes)
    handled(dispatcher)  # what the last end led to
    wait_until(lambda: not any(thread.name.startswith("worker ") for thread in threading.enumerate()))
    assert len((tmp_path / "tries").read_text()) <= 1 + len(runs)


def test_a_command_that_does_not_exist_fails_its_run_in_words(store: Store, start: Start) -> None:
    run = start(command=("/no/such/python",)).submit(job("steps 1"), "me")
    assert "could not be started" in (wait_for_state(store, run, "failed").cause or "")


def test_a_line_that_is_no_message_costs_nothing(store: Store, start: Start) -> None:
    said = '{"said":"event","run":"%s","event":{"event":"finished","reason":"epochs","seconds":1}}'
    code = (
        'import json, sys; ready = \'{"said":"ready"}\'; print(ready, flush=True)\n'
        "for line in sys.stdin:\n"
        "    run = json.loads(line)['run']\n"
        f"    print('Warning: garbage', '{{\"said\":', b'\\xff', {said!r} % run, ready, sep='\\n', flush=True)\n"
    )
    run = start(command=(sys.executable, "-c", code)).submit(job("steps 1"), "me")
    assert wait_for_state(store, run).state == "finished"
    assert events(store, run) == [Finished(reason="epochs", seconds=1.0)]


def test_a_device_that_is_not_there_fails_in_words(store: Store, dispatcher: Dispatcher) -> None:
    run = dispatcher.submit(job("steps 1", device="cuda"), "me")
    assert (wait_for_state(store, run, "failed").cause or "").startswith("This computer has no cuda device: it has cpu")


def test_a_waiting_run_is_cancelled_at_once(store: Store, dispatcher: Dispatcher, tmp_path: Path) -> None:
    first, second, third = (dispatcher.submit(job("gate a"), "me") for _ in range(3))
    wait_for_state(store, first, "running")
    dispatcher.cancel(second)
    assert find(store, second).state == "cancelled"
    assert dispatcher.position(third) == 1
    (tmp_path / "a").touch()
    assert wait_for_state(store, third).state == "finished"
    assert events(store, second) == []


def test_a_training_run_is_cancelled_by_its_worker_which_stays_warm(
    store: Store, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    run = dispatcher.submit(job("forever"), "me")
    wait_for_step(store, run)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(dispatcher.cancel, [run, run]))
    cancelled = wait_for_state(store, run)
    assert (cancelled.state, cancelled.cause) == ("cancelled", None)
    assert events(store, run) == [started("forever"), *map(step, range(1, cancelled.step + 1))]
    dispatcher.cancel(run)
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"
    assert find(store, run) == cancelled
    assert len(worker_pids(tmp_path)) == 1


def test_a_run_that_does_not_listen_is_cancelled_with_its_process(
    store: Store, dispatcher: Dispatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = dispatcher.submit(job("steps 5 deaf"), "me")
    wait_until(lambda: find(store, run).step == 5)
    dispatcher.end_now(run)  # of a run that nobody stopped: nothing
    dispatcher.cancel(run)
    handled(dispatcher)
    assert find(store, run).state == "stopping"
    monkeypatch.setattr(seating, "SAME_CLICK", 0.0)
    dispatcher.end_now(run)
    cancelled = wait_for_state(store, run)
    assert (cancelled.state, cancelled.cause) == ("cancelled", CUT_OFF)
    assert events(store, run) == [started("steps 5 deaf"), *map(step, range(1, 6))]
    assert not is_alive(worker_pids(tmp_path)[0])
    wait_until(lambda: len(worker_pids(tmp_path)) == 2)


def test_a_run_whose_step_is_long_is_shown_to_stop_and_ends_after_the_step_with_its_worker_warm(
    store: Store, dispatcher: Dispatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seating, "SAME_CLICK", 1_000.0)
    run = dispatcher.submit(job("steps 5 gate a forever"), "me")
    wait_until(lambda: find(store, run).step == 5)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(dispatcher.cancel, [run, run]))
    assert find(store, run).state == "stopping"
    dispatcher.end_now(run)  # by the same click
    dispatcher.ask(Pause(run))
    handled(dispatcher)
    assert find(store, run).state == "stopping"
    (tmp_path / "a").touch()
    cancelled = wait_for_state(store, run)
    assert (cancelled.state, cancelled.cause) == ("cancelled", None)
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"
    assert len(worker_pids(tmp_path)) == 1


def test_a_run_that_stops_and_hangs_is_ended_even_where_it_was_held(
    store: Store, dispatcher: Dispatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = dispatcher.submit(job("forever"), "me")
    wait_for_step(store, run)
    dispatcher.ask(Pause(run))
    wait_for_state(store, run, "paused")
    os.kill(worker_pids(tmp_path)[0], signal.SIGSTOP)
    monkeypatch.setattr(seating, "SILENCE_LIMIT", 0.0)
    dispatcher.cancel(run)
    cancelled = wait_for_state(store, run)
    assert (cancelled.state, cancelled.cause) == ("cancelled", CUT_OFF)


def test_a_run_that_stops_when_its_server_ends_is_stopped(store: Store, start: Start) -> None:
    dispatcher = start()
    run = dispatcher.submit(job("steps 5 gate never"), "me")
    wait_until(lambda: find(store, run).step == 5)
    dispatcher.cancel(run)
    dispatcher.close()
    assert find(store, run).state == "cancelled"


def test_a_run_that_starts_is_cancelled_before_its_worker_is_ready(store: Store, start: Start) -> None:
    dispatcher = start(command=(sys.executable, "-c", "import sys; sys.stdin.read()"))
    run = dispatcher.submit(job("steps 1"), "me")
    wait_for_state(store, run, "starting")
    dispatcher.cancel(run)
    assert wait_for_state(store, run).state == "cancelled"


def test_closing_interrupts_what_trains_and_a_restart_trains_what_waited(
    store: Store, start: Start, tmp_path: Path
) -> None:
    first = start()
    running, waiting = first.submit(job("steps 3 gate never"), "me"), first.submit(job("steps 1"), "me")
    wait_until(lambda: find(store, running).step == 3)
    first.close()
    assert [find(store, run).state for run in (running, waiting)] == ["interrupted", "queued"]
    assert not any(map(is_alive, worker_pids(tmp_path)))
    start()
    assert wait_for_state(store, waiting).state == "finished"
    assert events(store, running) == [started("steps 3 gate never"), *map(step, range(1, 4))]


def test_a_file_that_is_held_for_a_moment_costs_no_event(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "runs.sqlite", patience=30)) as store:
        dispatcher = Dispatcher(store, slots(tmp_path), command=SCRIPTED)
        run = dispatcher.submit(job("steps 1 gate a steps 1 gate b steps 98 signal 9"), "me")
        wait_for_step(store, run)
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            (tmp_path / "a").touch()
            wait_until(store._lock.locked)  # the dispatcher waits to write the second step
            (tmp_path / "b").touch()
            wait_until(lambda: not is_alive(worker_pids(tmp_path)[0]))
        assert wait_for_state(store, run, "failed").step == 100
        dispatcher.close()


def test_a_full_disk_ends_the_run_in_words_and_is_over_when_there_is_room(
    store: Store, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    run = dispatcher.submit(job("steps 10 gate a steps 20000 forever"), "me")
    wait_until(lambda: find(store, run).step == 10)
    with full_disk(store):
        (tmp_path / "a").touch()
        wait_until(lambda: dispatcher.trouble or find(store, run).state == "failed")
    failed = wait_for_state(store, run, "failed")
    assert failed.step >= 10
    assert "full. Free some space on that disk." in (failed.cause or "")
    wait_until(lambda: dispatcher.trouble is None)
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"


def test_a_locked_file_holds_up_nobody_for_ever(store: Store, dispatcher: Dispatcher) -> None:
    run = dispatcher.submit(job("forever"), "me")
    wait_for_step(store, run)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        wait_until(lambda: dispatcher.trouble)
        assert find(store, run).state == "running"
    assert "locked" in (wait_for_state(store, run, "failed").cause or "")
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"


def race_ids(store: Store, held: str) -> list[str]:
    return [run.id for run in store.race_runs(held)]


def test_a_race_trains_heat_by_heat_and_each_run_comes_to_its_own_end(
    store: Store, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    held = dispatcher.submit_race(race("steps 20", "raise", "steps 200", seeds=2), "me")
    short, broken, long, *second = race_ids(store, held)
    ended = [wait_for_state(store, run) for run in (short, broken, long, *second)]
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
    for run in (left, right, third):
        wait_for_step(store, run)
    dispatcher.cancel(left)
    assert wait_for_state(store, left).state == "cancelled"
    after = [find(store, run).step for run in (right, third)]
    wait_until(lambda: all(find(store, run).step > many for run, many in zip((right, third), after, strict=True)))
    for run in (right, third):
        dispatcher.cancel(run)
        assert wait_for_state(store, run).state == "cancelled"
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"
    assert len(worker_pids(tmp_path)) == 1


def test_a_deaf_contender_is_killed_only_once_nobody_else_is_left(
    store: Store, dispatcher: Dispatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seating, "SAME_CLICK", 0.0)
    patient, deaf = race_ids(store, dispatcher.submit_race(race("steps 5 gate a", "steps 5"), "me"))
    wait_until(lambda: find(store, patient).step == 5)
    dispatcher.cancel(deaf)
    dispatcher.end_now(deaf)
    handled(dispatcher)
    (tmp_path / "a").touch()
    assert wait_for_state(store, patient).state == "finished"
    assert wait_for_state(store, deaf).state in ("cancelled", "finished")
    assert len(worker_pids(tmp_path)) == 1

    both = race_ids(store, dispatcher.submit_race(race("deaf", "deaf "), "me"))
    wait_until(lambda: any(find(store, run).state == "running" for run in both))
    for run in both:
        dispatcher.cancel(run)
    for run in both:
        dispatcher.end_now(run)
    assert [wait_for_state(store, run).state for run in both] == ["cancelled", "cancelled"]
    wait_until(lambda: len(worker_pids(tmp_path)) == 2)


def test_a_worker_that_dies_fails_all_contenders_of_its_heat_and_the_next_heat_trains(
    store: Store, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    script = "steps 40 gate a signal 9"
    runs = race_ids(store, dispatcher.submit_race(race(script, "forever"), "me"))
    wait_until(lambda: find(store, runs[0]).step == 40)
    (tmp_path / "a").touch()
    failed = [wait_for_state(store, run, "failed") for run in runs]
    assert all("killed (signal 9)" in (run.cause or "") for run in failed)
    assert "40 steps were kept" in (failed[0].cause or "")
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"


def test_a_race_counts_as_one_in_the_queue_and_another_user_waits_for_a_heat_at_most(
    store: Store, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    runs = race_ids(store, dispatcher.submit_race(race("gate a", "gate b", seeds=3), "anna"))
    wait_until(lambda: any(find(store, run).state == "running" for run in runs[:2]))
    single = dispatcher.submit(job("steps 1"), "ben")
    assert [dispatcher.position(run) for run in (*runs, single)] == [None, None, 2, 2, 3, 3, 1]
    for name in "ab":
        (tmp_path / name).touch()
    started_at = [wait_for_state(store, run, "finished").started or 0 for run in (*runs[:2], single, *runs[2:])]
    assert started_at == sorted(started_at)


def test_a_stopped_server_interrupts_a_heat_and_the_next_one_trains_after_the_restart(
    store: Store, start: Start, tmp_path: Path
) -> None:
    first = start()
    runs = race_ids(store, first.submit_race(race("gate a", "gate a ", seeds=2), "me"))
    wait_until(lambda: all(find(store, run).state == "running" for run in runs[:2]))
    first.close()
    assert [find(store, run).state for run in runs] == ["interrupted", "interrupted", "queued", "queued"]
    (tmp_path / "a").touch()
    start()
    assert [wait_for_state(store, run).state for run in runs[2:]] == ["finished", "finished"]


def test_a_waiting_race_is_cancelled_at_once(store: Store, dispatcher: Dispatcher) -> None:
    long = dispatcher.submit(job("forever"), "me")
    wait_for_step(store, long)
    runs = race_ids(store, dispatcher.submit_race(race("steps 1", "steps 2", seeds=3), "me"))
    for run in reversed(runs):
        dispatcher.cancel(run)
    assert {find(store, run).state for run in runs} == {"cancelled"}
    dispatcher.cancel(long)
    wait_for_state(store, long)
