"""Runs in words: how far, how long still, what came of it."""

import msgspec
import pytest

from explorer.architecture.presets import PRESETS
from explorer.runs.store.rows import Run, State
from explorer.training.recipe.recipe import Job, Recipe
from explorer.views.runs.run_words import ago, beside_words, duration, outcome, progress

LENET = PRESETS["lenet-d2l"].architecture


def a_run(state: State, recipe: Recipe | None = None, **figures: float | str | None) -> Run:
    job = Job(architecture=LENET, recipe=recipe or Recipe())
    fields = {"step": 60, "num_steps": 240, "epoch": 2.5, "seconds": 3.0} | figures
    return msgspec.convert(
        {
            "id": "r",
            "owner": "o",
            "state": state,
            "name": LENET.name,
            "dataset": job.recipe.dataset,
            "job_json": msgspec.json.encode(job).decode(),
            "wanted_device": "auto",
            "created": 0.0,
            **fields,
        },
        Run,
    )


def test_a_running_run_says_its_share_its_speed_and_the_time_left() -> None:
    shown = progress(a_run("running"), position=None, images_per_second=12_345.6)
    assert shown.share == pytest.approx(0.25)
    assert shown.words == "Epoch 2.5 of 10 · 12,346 pictures a second · about 9.0 s left"


def test_a_time_limit_that_ends_the_run_sooner_is_what_counts() -> None:
    shown = progress(a_run("running", Recipe(max_seconds=4)), position=None, images_per_second=None)
    assert shown.share == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("images_per_second", "words"),
    [
        (None, "Stopping within the first step."),
        (10_000.0, "Stopping after this step. How it stands is then kept."),
        (18.5, "Stopping after this step, which takes about 7.0 s. How it stands is then kept."),
    ],
)
def test_a_run_that_stops_says_after_how_long(images_per_second: float | None, words: str) -> None:
    run = a_run("stopping", Recipe(batch_size=130))
    assert progress(run, position=None, images_per_second=images_per_second).words == words


@pytest.mark.parametrize(("position", "words"), [(1, "next"), (2, "2nd"), (3, "3rd"), (12, "12th")])
def test_a_waiting_run_says_its_place(position: int, words: str) -> None:
    shown = progress(a_run("queued"), position=position, images_per_second=None)
    assert shown.words == f"Waiting for a free place: {words} in the queue."


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (a_run("finished", step=240, test_accuracy=0.823), "Finished: 240 steps in 3.0 s, test accuracy 82.3 %."),
        (a_run("finished"), "Finished at the time limit: 60 steps in 3.0 s, no test figures yet."),
        (
            a_run("finished", Recipe(target_accuracy=0.8), test_accuracy=0.823),
            "Finished at the target accuracy: 60 steps in 3.0 s, test accuracy 82.3 %.",
        ),
        (a_run("cancelled", step=0), "Stopped before it began."),
        (a_run("failed", cause="The loss became NaN."), "The loss became NaN."),
        (
            a_run("interrupted", cause="The server ended."),
            "The server ended. Kept: 60 steps in 3.0 s, no test figures yet.",
        ),
    ],
)
def test_an_ended_run_says_what_came_of_it(run: Run, words: str) -> None:
    assert outcome(run) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.84, "0.8 s"), (41.7, "42 s"), (185, "3 min 5 s"), (4_200, "1 h 10 min")]
)
def test_durations_read_as_a_person_says_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(-1, "0 s ago"), (75, "1 min ago"), (90_000, "1 d ago")])
def test_times_ago_are_said_in_the_largest_unit(seconds: float, words: str) -> None:
    assert ago(seconds) == words


def test_a_run_that_is_paused_takes_no_time_of_the_next() -> None:
    assert beside_words([a_run("paused")]) == ""
    held = [a_run("paused"), a_run("running"), a_run("queued")]
    assert beside_words(held) == " · beside 1 other run that trains now · after 1 that waits"
