"""A place is nobody's for ever: not by a step without an end, and not by a pause that is begun anew with each step."""

from pathlib import Path

import msgspec
import pytest

from explorer.runs.messages import OneStep, Pause, Resume, Said
from explorer.runs.scheduler import worker_slot, worker_slots
from explorer.runs.scheduler.worker_slot import WorkerSlot
from explorer.runs.store.run_files import kept_files
from explorer.runs.store.store import Store
from explorer.training.events import Paused, Resumed
from explorer.training.recipe.recipe import Job
from tests.runs.conftest import Start
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import find, job, race, race_ids, wait_for_state, wait_until

LONG = 3_600.0  # seconds


def limited(script: str, seconds: float) -> Job:
    """Give a job with a time limit, which scripts know nothing of."""
    free = job(script)
    return msgspec.structs.replace(free, recipe=msgspec.structs.replace(free.recipe, max_seconds=seconds))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody wait for what takes too long."""
    for name in ("LAST_TEST", "LAST_STEP", "SAME_CLICK"):
        monkeypatch.setattr(worker_slot, name, 0.05)


@pytest.mark.usefixtures("at_once")
def test_a_run_whose_step_outlasts_its_time_limit_is_ended(store: Store, start: Start) -> None:
    dispatcher = start()
    ended = wait_for_state(store, dispatcher.submit(limited("steps 2 deaf", 0.05), "me"))
    assert (ended.state, ended.cause, ended.step) == ("cancelled", worker_slots.OVERTIME, 2)
    assert wait_for_state(store, dispatcher.submit(job("steps 1"), "somebody else")).state == "finished"


@pytest.mark.usefixtures("at_once")
def test_a_run_that_looks_between_its_steps_keeps_its_worker(store: Store, start: Start) -> None:
    run_id = start().submit(limited("forever", 0.05), "me")
    assert wait_for_state(store, run_id).cause == worker_slots.OVERTIME


@pytest.mark.usefixtures("at_once")
def test_a_run_without_a_time_limit_or_within_it_goes_on(store: Store, start: Start) -> None:
    dispatcher = start(count=2)
    runs = [dispatcher.submit(each, "me") for each in (job("forever"), limited("forever", LONG))]
    for run_id in runs:
        wait_until(lambda run_id=run_id: find(store, run_id).step > 100)  # type: ignore[misc]
        assert find(store, run_id).state == "running"


def test_the_time_that_a_run_is_held_is_not_its_own(
    store: Store, allocation: InProcessAllocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr("explorer.runs.scheduler.worker_slot.time.monotonic", lambda: now[0])
    run = find(store, store.create(limited("", 100.0), "me"))
    slot = WorkerSlot(allocation)
    slot.take([run], most_threads=1)
    slot.train(kept_files(tmp_path))
    slot.hear(Said(run.id, Paused(step=1)))
    now[0] += LONG
    assert slot.runs_overtime() == []
    slot.hear(Said(run.id, Resumed(step=1)))
    now[0] += 150
    assert slot.runs_overtime() == []
    now[0] += 10 * LONG
    assert slot.runs_overtime() == [run.id]


@pytest.mark.usefixtures("at_once")
def test_a_heat_has_the_time_of_all_its_runs(store: Store, start: Start) -> None:
    dispatcher = start()
    contest = race("forever", "forever ")
    limits = (0.05, LONG)
    contenders = tuple(
        msgspec.structs.replace(each, recipe=msgspec.structs.replace(each.recipe, max_seconds=limit))
        for each, limit in zip(contest.contenders, limits, strict=True)
    )
    for run_id in race_ids(
        store, dispatcher.submit_race(msgspec.structs.replace(contest, contenders=contenders), "me")
    ):
        wait_until(lambda run_id=run_id: find(store, run_id).step > 50)  # type: ignore[misc]
        assert find(store, run_id).state == "running"


def test_single_steps_hold_no_place_for_ever_where_others_wait(
    store: Store, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_slot, "HOLD_LIMIT", 0.2)
    dispatcher = start()
    run_id = dispatcher.submit(job("forever"), "me")
    wait_until(lambda: find(store, run_id).step > 0)
    dispatcher.ask(Pause(run_id))
    at = wait_for_state(store, run_id, "paused").step
    waiting = dispatcher.submit(job("steps 1"), "somebody else")

    def step_on() -> bool:
        dispatcher.ask(OneStep(run_id))
        return find(store, run_id).state == "cancelled"

    wait_until(step_on)
    stopped = find(store, run_id)
    assert stopped.cause == worker_slots.MADE_ROOM
    assert stopped.step > at
    assert wait_for_state(store, waiting).state == "finished"


def test_going_on_for_a_moment_begins_no_pause_anew(
    store: Store, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_slot, "HOLD_LIMIT", 0.2)
    dispatcher = start()
    run_id = dispatcher.submit(job("forever"), "me")
    waiting = dispatcher.submit(job("steps 1"), "somebody else")

    def hold_again() -> bool:
        state = find(store, run_id).state
        dispatcher.ask(Resume(run_id) if state == "paused" else Pause(run_id))
        return state == "cancelled"

    wait_until(hold_again)
    assert find(store, run_id).cause == worker_slots.MADE_ROOM
    assert wait_for_state(store, waiting).state == "finished"
