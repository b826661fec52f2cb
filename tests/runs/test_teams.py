"""Seeds that take their steps as one, in the real loop; and the worker's choice whether they do."""

import math
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from torch import Tensor

from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.runs import trainer
from explorer.runs.messages import Train
from explorer.runs.shared_time import Member, Turns
from explorer.training.checkpoint import FileKeeper, read_place
from explorer.training.control import Control
from explorer.training.events import Epoch, Event, Failed, Finished, Paused, Step, Together
from explorer.training.loop import train
from explorer.training.meter import Clock
from explorer.training.prepare import Run
from explorer.training.recipe import Job, Recipe
from explorer.training.step import finish_step
from explorer.training.together import Team, may_train_together, measure

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


def test_a_teams_runs_share_the_time_of_their_steps_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    spent: list[float] = []
    monkeypatch.setattr(Clock, "spend", lambda _, seconds: spent.append(seconds))
    Teamwork(seeds()).go_on()
    steps = [spent[place : place + SEEDS] for place in range(0, len(spent), SEEDS)]
    assert len(steps) == 9
    assert all(min(step) == max(step) > 0 for step in steps)


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


def test_a_seed_that_is_left_alone_is_no_team(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "WORTH", 0.0)
    assert trainer.teams([orders(seeds()), orders(seeds()[:1])]) is None


def test_both_ways_are_measured() -> None:
    speed = measure(JOB, runs=2)
    assert speed.apart > 0
    assert speed.together > 0


@pytest.mark.parametrize(
    ("jobs", "may"),
    [
        pytest.param(seeds(), True, id="small"),
        pytest.param(seeds()[:1], False, id="alone"),
        pytest.param(seeds(replace(JOB, recipe=replace(JOB.recipe, max_seconds=9.0))), False, id="limited in time"),
        pytest.param(seeds(replace(JOB, architecture=PRESETS["alexnet-28"].architecture)), False, id="dropout"),
        pytest.param(
            seeds(replace(JOB, recipe=replace(JOB.recipe, batch_size=6_000, train_size=6_000))), False, id="large"
        ),
    ],
)
def test_a_team_is_thought_of_where_it_could_pay(jobs: list[Job], may: bool) -> None:
    assert may_train_together(jobs) is may


def test_teams_keep_a_place_for_some_minutes_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "WORTH", 0.0)
    assert trainer.teams([orders(seeds())])
    assert (
        trainer.teams([orders(seeds(replace(JOB, recipe=replace(JOB.recipe, epochs=1_000, train_size=6_000))))]) is None
    )


def test_an_update_that_fails_is_its_own_runs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(run: Run, loss: Tensor) -> None:
        if run.recipe.seed == 1:
            raise RuntimeError("[enforce fail at alloc_cpu.cpp:117] not enough memory")
        finish_step(run, loss)

    monkeypatch.setattr("explorer.training.together.finish_step", fail)
    team = Teamwork(seeds())
    team.go_on()
    assert [type(end) for end in team.ends()] == [Finished, Failed, Finished]
    for place in (0, 2):
        check(team.said[place], train(seeds()[place]))
