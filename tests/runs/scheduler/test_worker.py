"""The dispatcher knows nothing of its workers but their interface: here they are objects of its own process."""

import pytest

from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.store.store import Store
from explorer.training.events import Finished
from tests.runs.conftest import Start
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import events, find, job, wait_for_state, wait_for_step, wait_until
from tests.runs.scripted_worker import started, step


@pytest.fixture
def dispatcher(start_in_process: Start) -> Dispatcher:
    return start_in_process()


def test_a_run_is_queued_trained_and_finished(
    store: Store, dispatcher: Dispatcher, allocation: InProcessAllocation
) -> None:
    first, second = (dispatcher.submit(job(""), "me") for _ in range(2))
    wait_for_step(store, first)
    assert (find(store, first).state, find(store, second).state) == ("running", "queued")
    allocation.finish(first)
    assert wait_for_state(store, first).state == "finished"
    assert events(store, first) == [started("in process"), step(1), Finished(reason="epochs", seconds=1.0)]
    wait_for_step(store, second)
    assert len(allocation.workers) == 1


def test_a_run_is_cancelled_and_its_worker_stays(
    store: Store, dispatcher: Dispatcher, allocation: InProcessAllocation
) -> None:
    run_id = dispatcher.submit(job(""), "me")
    wait_for_step(store, run_id)
    dispatcher.cancel(run_id)
    assert wait_for_state(store, run_id).state == "cancelled"
    wait_for_step(store, dispatcher.submit(job(""), "me"))
    assert len(allocation.workers) == 1


def test_a_worker_that_dies_fails_its_run_in_its_own_words_and_is_replaced(
    store: Store, dispatcher: Dispatcher, allocation: InProcessAllocation
) -> None:
    run_id = dispatcher.submit(job(""), "me")
    wait_for_step(store, run_id)
    allocation.workers[0].die("was on a computer that was switched off")
    failed = wait_for_state(store, run_id)
    assert failed.state == "failed"
    assert (failed.cause or "").startswith(
        "The training process was on a computer that was switched off. 1 steps were kept."
    )
    wait_until(lambda: len(allocation.workers) == 2)
    wait_for_step(store, dispatcher.submit(job(""), "me"))


def test_closing_kills_the_worker_and_interrupts_its_run(
    store: Store, dispatcher: Dispatcher, allocation: InProcessAllocation
) -> None:
    run_id = dispatcher.submit(job(""), "me")
    wait_for_step(store, run_id)
    dispatcher.close()
    assert find(store, run_id).state == "interrupted"
    allocation.workers[0].join(0.0)
