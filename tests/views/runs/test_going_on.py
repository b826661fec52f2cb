"""What goes on, in a line each: a run, a race, a sweep, each in its state, with what is left and its place."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from explorer.runs.store.rows import Run, State
from explorer.runs.store.store import Store
from explorer.training.events import Started, Step
from explorer.views.runs.going_on import GoingOn, Turn, going_on, how_ended
from tests.runs.scene import job, race

STARTED = Started(
    device="cpu", dataset="d", train_size=640, test_size=1, num_params=1, num_steps=100, steps_per_epoch=10
)
STEP = Step(50, 5.0, 30.0, 0.5, 0.5, 50.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "runs.sqlite")) as opened:
        yield opened


def entries(store: Store, *, now: float = 0.0) -> tuple[GoingOn, ...]:
    """Lay out all that the store has, the first that waits as the next."""
    held = [*store.unfinished(), *(run for run in store.history(20) if run.state == "finished")]
    waiting = [run.id for run in held if run.state == "queued"]
    turns = {name: Turn(1 + place, 42.0) for place, name in enumerate(waiting)}
    return going_on(held, titles=store.group_titles(), turns=turns, events={}, now=now)


def begun(store: Store, run: str) -> Run:
    store.claim([run])
    store.append(run, [STARTED, STEP])
    found = store.run(run)
    assert found is not None
    return found


def test_a_run_says_its_share_and_what_is_left_and_one_that_waits_its_place(store: Store) -> None:
    first, second = store.create(job("first"), "me"), store.create(job("second"), "me")
    begun(store, first)
    trains, waits = entries(store)  # though it was launched before
    assert trains == GoingOn("run", first, "first", 0.5, "Epoch 5.0 of 10 · about 30 s left", "about 30 s left")
    words = "Waiting for a free place: next in the queue, to start in about 42 s."
    assert waits == GoingOn("run", second, "second", 0.0, words, "in about 42 s")


def test_a_race_is_one_entry_of_which_ended_runs_count(store: Store) -> None:
    held = store.create_race(race("0", "1"), "me")
    (before,) = entries(store)
    assert (before.kind, before.id, before.title, before.words) == (
        "race",
        held,
        "Who is faster?",
        "Waiting for a free place: next in the queue, to start in about 42 s.",
    )
    first, second = (run.id for run in store.race_runs(held))
    started = begun(store, first).started
    begun(store, second)
    store.move(first, ["running"], "finished")
    assert started is not None
    (entry,) = entries(store, now=started + 60)
    assert (entry.share, entry.words) == (0.75, "1 of 2 runs have ended · about 1 min 0 s left")
    assert entry.brief == "about 1 min 0 s left"


def test_what_was_asked_to_stop_says_so(store: Store) -> None:
    run = store.create(job("first"), "me")
    begun(store, run)
    store.move(run, ["running"], "stopping")
    (entry,) = entries(store)
    assert entry.stops
    assert entry.words.startswith("Stopping")


def test_what_has_ended_says_how_a_failure_with_its_cause(store: Store) -> None:
    failed, group = store.create(job("first"), "me"), store.create_race(race("0", "1"), "me")
    before = entries(store)
    begun(store, failed)
    store.move(failed, ["running", "starting"], "failed", cause="The weights are no numbers any more.")
    first, second = (run.id for run in store.race_runs(group))
    ends: dict[str, State] = {first: "finished", second: "cancelled"}
    for run, state in ends.items():
        begun(store, run)
        store.move(run, ["running", "starting"], state)
    said = {entry.id: entry for entry in how_ended(before, store.find_runs([failed, group]))}
    assert all(entry.ended and entry.share == 1.0 for entry in said.values())
    assert said[failed].words == "The weights are no numbers any more."
    assert said[group].words == "2 of 2 ended."


def test_what_was_deleted_meanwhile_has_ended(store: Store) -> None:
    store.create(job("first"), "me")
    (ended,) = how_ended(entries(store), ())
    assert (ended.words, ended.ended) == ("It has ended.", True)
