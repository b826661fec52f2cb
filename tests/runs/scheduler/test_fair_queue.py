"""Fairness, as the pure order of the queue."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from explorer.runs.scheduler.allocations import LocalAllocation
from explorer.runs.scheduler.fair_queue import in_turn, place
from explorer.runs.store.rows import Run, State
from explorer.runs.store.store import Store
from tests.runs.scene import job

CPU, CUDA = LocalAllocation("cpu", {}), LocalAllocation("cuda", {})
OWNERS = st.lists(st.sampled_from("abc"), max_size=12)


def runs(owners: Sequence[str], state: State, *, first: int = 0) -> list[Run]:
    return [
        Run(
            id=f"{first + i}",
            owner=owner,
            state=state,
            name="",
            dataset="",
            job_json="",
            wanted_device="auto",
            created=first + i,
        )
        for i, owner in enumerate(owners)
    ]


LAST_STARTS = st.dictionaries(st.sampled_from("abc"), st.floats(1, 9))


@given(live=OWNERS, waiting=OWNERS, last=LAST_STARTS)
def test_each_waiting_run_has_one_turn_and_an_owners_runs_keep_their_order(
    live: list[str], waiting: list[str], last: dict[str, float]
) -> None:
    queued = runs(waiting, "queued", first=len(live))
    order = in_turn(runs(live, "running") + queued, last)
    assert sorted(run.created for (run,) in order) == [run.created for run in queued]
    for owner in "abc":
        assert [run for (run,) in order if run.owner == owner] == [run for run in queued if run.owner == owner]


@given(sweep=st.integers(1, 100), others=st.lists(st.sampled_from("bcdef"), unique=True, max_size=5))
def test_a_sweep_delays_each_other_users_run_by_one_run_at_most(sweep: int, others: list[str]) -> None:
    queued = runs(["a"] * sweep + others, "queued", first=1)
    order = [run.owner for (run,) in in_turn(runs("a", "running") + queued, {"a": 1.0})]
    assert order == others + ["a"] * sweep
    none_has_run = [run.owner for (run,) in in_turn(queued, {})]
    assert none_has_run == ["a", *others, *["a"] * (sweep - 1)]


@given(training=st.sampled_from("abc"), waiting=OWNERS, last=LAST_STARTS)
def test_with_one_slot_the_places_that_were_shown_come_true(
    training: str, waiting: list[str], last: dict[str, float]
) -> None:
    live, queued = runs(training, "running"), runs(waiting, "queued", first=1)
    last = last | {training: 10.0}
    shown = [run for (run,) in in_turn(live + queued, last)]
    for turn, promised in enumerate(shown):
        queued_now = [run for run in queued if run not in shown[:turn]]
        assert in_turn(queued_now, last)[0] == (promised,)
        last[promised.owner] = 11.0 + turn


def test_a_place_counts_only_those_who_wait_for_the_same_slots(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        waiting = [store.create(job("", device=device), owner) for device in ("auto", "cpu") for owner in "ab"]
        assert [place(run_id, store, [CUDA, CPU]) for run_id in waiting] == [1, 2, 1, 2]
        assert [place(run_id, store, [CPU]) for run_id in waiting] == [1, 2, 3, 4]
        assert place("unknown", store, [CPU]) is None
