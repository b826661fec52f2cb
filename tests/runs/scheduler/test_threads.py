"""How the cores are shared: a run alone has all, several have a share each, contenders of a race equally many."""

import pytest

from explorer.runs.messages import Pause, Resume
from explorer.runs.store.store import Store
from tests.runs.conftest import Start
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import handled, job, race, race_ids, wait_for_state, wait_until


def wait_for_threads(allocation: InProcessAllocation, *expected: tuple[str, int]) -> None:
    wait_until(lambda: all(allocation.worker(run_id).threads == count for run_id, count in expected))


def test_a_run_alone_has_all_cores_and_gives_half_to_another(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    dispatcher = start_in_process(count=4)
    first = dispatcher.submit(job(""), "anna")
    wait_for_state(store, first, "running")
    wait_for_threads(allocation, (first, 4))
    second = dispatcher.submit(job(""), "ben")
    wait_for_state(store, second, "running")
    wait_for_threads(allocation, (first, 2), (second, 2))
    third = dispatcher.submit(job(""), "ben")
    wait_for_state(store, third, "running")
    wait_for_threads(allocation, (first, 1), (second, 1), (third, 1))
    allocation.finish(second, third)
    wait_for_threads(allocation, (first, 4))


def test_a_run_that_is_held_takes_no_core(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    dispatcher = start_in_process(count=2)
    held, other = (dispatcher.submit(job(""), owner) for owner in ("anna", "ben"))
    for run_id in (held, other):
        wait_for_state(store, run_id, "running")
    wait_for_threads(allocation, (held, 2), (other, 2))
    dispatcher.ask(Pause(held))
    wait_for_threads(allocation, (other, 4))
    dispatcher.ask(Resume(held))
    wait_for_threads(allocation, (held, 2), (other, 2))


def test_contenders_beside_each_other_stay_equal_when_one_has_ended(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    dispatcher = start_in_process(count=2)
    runs = race_ids(store, dispatcher.submit_race(race("a", "b", "c"), "me"))
    for run_id in runs:
        wait_for_state(store, run_id, "running")
    wait_for_threads(allocation, *((run_id, 2) for run_id in runs))
    allocation.finish(runs[1])
    single = dispatcher.submit(job(""), "anna")
    wait_for_state(store, single, "running")
    allocation.finish(single)
    handled(store, dispatcher)
    assert allocation.worker(runs[0]).threads == 2


def test_contenders_that_share_a_worker_have_all_cores(
    store: Store, start_in_process: Start, allocation: InProcessAllocation
) -> None:
    runs = race_ids(store, start_in_process(count=1).submit_race(race("a", "b"), "me"))
    for run_id in runs:
        wait_for_state(store, run_id, "running")
    wait_for_threads(allocation, *((run_id, 4) for run_id in runs))


@pytest.mark.parametrize(("places", "warm"), [(1, 1), (2, 2), (4, 2)])
def test_two_workers_are_warm_before_a_run_needs_them(
    store: Store, start_in_process: Start, allocation: InProcessAllocation, places: int, warm: int
) -> None:
    dispatcher = start_in_process(count=places)
    wait_until(lambda: len(allocation.workers) == warm)
    handled(store, dispatcher)
    assert len(allocation.workers) == warm
