"""What a person gave at the steps of a lesson: records alone, which whoever keeps them may keep anywhere."""

from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from explorer.architecture.spec import Architecture
from explorer.lessons.course.lesson import MAX_STEPS, Lesson
from explorer.lessons.course.tasks import Name

MAX_ANSWER = 2_000  # letters

RunId = Annotated[str, Meta(min_length=1, max_length=64)]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was given last at a step, with the network that was on the screen, and how often something was given."""

    design: Architecture
    text: Annotated[str, Meta(max_length=MAX_ANSWER)] = ""  # typed; of a choice the option's place, from 1
    tries: Annotated[int, Meta(ge=1, le=10_000)] = 1
    given_up: bool = False  # the right one was asked for instead


class Progress(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a person is in a lesson, and by the steps' names what they gave and which runs they made there."""

    at: Name
    answers: Annotated[dict[Name, Answer], Meta(max_length=MAX_STEPS)] = {}
    runs: Annotated[dict[Name, RunId], Meta(max_length=MAX_STEPS)] = {}


msgspec.json.Decoder(Progress)  # knows it before two threads read one at once


def begun(lesson: Lesson) -> Progress:
    """Give the progress of one who begins."""
    return Progress(at=lesson.steps[0].name)


def moved(progress: Progress, lesson: Lesson, by: int) -> Progress:
    """Go some steps on or back, as far as there are any."""
    names = lesson.names
    place = names.index(lesson.step(progress.at).name) + by
    return replace(progress, at=names[min(max(place, 0), len(names) - 1)])


def answered(progress: Progress, *, text: str, design: Architecture, given_up: bool = False) -> Progress:
    """Keep what was given at the step that one is at; a text longer than is kept is cut."""
    before = progress.answers.get(progress.at)
    tries = 1 if before is None else min(before.tries + (not given_up), 10_000)
    answer = Answer(design, text[:MAX_ANSWER], tries, given_up)
    return replace(progress, answers=progress.answers | {progress.at: answer})


def with_run(progress: Progress, run: str) -> Progress:
    """Keep which run, or race, was made at the step that one is at."""
    return replace(progress, runs=progress.runs | {progress.at: run})
