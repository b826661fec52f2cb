"""Seeds that take their steps as one, in the real loop; and the worker's choice whether they do."""

import math
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.runs import trainer
from explorer.runs.messages import Train
from explorer.runs.shared_time import Member, Turns
from explorer.training.checkpoint import FileKeeper, read_place
from explorer.training.control import Control
from explorer.training.events import Epoch, Event, Failed, Finished, Paused, Step, Together
from explorer.training.loop import train
from explorer.training.recipe import Job, Recipe
from explorer.training.together import Team, measure

# Two full batches and a smaller one an epoch.
JOB = Job(
    PRESETS["lenet-d2l"].architecture,
    Recipe(device="cpu", batch_size=16, train_size=40, epochs=3, learning_rate=0.05, init="xavier"),
)
SEEDS = 3


def seeds(job: Job = JOB) -> list[Job]:
    return [replace(job, recipe=replace(job.recipe, seed=seed)) for seed in range(SEEDS)]


class Teamwork:
    """A team in turns, with what it said so far."""

    def __init__(self, jobs: list[Job]) -> None:
        self.controls = [Control() for _ in jobs]
        self.said: list[list[Event]] = [[] for _ in jobs]
        team = Team(runs=len(jobs), gain=1.5)
        members = [
            Member(f"{place}", partial(team.train, job, control=control, resume=None), control)
            for place, (job, control) in enumerate(zip(jobs, self.controls, strict=True))
        ]
        self.turns = Turns(members, team=team)

    def go_on(self, until: Callable[[], bool] = lambda: False) -> None:
        """Take turns until something is so, or nobody may go on."""
        while not self.turns.is_over and self.turns.may_go_on and not until():
            run, event = self.turns.take()
            if event is not None:
                self.said[int(run)].append(event)

    def steps(self, run: int) -> int:
        """Give the last step that a run has told."""
        return max((event.step for event in self.said[run] if isinstance(event, Step)), default=0)

    def ends(self) -> list[Event]:
        return [said[-1] for said in self.said]


def figures(events: Iterable[Event]) -> list[tuple[str, int, float]]:
    """Give each figure of the steps and the tests, with its kind and step."""
    found = []
    for event in events:
        match event:
            case Step():
                found.append(("step", event.step, event.train_loss))
            case Epoch():
                found += [("test", event.step, event.test_loss), ("accuracy", event.step, event.test_accuracy)]
    return found


def check(said: Iterable[Event], alone: Iterable[Event]) -> None:
    ours, theirs = figures(said), figures(alone)
    assert [figure[:2] for figure in ours] == [figure[:2] for figure in theirs]
    assert [figure[2] for figure in ours] == pytest.approx([figure[2] for figure in theirs], rel=1e-3)


def test_each_run_of_a_team_says_what_it_says_alone() -> None:
    team = Teamwork(seeds())
    team.go_on()
    assert team.turns.is_over
    for said, job in zip(team.said, seeds(), strict=True):
        assert [event for event in said if isinstance(event, Together)] == [Together(runs=SEEDS, gain=1.5)]
        check(said, train(job))
        assert isinstance(said[-1], Finished)
    assert len({said[-1].seconds for said in team.said if isinstance(said[-1], Finished)}) == SEEDS
    assert sum(end.seconds for end in team.ends() if isinstance(end, Finished)) <= team.turns.seconds


def test_the_steps_of_a_team_are_taken_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    alone: list[object] = []
    monkeypatch.setattr("explorer.training.together.take_step", lambda *step: alone.append(step))
    team = Teamwork(seeds())
    team.go_on()
    assert [type(end) for end in team.ends()] == [Finished] * SEEDS
    assert alone == []


def test_a_run_that_is_held_holds_up_nobody_and_comes_to_its_own_figures() -> None:
    team = Teamwork(seeds())
    team.go_on(until=lambda: team.steps(1) > 0)
    team.controls[1].pause()
    team.go_on()
    assert [isinstance(end, Finished) for end in team.ends()] == [True, False, True]
    assert isinstance(team.said[1][-1], Paused)
    team.controls[1].resume()
    team.go_on()
    assert team.turns.is_over
    for said, job in zip(team.said, seeds(), strict=True):
        epochs = [event for event in said if isinstance(event, Epoch)]
        check(epochs, [event for event in train(job) if isinstance(event, Epoch)])


def test_a_run_that_is_stopped_keeps_how_it_stands_and_the_others_go_on(tmp_path: Path) -> None:
    team = Teamwork(seeds())
    kept = tmp_path / "a.safetensors"
    team.controls[0].keeper = FileKeeper(kept)
    team.go_on(until=lambda: team.steps(0) > 0)
    team.controls[0].stop()
    team.go_on()
    assert team.turns.is_over
    assert [isinstance(end, Finished) for end in team.ends()] == [False, True, True]
    assert 0 < read_place(kept).step < 9
    for said, job in list(zip(team.said, seeds(), strict=True))[1:]:
        check(said, train(job))


def test_a_run_that_diverges_fails_by_itself() -> None:
    jobs = seeds(replace(JOB, architecture=replace_activations(JOB.architecture, "ReLU")))
    team = Teamwork(jobs)
    team.go_on(until=lambda: team.steps(2) > 0)
    team.controls[2].set_learning_rate(1e30)
    team.go_on()
    assert [type(end) for end in team.ends()] == [Finished, Finished, Failed]
    for said, job in list(zip(team.said, jobs, strict=True))[:2]:
        check(said, train(job))


def test_a_step_that_cannot_be_taken_as_one_is_taken_by_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:117] not enough memory")

    monkeypatch.setattr("explorer.training.stacked.Stack.pass_back", refuse)
    team = Teamwork(seeds())
    team.go_on()
    for said, job in zip(team.said, seeds(), strict=True):
        assert figures(said) == figures(train(job))


def orders(jobs: list[Job]) -> list[Train]:
    return [Train(f"{place}", msgspec.Raw(msgspec.json.encode(job))) for place, job in enumerate(jobs)]


@pytest.mark.parametrize(("worth", "is_team"), [(0.0, True), (math.inf, False)])
def test_a_team_is_made_where_it_measures_quicker(worth: float, is_team: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "WORTH", worth)
    made = trainer.teams([orders(seeds()), orders(seeds())])
    assert (made is not None) is is_team
    assert not is_team or len(made or []) == 2


def test_what_cannot_be_prepared_is_left_to_each_run_to_say() -> None:
    assert trainer.teams([orders(seeds(replace(JOB, recipe=replace(JOB.recipe, train_size=100_000))))]) is None


def test_both_ways_are_measured() -> None:
    speed = measure(JOB, runs=2)
    assert speed.apart > 0
    assert speed.together > 0
