"""Runs train beside each other as far as the memory holds them; what has to wait is not overtaken."""

import msgspec
import pytest

from explorer.runs.store.store import Store
from explorer.training.cost.gate import needed_bytes
from tests.runs.conftest import Start
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import find, handled, job, wait_for_state


@pytest.mark.parametrize(("runs", "trained"), [(2.5, ["running", "running", "queued"]), (1.5, ["running", "queued"])])
def test_runs_wait_where_the_memory_holds_no_more(
    store: Store, start_in_process: Start, allocation: InProcessAllocation, runs: float, trained: list[str]
) -> None:
    first = store.create(job("a"), "anna")
    allocation.memory = int(runs * needed_bytes(find(store, first).job_json))
    dispatcher = start_in_process(count=4)
    found = [first, *(dispatcher.submit(job("a"), f"owner {number}") for number in range(1, len(trained)))]
    wait_for_state(store, first, "running")
    handled(store, dispatcher)
    assert [find(store, run_id).state for run_id in found] == trained
    allocation.finish(first)
    wait_for_state(store, found[-1], "running")


def test_a_small_run_does_not_overtake_a_large_one_that_waits_for_memory(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    first = store.create(job("a"), "anna")
    small = needed_bytes(find(store, first).job_json)
    allocation.memory = 3 * small
    dispatcher = start_in_process(count=4)
    wait_for_state(store, first, "running")
    wide = job("a")
    wide = msgspec.structs.replace(wide, recipe=msgspec.structs.replace(wide.recipe, batch_size=5_000))
    large, later = dispatcher.submit(wide, "ben"), dispatcher.submit(job("a"), "cem")
    handled(store, dispatcher)
    assert needed_bytes(find(store, large).job_json) > 2 * small
    assert [find(store, run_id).state for run_id in (large, later)] == ["queued", "queued"]
    allocation.finish(first)
    wait_for_state(store, large, "running")


def test_a_run_alone_may_try_whatever_it_needs(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    allocation.memory = 1
    dispatcher = start_in_process(count=2)
    first, second = (dispatcher.submit(job("a"), owner) for owner in ("anna", "ben"))
    wait_for_state(store, first, "running")
    handled(store, dispatcher)
    assert find(store, second).state == "queued"
