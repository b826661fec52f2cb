"""Runs that are held, changed, found hanging, and continued, through the dispatcher and real processes."""

import os
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from explorer.architecture.presets import PRESETS
from explorer.runs.messages import OneStep, Pause, Resume, SetLearningRate
from explorer.runs.scheduler import worker_slot, worker_slots
from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.scheduler.server import Runs, open_runs
from explorer.runs.scheduler.worker_process import WORKER
from explorer.runs.store.run_files import RunFiles
from explorer.runs.store.store import Store
from explorer.training.events import Epoch, Event, Finished, LearningRate, Paused, Step
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe
from tests.runs.conftest import Start
from tests.runs.scene import (
    allocations,
    child_pids,
    find,
    is_alive,
    job,
    looks_at_the_queue,
    race,
    wait_for_state,
    wait_until,
    worker_pids,
)


def held(store: Store, dispatcher: Dispatcher, run_id: str) -> int:
    """Pause a run that trains, and give the step at which it is held."""
    wait_until(lambda: find(store, run_id).step > 0)
    dispatcher.ask(Pause(run_id))
    return wait_for_state(store, run_id, "paused").step


def test_a_run_is_held_stepped_changed_and_let_go(store: Store, start: Start) -> None:
    dispatcher = start()
    run_id = dispatcher.submit(job("forever"), "me")
    at = held(store, dispatcher, run_id)
    dispatcher.ask(OneStep(run_id))
    wait_until(lambda: Paused(step=at + 1) in [event for _, event in store.events(run_id)])
    assert (find(store, run_id).state, find(store, run_id).step) == ("paused", at + 1)
    dispatcher.ask(SetLearningRate(run_id, 0.5))
    dispatcher.ask(Resume(run_id))
    wait_until(lambda: find(store, run_id).step > at + 1)
    (changed,) = (event for _, event in store.events(run_id) if isinstance(event, LearningRate))
    assert changed.learning_rate == 0.5
    dispatcher.cancel(run_id)
    wait_for_state(store, run_id, "cancelled")


def test_wishes_for_runs_that_do_not_train_are_harmless(store: Store, start: Start) -> None:
    dispatcher = start()
    first, second = (dispatcher.submit(job("forever"), "me") for _ in range(2))
    wait_until(lambda: find(store, first).step > 0)
    for wish in (Pause(second), Resume(second), OneStep(second), Pause("nobody"), Resume(first), OneStep(first)):
        dispatcher.ask(wish)
    dispatcher.cancel(first)
    wait_for_state(store, first, "cancelled")
    dispatcher.ask(Pause(first))
    wait_until(lambda: find(store, second).step > 0)
    assert find(store, second).state == "running"
    dispatcher.cancel(second)
    dispatcher.cancel(second)
    assert wait_for_state(store, second).state == "cancelled"


def test_a_held_run_is_stopped_by_two_at_once(store: Store, start: Start, tmp_path: Path) -> None:
    dispatcher = start()
    run_id = dispatcher.submit(job("forever"), "me")
    held(store, dispatcher, run_id)
    dispatcher.cancel(run_id)
    dispatcher.cancel(run_id)
    wait_for_state(store, run_id, "cancelled")
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"
    assert len(worker_pids(tmp_path)) == 1


def test_a_held_run_makes_room_for_those_who_wait_and_only_then(
    store: Store, start_in_process: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_slot, "PAUSE_LIMIT", 0.05)
    monkeypatch.setattr(worker_slot, "PAUSE_LOOK", 0.05)
    dispatcher = start_in_process()
    run_id = dispatcher.submit(job(""), "me")
    held(store, dispatcher, run_id)
    looks = looks_at_the_queue(store, monkeypatch)
    wait_until(lambda: len(looks) > 3)
    assert find(store, run_id).state == "paused"
    wait_for_state(store, dispatcher.submit(job(""), "somebody else"), "running")
    stopped = find(store, run_id)
    assert (stopped.state, stopped.cause) == ("cancelled", worker_slots.MADE_ROOM)


def test_a_run_that_was_held_and_let_go_makes_room_for_nobody(
    store: Store, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_slot, "PAUSE_LIMIT", 0.05)
    monkeypatch.setattr(worker_slot, "PAUSE_LOOK", 0.05)
    dispatcher = start()
    run_id = dispatcher.submit(job("forever"), "me")
    at = held(store, dispatcher, run_id)
    dispatcher.ask(Resume(run_id))
    wait_for_state(store, run_id, "running")
    dispatcher.submit(job("steps 1"), "somebody else")
    wait_until(lambda: find(store, run_id).step > at + 100)  # half a second of its steps: ten looks
    assert find(store, run_id).state == "running"
    dispatcher.cancel(run_id)
    assert wait_for_state(store, run_id).cause is None


def test_a_held_contender_keeps_its_place_while_the_others_train(
    store: Store, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_slot, "PAUSE_LIMIT", 0.05)
    monkeypatch.setattr(worker_slot, "PAUSE_LOOK", 0.05)
    dispatcher = start()
    raced = dispatcher.submit_race(race("forever", "forever ", seeds=2), "me")
    dispatcher.submit(job("steps 1"), "somebody else")
    run_id, other = [each.id for each in store.race_runs(raced)][:2]
    held(store, dispatcher, run_id)
    at = find(store, other).step
    wait_until(lambda: find(store, other).step > at + 100)  # half a second of its steps: ten looks
    assert find(store, run_id).state == "paused"
    dispatcher.cancel(other)
    assert wait_for_state(store, run_id).cause == worker_slots.MADE_ROOM


