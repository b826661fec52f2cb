"""The limits of a class's persons: as the file has them, told in words, and never the teacher's."""

import math
import os
from pathlib import Path

import pytest
from msgspec.structs import asdict, replace

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.experiments.sweep.sweep import Axis, Choices, Draws, Grid, Range, Sweep, job_of, lay_out
from explorer.runs.access.allowance import (
    Launches,
    LimitError,
    check_imported,
    check_jobs,
    check_stored,
    in_time,
    race_in_time,
    sweep_in_time,
)
from explorer.runs.access.limits import Limits, LimitsFile
from explorer.runs.store.rows import Run, State
from explorer.training.recipe.recipe import Job, Recipe

LENET = PRESETS["lenet-d2l"].architecture
JOB = Job(LENET, Recipe())


def run(name: str, *, state: State = "running", race: str | None = None) -> Run:
    return Run(
        id=name, owner="me", state=state, name="", dataset="", job_json="", wanted_device="cpu", created=0.0, race=race
    )


def test_the_file_that_is_written_has_the_defaults(tmp_path: Path) -> None:
    assert LimitsFile(tmp_path / "new" / "limits.toml").current() == Limits()
    assert all(
        f"{name} = " in (tmp_path / "new" / "limits.toml").read_text().replace("  ", "") for name in asdict(Limits())
    )


def test_an_edit_holds_at_once_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "limits.toml"
    limits = LimitsFile(path)
    for moment, (text, epochs) in enumerate([("epochs = 7", 7), ("epochs = ", 7), ("epoch = 9", 7), ("epochs = 8", 8)]):
        path.write_text(text)
        os.utime(path, (moment, moment))
        assert limits.current().epochs == epochs


@pytest.mark.parametrize(
    ("jobs", "words"),
    [
        ([JOB] * 3, "3 runs, and 2 are allowed"),
        ([Job(LENET, Recipe(epochs=11))], "epochs: found 11; in this class at most 10"),
        ([Job(LENET, Recipe(epochs=10))], "60,000 pictures, and 50,000 are allowed"),
    ],
)
def test_a_launch_that_is_too_large_is_refused_with_its_size(jobs: list[Job], words: str) -> None:
    with pytest.raises(LimitError, match=words):
        check_jobs(jobs, Limits(runs_of_a_launch=2, epochs=10, pictures=50_000))


def test_as_many_as_may_wait_and_a_race_counts_once() -> None:
    race = [run(str(number), race="race", state="queued") for number in range(6)]
    check_stored([run("one"), *race], 0, Limits(waiting=3))
    with pytest.raises(LimitError, match="3 of your launches wait or train, and 3 may"):
        check_stored([run("one"), run("two"), *race], 0, Limits(waiting=3))
    with pytest.raises(LimitError, match="5 runs in the history"):
        check_stored([], 5, Limits(stored_runs=5))


def test_weights_that_were_opened_are_bounded_in_megabytes() -> None:
    check_imported(756_000_000, 244_000_000, Limits(imported_megabytes=1_000))
    with pytest.raises(LimitError, match="has 245 MB, and 756 MB of weights that you opened are kept; 1,000 MB are"):
        check_imported(756_000_000, 245_000_000, Limits(imported_megabytes=1_000))


def test_launches_are_counted_by_person_and_by_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr("explorer.runs.access.allowance.time.monotonic", lambda: now[0])
    launches = Launches()
    for _ in range(2):
        launches.count("me", 2)
    with pytest.raises(LimitError, match="Try again in 60 seconds"):
        launches.count("me", 2)
    launches.count("you", 2)
    now[0] += 61
    launches.count("me", 2)


def test_a_run_ends_when_a_persons_time_is_over() -> None:
    limits = Limits(seconds=60)
    assert in_time(JOB, limits).recipe.max_seconds == 60
    shorter = replace(JOB, recipe=replace(JOB.recipe, max_seconds=5.0))
    assert in_time(shorter, limits).recipe.max_seconds == 5
    assert in_time(JOB, limits, after=90).recipe.max_seconds == 150


def test_so_does_each_run_of_a_race_and_of_a_sweep() -> None:
    limits = Limits(seconds=60)
    recipes = (JOB.recipe, replace(JOB.recipe, max_seconds=5.0))
    race = Race(question="?", contenders=tuple(Contender(f"{i}", LENET, each) for i, each in enumerate(recipes)))
    assert [job.recipe.max_seconds for job in race_in_time(race, limits).heats[0]] == [60, 5]
    sweep = sweep_in_time(Sweep(base=JOB, axes=(Choices("epochs", (1, 2)),)), limits)
    assert {job_of(sweep, cell).recipe.max_seconds for cell in lay_out(sweep)} == {60}


@pytest.mark.parametrize(
    ("axis", "way", "words"),
    [
        (Choices("max_seconds", (30.0, 61.0)), Grid(), "found 61; in this class at most 60"),
        (Choices("max_seconds", (30.0, None)), Grid(), "found no limit"),
        (Range("max_seconds", 30, 90), Draws(count=2), "found 90"),
    ],
)
def test_a_sweep_may_not_vary_the_time_beyond_a_persons(axis: Axis, way: Grid | Draws, words: str) -> None:
    with pytest.raises(LimitError, match=words):
        sweep_in_time(Sweep(base=JOB, axes=(axis,), way=way), Limits(seconds=60))
    assert sweep_in_time(Sweep(base=JOB, axes=(axis,), way=way), Limits(seconds=math.inf))
