"""A watched run's events: all of them, in order, each read once."""

from pathlib import Path

from explorer.architecture.presets import PRESETS
from explorer.runs.store import event_cache as tails
from explorer.runs.store.event_cache import EventCache
from explorer.runs.store.store import Store
from explorer.training.events import Step
from explorer.training.recipe.recipe import Job, Recipe


def a_step(step: int) -> Step:
    return Step(step=step, epoch=0.1, seconds=0.1, train_loss=1.0, train_accuracy=0.5, images_per_second=1.0)


def test_it_gives_the_same_events_as_the_store_however_they_come(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs.sqlite")
    run_id = store.create(Job(architecture=PRESETS["lenet-d2l"].architecture, recipe=Recipe()), "me")
    store.move(run_id, ("queued",), "starting")
    watched = EventCache(store)
    for batch in ([], [a_step(1)], [a_step(2), a_step(3)], []):
        store.append(run_id, batch)
        assert list(watched.events(run_id)) == [event for _, event in store.events(run_id)]
    store.close()


def test_a_run_that_was_forgotten_is_read_anew(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs.sqlite")
    job = Job(architecture=PRESETS["lenet-d2l"].architecture, recipe=Recipe())
    runs = [store.create(job, "me") for _ in range(tails.WATCHED + 1)]
    watched = EventCache(store)
    for run_id in runs:
        store.move(run_id, ("queued",), "starting")
        store.append(run_id, [a_step(1)])
        assert watched.events(run_id) == (a_step(1),)
    assert watched.events(runs[0]) == (a_step(1),)
    store.close()
