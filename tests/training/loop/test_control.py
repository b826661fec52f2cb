"""What is asked of a run while it trains happens between two steps, and changes nothing else."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest

from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.regularisation import Dropout
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.spec import Architecture
from explorer.training.events import (
    Checkpoint,
    Epoch,
    Evaluating,
    Event,
    Finished,
    LearningRate,
    Paused,
    Probe,
    Resumed,
    Step,
)
from explorer.training.loop.checkpoint import FileKeeper, read
from explorer.training.loop.control import Control
from explorer.training.loop.snapshot import Place, Snapshot
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe

NETWORK = Architecture("dropping", (1, 28, 28), (Flatten(), Dropout(), Linear(out_features=10)))
BASE = Recipe(train_size=96, epochs=2, batch_size=32, learning_rate=0.1, device="cpu")


def measured(events: list[Event]) -> list[tuple[int, float]]:
    return [(event.step, event.train_loss) for event in events if isinstance(event, Step | Epoch)]


def means(events: Iterable[Event]) -> dict[int, float]:
    return {event.step: event.train_loss for event in events if isinstance(event, Step)}


def undisturbed(recipe: Recipe = BASE) -> list[tuple[int, float]]:
    return measured(list(train(Job(NETWORK, recipe))))


def until(events: Iterator[Event], kind: type[Event]) -> list[Event]:
    """Take events up to the first of a kind."""
    taken: list[Event] = []
    for event in events:
        taken.append(event)
        if isinstance(event, kind):
            break
    return taken


def test_a_run_is_held_takes_single_steps_and_goes_on_to_the_same_figures() -> None:
    control = Control()
    control.one_step()  # of a run that is not held: it takes its steps anyway
    events = train(Job(NETWORK, BASE), control=control)
    seen = until(events, Step)
    control.pause()
    seen += until(events, Paused)
    assert seen[-1] == Paused(step=1)
    control.one_step()
    control.one_step()
    more = until(events, Paused)
    assert [type(event) for event in more if not isinstance(event, Probe)] == [
        Step,
        Step,
        Epoch,
        Paused,
    ]  # the first epoch ends there
    assert more[-1] == Paused(step=3)
    control.resume()
    rest = list(events)
    assert rest[0] == Resumed(step=3)
    assert isinstance(rest[-1], Finished)
    assert measured([*seen, *more, *rest]) == undisturbed()


def test_a_single_step_is_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.loop.probes.is_probed", lambda step, **_: step == 0)
    control = Control()
    events = train(Job(NETWORK, BASE), control=control)
    until(events, Step)
    control.pause()
    assert not any(isinstance(event, Probe) for event in until(events, Paused))
    control.one_step()
    (probe,) = [event for event in until(events, Paused) if isinstance(event, Probe)]
    assert probe.step == 2
    assert probe.layers[-1].update_ratio
    control.resume()
    assert not any(isinstance(event, Probe) for event in events)


def test_a_pause_shows_each_step_where_points_are_means_of_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.loop.meter.MAX_POINTS", 1)  # one group of all six steps
    control = Control()
    events = train(Job(NETWORK, BASE), control=control)
    until(events, Step)
    control.pause()
    until(events, Paused)
    for step in (2, 3):
        control.one_step()
        assert [event.step for event in until(events, Paused) if isinstance(event, Step)] == [step]


def test_a_pause_leaves_the_means_of_all_groups_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.loop.meter.MAX_POINTS", 2)  # groups of three steps
    control = Control()
    events = train(Job(NETWORK, BASE), control=control)
    seen = until(events, Step)
    control.pause()
    seen += until(events, Paused)
    control.one_step()
    seen += until(events, Paused)
    control.resume()
    told, alone = means([*seen, *events]), means(train(Job(NETWORK, BASE)))
    assert told.keys() > alone.keys()
    assert {step: told[step] for step in alone} == alone


def test_time_stands_still_while_a_run_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("explorer.training.loop.meter.time.perf_counter", lambda: now[0])
    control = Control()
    events = train(Job(NETWORK, BASE), control=control)
    until(events, Step)
    control.pause()
    until(events, Paused)
    now[0] += 1_000
    control.resume()
    assert all(event.seconds < 1 for event in events if isinstance(event, Step | Epoch | Finished))


def rates(recipe: Recipe, changed: float) -> list[tuple[int, float]]:
    """Train with a learning rate that is changed after the first step."""
    control = Control()
    events = train(Job(NETWORK, recipe), control=control)
    seen = until(events, Step)
    control.set_learning_rate(changed)
    rest = list(events)
    assert next(event for event in rest if not isinstance(event, Probe)) == LearningRate(
        step=1, epoch=1 / 3, learning_rate=changed
    )
    return measured(seen + rest)


def test_a_learning_rate_of_0_from_the_second_step_on_leaves_the_network_as_it_is() -> None:
    """Nothing moves any more: the test loss after the first epoch is the one after the second."""
    control = Control()
    events = train(Job(NETWORK, BASE), control=control)
    until(events, Step)
    control.set_learning_rate(1e-30)
    first, second = (event for event in events if isinstance(event, Epoch))
    assert first.test_loss == second.test_loss


def test_a_changed_learning_rate_changes_the_steps_after_the_next_alone() -> None:
    found = rates(BASE, 0.05)
    assert found[:2] == undisturbed()[:2]
    assert found[2] != undisturbed()[2]


def test_a_schedules_rates_change_in_proportion() -> None:
    """Halved from the first step on, the cosine is that of a recipe with half the learning rate."""
    recipe = msgspec.structs.replace(BASE, schedule="cosine")
    control = Control()
    control.set_learning_rate(recipe.learning_rate / 2)
    events = list(train(Job(NETWORK, recipe), control=control))
    assert measured(events) == undisturbed(msgspec.structs.replace(recipe, learning_rate=recipe.learning_rate / 2))


def test_the_learning_rate_changes_while_the_run_is_held() -> None:
    control = Control()
    control.pause()
    events = train(Job(NETWORK, BASE), control=control)
    until(events, Paused)
    assert not control.has_news
    control.set_learning_rate(0.05)
    assert control.has_news
    assert next(events) == LearningRate(step=0, epoch=0.0, learning_rate=0.05)
    assert next(events) == Paused(step=0)


def test_an_epoch_whose_last_step_is_taken_is_tested_before_the_run_stops() -> None:
    """Or a run that goes on from there would lack its figures."""
    control = Control()
    events = train(Job(NETWORK, BASE), control=control)
    for event in events:
        if isinstance(event, Step) and event.step == 3:
            control.stop()
            break
    assert [type(event) for event in events if not isinstance(event, Probe)] == [Epoch]


def test_a_stop_ends_the_run_after_its_step_with_all_that_was_measured() -> None:
    control = Control()
    events = train(Job(NETWORK, BASE), control=control)
    seen = until(events, Step)
    control.stop()
    assert measured(seen + list(events)) == undisturbed()[:1]
    control = Control()
    control.pause()
    events = train(Job(NETWORK, BASE), control=control)
    until(events, Paused)
    control.stop()
    assert list(events) == []


class Kept:
    """Keeps snapshots in memory, and says of each that it is large."""

    def __init__(self) -> None:
        self.places: list[Place] = []

    def is_due(self) -> bool:
        return False

    def is_quick(self, _: Snapshot) -> bool:
        return False

    def keep(self, snapshot: Snapshot) -> Iterator[Event]:
        self.places.append(snapshot.place)
        yield from ()


def test_a_stopped_run_keeps_how_it_stands_however_large_it_is() -> None:
    kept = Kept()
    control = Control(kept)
    events = train(Job(NETWORK, BASE), control=control)
    until(events, Step)
    control.stop()
    assert measured(list(events)) == []
    assert [place.step for place in kept.places] == [1]

    kept, held = Kept(), Control()
    held.keeper = kept
    held.pause()
    events = train(Job(NETWORK, BASE), control=held)
    until(events, Paused)
    held.one_step()
    until(events, Paused)
    held.stop()
    assert measured(list(events)) == []
    assert [place.step for place in kept.places] == [0, 1]


def test_a_stop_ends_a_test_that_takes_long_and_who_goes_on_makes_up_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(NETWORK, BASE)
    monkeypatch.setattr("explorer.training.loop.evaluate.MAX_CHUNK", {"cpu": 100})
    monkeypatch.setattr("explorer.training.loop.evaluate.SIGN_SECONDS", 0.0)
    whole = undisturbed()
    for epoch in (1, 2):
        path = tmp_path / f"{epoch}.safetensors"
        control = Control(FileKeeper(path))
        events = train(job, control=control)
        seen = until(events, Epoch) if epoch == 2 else []
        seen += until(events, Evaluating)
        control.stop()
        seen += events
        assert isinstance(seen[-1], Checkpoint)
        assert seen[-1].step == 3 * epoch
        rest = list(train(job, resume=partial(read, path)))
        assert measured([*seen, *rest]) == whole
        assert isinstance(rest[-1], Finished)