@pytest.mark.slow
def test_a_worker_that_hangs_is_found_its_run_failed_and_it_is_replaced(
    store: Store, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_slot, "SILENCE_LIMIT", 2.0)
    dispatcher = start()
    run_id = dispatcher.submit(job("steps 3 deaf"), "me")
    failed = wait_for_state(store, run_id)
    assert (failed.state, failed.step) == ("failed", 3)
    assert (failed.cause or "").startswith("The training process gave no sign of life for 2 seconds")
    monkeypatch.undo()
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "me")).state == "finished"
    assert len(worker_pids(tmp_path)) == 2


@pytest.mark.slow
def test_a_held_run_does_not_hang(store: Store, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_slot, "PAUSE_LIMIT", 0.2)
    monkeypatch.setattr(worker_slot, "PAUSE_LOOK", 0.2)
    monkeypatch.setattr(worker_slot, "SILENCE_LIMIT", 3.0)
    dispatcher = start()
    run_id = dispatcher.submit(job("forever"), "me")
    held(store, dispatcher, run_id)
    looks = looks_at_the_queue(store, monkeypatch)
    wait_until(lambda: len(looks) > 20)  # four seconds
    assert find(store, run_id).state == "paused"


HOLDING = (sys.executable, "-P", str(Path(__file__).parents[1] / "holding_worker.py"))
LENET = PRESETS["lenet-keras"].architecture
RECIPE = Recipe(device="cpu", train_size=512, batch_size=128, epochs=300, momentum=0.9, schedule="one-cycle")


def told(events: list[Event]) -> list[dict[str, Any]]:
    shown = [msgspec.to_builtins(event) for event in events if isinstance(event, Step | Epoch | Finished)]
    return [
        {key: value for key, value in each.items() if key not in {"seconds", "images_per_second"}} for each in shown
    ]


def open_folder(home: Path, *, command: tuple[str, ...] = WORKER) -> Runs:
    return open_runs(home, allocations=allocations(home, command=command))


def events(runs: Runs, run_id: str) -> list[Event]:
    return [event for _, event in runs.store.events(run_id)]


def wait_for_event(runs: Runs, run_id: str, event: Event) -> None:
    wait_until(lambda: event in events(runs, run_id))


@pytest.mark.slow
def test_a_run_whose_server_was_stopped_goes_on_in_the_next_one_bit_for_bit(tmp_path: Path) -> None:
    """Its curve is that of a run that nobody interrupted."""
    recipe = msgspec.structs.replace(RECIPE, epochs=4)
    with closing(open_folder(tmp_path, command=HOLDING)) as first:
        run_id = first.submit(Job(LENET, recipe), "me")
        wait_for_state(first.store, run_id, "paused")
        for step in range(2, 7):  # into the second epoch
            first.ask(OneStep(run_id))
            wait_for_event(first, run_id, Paused(step=step))
    with closing(open_folder(tmp_path)) as second:
        assert find(second.store, run_id).state == "interrupted"
        continuation = second.continue_run(run_id, "me", more_epochs=0)
        ended = wait_for_state(second.store, continuation)
        assert (ended.state, ended.continues, ended.step) == ("finished", run_id, 16)
        assert told(events(second, continuation)) == told(list(train(Job(LENET, recipe))))


@pytest.mark.slow
def test_a_run_that_has_finished_goes_on_for_more_epochs(tmp_path: Path) -> None:
    with closing(open_folder(tmp_path)) as runs:
        one = Job(LENET, Recipe(device="cpu", train_size=256, batch_size=128, epochs=2))
        run_id = runs.submit(one, "me")
        wait_for_state(runs.store, run_id, "finished")
        continuation = runs.continue_run(run_id, "me", more_epochs=3)
        ended = wait_for_state(runs.store, continuation)
        assert (ended.state, ended.job.recipe.epochs, ended.epoch) == ("finished", 5, 5.0)
        longer = msgspec.structs.replace(one, recipe=msgspec.structs.replace(one.recipe, epochs=5))
        assert told(events(runs, continuation)) == told(list(train(longer)))


@pytest.mark.slow
def test_a_killed_worker_leaves_a_checkpoint_that_goes_on(tmp_path: Path) -> None:
    with closing(open_folder(tmp_path)) as runs:
        run_id = runs.submit(Job(LENET, RECIPE), "me")
        wait_until(lambda: find(runs.store, run_id).step > 0)
        runs.ask(Pause(run_id))
        at = wait_for_state(runs.store, run_id, "paused").step
        runs.ask(Resume(run_id))
        wait_until(lambda: find(runs.store, run_id).step > at + 1)
        (worker,) = child_pids("explorer.runs.worker")
        os.kill(worker, signal.SIGKILL)
        wait_for_state(runs.store, run_id, "failed")
        continuation = runs.continue_run(run_id, "me", more_epochs=0)
        wait_until(lambda: find(runs.store, continuation).step > at)
        points = [event.step for event in events(runs, continuation) if isinstance(event, Step)]
        assert points == sorted(set(points))
        assert not is_alive(worker)


def test_old_checkpoints_make_room_for_new_ones(tmp_path: Path) -> None:
    checkpoints = RunFiles(tmp_path / "checkpoints", most_files=9, most_bytes=11)
    (tmp_path / "checkpoints").mkdir()
    for age, name in enumerate(["new", "middle", "old"]):
        checkpoints.path(name).write_bytes(b"12345")
        os.utime(checkpoints.path(name), (1e9 - age, 1e9 - age))
    (tmp_path / "checkpoints" / "dead.safetensors.part").touch()
    checkpoints.clear_parts()
    checkpoints.prune(wanted=["old"])
    assert [checkpoints.size(name) for name in ("new", "middle", "old", "dead")] == [5, 5, 5, None]
    checkpoints.prune()
    assert [checkpoints.size(name) for name in ("new", "middle", "old", "dead")] == [5, 5, None, None]
    assert len(list((tmp_path / "checkpoints").iterdir())) == 2
