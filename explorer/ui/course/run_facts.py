"""What the runs of a lesson's steps have measured, read from the store as the person sees it."""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

from explorer.architecture.spec import Architecture
from explorer.lessons.course.answer import Progress
from explorer.lessons.course.facts import Facts, Measured, measured
from explorer.lessons.course.lesson import Lesson, LessonStep, locks_of
from explorer.lessons.course.locks import LockedError
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import ENDED, Run
from explorer.training.recipe.recipe import Job
from explorer.ui.base import links
from explorer.ui.base.server import event_cache, seen
from explorer.ui.race.race_start import next_race

RACED = "race"  # the page whose steps run races
NOT_OF_STEP = "What is open on this page was not trained as this step has it: {} Train it anew, then press Check."
NOTHING = "Nothing is open on this page yet: train first, then press Check."


class NotOfStepError(ValueError):
    """A run that is no answer to the step; says why and what to do."""


def facts_of(lesson: Lesson, progress: Progress, design: Architecture) -> Facts:
    """Give what is known: a network, and what the runs of the steps measured; what was deleted is not known."""
    runs = {}
    with suppress(StoreError):
        for name, run_id in progress.runs.items():
            runs[name] = measured_of(lesson.step(name), run_id)
    return Facts(design, runs, lesson.networks)


def measured_of(step: LessonStep, run_id: str) -> tuple[Measured, ...]:
    """Give what a step's run, or each run of its race, has measured; nothing where the person sees none."""
    if step.shows.page != RACED:
        run = seen().run(run_id)
        return _measure([run], [""]) if run else ()
    held = seen().race(run_id)
    return _measure(seen().race_runs(run_id), [one.label for one in held.race.contenders]) if held else ()


def _measure(runs: Sequence[Run], labels: Sequence[str]) -> tuple[Measured, ...]:
    readable = (run for run in runs if run.is_readable)
    return tuple(_of(run.id, run.num_events, labels[run.lane], run.state in ENDED) for run in readable)


@lru_cache(maxsize=512)  # a page is drawn often, while a run that has ended tells nothing new
def _of(run_id: str, num_events: int, label: str, ended: bool) -> Measured:
    return measured(event_cache().events(run_id), label=label, ended=ended)


def run_here(lesson: Lesson, step: LessonStep) -> tuple[str, Architecture]:
    """Give the id and the network of what the page shows, if it was trained as the step has it.

    Raises `NotOfStepError`, and `StoreError`.
    """
    if step.shows.page == RACED:
        return _race_here()
    run_id = links.read(links.RUN)
    run = seen().run(run_id) if run_id else None
    if run is None or not run.is_readable or run.imported:
        raise NotOfStepError(NOTHING)
    _check(lesson, step, run.job)
    return run.id, run.job.architecture


def _check(lesson: Lesson, step: LessonStep, job: Job) -> None:
    locks = locks_of(lesson, step)
    try:
        locks.check_design(job.architecture)
        locks.check_recipe(job.recipe)
    except LockedError as error:
        raise NotOfStepError(NOT_OF_STEP.format(error)) from error


def _race_here() -> tuple[str, Architecture]:
    race_id = links.read(links.RACE)
    held = seen().race(race_id) if race_id else None
    if held is None:
        raise NotOfStepError(NOTHING)
    wanted, _ = next_race()
    if held.race != wanted:
        raise NotOfStepError(NOT_OF_STEP.format("it is another race than the one that is set up."))
    return held.id, held.race.contenders[0].architecture
