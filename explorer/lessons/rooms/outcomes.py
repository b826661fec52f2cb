"""What came of what members gave: each answer held against what is right, with what their own runs have measured."""

from collections.abc import Callable

from explorer.lessons.course.facts import Facts, Measured
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.quantities import Value
from explorer.lessons.course.right import Judgement, judge, right_answer
from explorer.lessons.rooms.room import Member, Room

Measure = Callable[[LessonStep, str], tuple[Measured, ...]]  # what a step's run, or race, of an id has measured


def no_runs(_step: LessonStep, _run: str) -> tuple[Measured, ...]:
    """Measure nothing, where no run is known."""
    return ()


def runs_of(room: Room, member: Member) -> dict[str, str]:
    """Give a member's runs by steps, and where they have none that of the teacher."""
    return {**room.runs, **member.runs}


def outcome_of(
    room: Room,
    member: Member,
    step: LessonStep,
    measure: Measure = no_runs,
    *,
    round: int | None = None,  # noqa: A002
) -> Judgement | None:
    """Judge what a member gave last at a step, or in one round of it; None where they gave nothing."""
    given = member.last(step.name, round=round)
    if given is None:
        return None
    measured = {name: measure(room.lesson.step(name), run) for name, run in runs_of(room, member).items()}
    return judge(step, given.answer, Facts(given.answer.design, measured, room.lesson.networks))


def right_for_all(room: Room, step: LessonStep, measure: Measure = no_runs) -> Value | None:
    """Give what is right at a step by what the teacher ran for all, as the projector shows it; None where unknown."""
    given = next((each for member in room.here if (each := member.last(step.name))), None)
    if given is None:
        return None
    measured = {name: measure(room.lesson.step(name), run) for name, run in room.runs.items()}
    return right_answer(step, Facts(given.answer.design, measured, room.lesson.networks))
