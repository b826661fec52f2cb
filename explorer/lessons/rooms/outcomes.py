"""What came of what members gave: each answer held against what is right, with what their own runs have measured."""

from collections.abc import Callable
from itertools import chain

from explorer.lessons.course.curve import Curve
from explorer.lessons.course.facts import Facts, Measured
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.quantities import Value
from explorer.lessons.course.right import Judgement, judge, right_answer
from explorer.lessons.rooms.room import Given, Member, Room
from explorer.lessons.rooms.step_runs import StepRuns

Measure = Callable[[LessonStep, str], tuple[Measured, ...]]  # what a step's run, or race, of an id has measured


Judged = Callable[[Room, Member, LessonStep], Judgement | None]


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


def right_for_all(room: Room, step: LessonStep, measure: Measure = no_runs) -> Value | Curve | None:
    """Give what is right at a step by what the teacher ran for all, as the projector shows it; None where unknown."""
    given = next((each for member in room.here if (each := member.last(step.name))), None)
    if given is None:
        return None
    measured = {name: measure(room.lesson.step(name), run) for name, run in room.runs.items()}
    return right_answer(step, Facts(given.answer.design, measured, room.lesson.networks))


class Outcomes:
    """What came of what a class gave, each judged once as long as neither it nor what its runs measured changes."""

    def __init__(self, runs: StepRuns) -> None:
        self._runs = runs
        self._judged: dict[tuple[str, str, int], tuple[Given, object, Judgement]] = {}

    def look(self, room: Room) -> None:
        """Read the runs of a room that have ended meanwhile; raises `StoreError`."""
        self._runs.look({run for member in room.here for run in runs_of(room, member).values()})
        self._runs.entries.look(chain.from_iterable(room.entries.values()))

    def of(self, room: Room, member: Member, step: LessonStep, *, round: int | None = None) -> Judgement | None:  # noqa: A002
        """Judge what a member gave last at a step, or in one round of it; None where they gave nothing."""
        given = member.last(step.name, round=round)
        if given is None:
            return None
        key, known = (member.id, step.name, given.round), self.known(room, member)
        found = self._judged.get(key)
        if found is None or found[0] is not given or found[1] != known:
            judged = outcome_of(room, member, step, self._runs, round=given.round)
            assert judged is not None
            self._judged[key] = found = (given, known, judged)
        return found[2]

    def known(self, room: Room, member: Member) -> object:
        """Say which of a member's runs have measured something: an answer is judged anew where that differs."""
        return [(step, run, self._runs.knows(run)) for step, run in runs_of(room, member).items()]
