"""What the screens of a room are told: a member's page, the projector and the teacher's desk, each what is its own.

A member's page hears nothing of anybody's answers; the projector counts, and names nobody.
"""

from collections.abc import Sequence

import msgspec

from explorer.lessons.course.curve import Curve
from explorer.lessons.course.facts import Facts
from explorer.lessons.course.lesson import FIRST, LessonStep, design_of, named_design
from explorer.lessons.course.quantities import Unit, Value, read_quantity, unit_of
from explorer.lessons.course.right import Judgement
from explorer.lessons.course.tasks import Number, Reveal, ShapeOf, Sketch
from explorer.lessons.course.text import Text
from explorer.lessons.rooms.outcomes import Outcomes, right_for_all
from explorer.lessons.rooms.room import Room
from explorer.lessons.rooms.step_runs import StepRuns
from explorer.lessons.rooms.tally import Bar, accuracies, num_answered, tally
from explorer.views.lessons.course import BRACED, fill, options_of, right_words, value_words
from explorer.views.rooms.board_told import BoardTold, board_told


class MemberTold(msgspec.Struct, frozen=True, kw_only=True):
    """What all members' pages are told alike; words are those of the one step that the class is at, if it is at one."""

    code: str
    first: str
    last: str
    title: Text | None
    text: Text | None  # None, too, where only the page can look its numbers up
    paused: bool
    closed: bool
    takes_answers: bool  # to that step, as are `round` and `revealed`
    round: int
    revealed: bool
    removed: bool = False


class BarTold(msgspec.Struct, frozen=True):
    """A bar of a tally in words, and how many of it were right, once that is shown."""

    label: Text
    count: int
    right: int | None


class TallyTold(msgspec.Struct, frozen=True, kw_only=True):
    """One round's counts; slips and how many were right once what is right is shown, or for the teacher alone."""

    round: int
    answered: int
    bars: Sequence[BarTold]
    curves: Sequence[Curve]
    right: int | None
    waiting: int
    slips: Sequence[tuple[str, int]]


class RunsTold(msgspec.Struct, frozen=True):
    """The accuracies on the test pictures that runs of a step reached: one contender's, or those of no race."""

    label: str
    reached: Sequence[float]


class StepTold(msgspec.Struct, frozen=True, kw_only=True):
    """How a step stands that the class may be at."""

    name: str
    title: Text
    round: int
    answered: int
    takes_answers: bool
    revealed: bool
    rounds_shown: int
    came: Curve | None  # what the drawn curves foretold, where `right` is told
    right: Text | None  # what is right, once that is shown, or for the teacher alone; None where nobody knows yet
    tallies: Sequence[TallyTold]
    runs: Sequence[RunsTold]  # once the tally is shown, or for the teacher alone
    board: BoardTold | None = None  # of a challenge, for the teacher, and once it is shown


class ProjectorTold(msgspec.Struct, frozen=True, kw_only=True):
    """What the projector is told."""

    code: str
    joined: int
    paused: bool
    closed: bool
    steps: Sequence[StepTold]
    earlier: Sequence[StepTold]  # what was revealed of the steps that the present one looks back on


class DeskTold(msgspec.Struct, frozen=True, kw_only=True):
    """What the desk is told beside its rows; `order` has the members' ids, and what is not in it is gone."""

    code: str
    joined: int
    paused: bool
    closed: bool
    first: str
    last: str
    anonymous: bool
    missed: int  # events that cannot be read
    steps: Sequence[StepTold]
    order: Sequence[str]


def member_told(room: Room) -> MemberTold:
    """Say what a room's members are told."""
    step, state = room.lesson.step(room.first), room.steps[room.first]
    is_one = room.first == room.last
    return MemberTold(
        code=room.code,
        first=room.first,
        last=room.last,
        title=_filled(room, step, step.title) if is_one else None,
        text=_filled(room, step, step.text) if is_one else None,
        paused=room.paused,
        closed=room.closed,
        takes_answers=state.takes_answers,
        round=state.round,
        revealed=state.revealed,
    )


def member_page(room: Room) -> str:
    """Name what a member's page stands on: it has to be drawn anew where that differs."""
    states = [room.steps[step.name] for step in room.paced]
    parts = [f"{state.round}{state.takes_answers:d}{state.revealed:d}" for state in states]
    return "/".join([room.first, room.last, f"{room.closed:d}{room.board_shown:d}", str(len(room.runs)), *parts])


def _filled(room: Room, step: LessonStep, text: Text) -> Text | None:
    """Fill a text's numbers in that every member's page has alike: those of networks that the lesson names."""
    quantities = [read_quantity(found) for found in BRACED.findall(text.en + text.zh)]
    if any(each.is_of_run or not (each.place or step.shows.design) for each in quantities):
        return None
    design = design_of(room.lesson, step) or named_design(room.lesson, FIRST)
    facts = Facts(design, {}, room.lesson.networks)
    return Text(fill(text, "en", step, facts), fill(text, "zh", step, facts))


def projector_told(room: Room, outcomes: Outcomes, runs: StepRuns) -> ProjectorTold:
    """Say what the projector is told: of each step the rounds that the teacher shows there, and no others."""
    steps = [_step_told(room, step, outcomes, runs, for_teacher=False) for step in room.paced]
    earlier = [_step_told(room, step, outcomes, runs, for_teacher=False) for step in _looked_back_on(room)]
    return ProjectorTold(
        code=room.code,
        joined=len(room.here),
        paused=room.paused,
        closed=room.closed,
        steps=steps,
        earlier=earlier,
    )


def _looked_back_on(room: Room) -> list[LessonStep]:
    """Give the steps that the one which the class is at looks back on, as far as they are revealed."""
    step = room.lesson.step(room.first)
    if room.first != room.last or not isinstance(step.task, Reveal):
        return []
    return [room.lesson.step(name) for name in step.task.of if room.steps[name].revealed]


def desk_told(room: Room, outcomes: Outcomes, runs: StepRuns, *, missed: int = 0) -> DeskTold:
    """Say what the desk is told beside its rows: all rounds, whether they are shown or not."""
    return DeskTold(
        code=room.code,
        joined=len(room.here),
        paused=room.paused,
        closed=room.closed,
        first=room.first,
        last=room.last,
        anonymous=room.anonymous,
        missed=missed,
        steps=[_step_told(room, step, outcomes, runs, for_teacher=True) for step in room.paced],
        order=[member.id for member in room.here],
    )


def _step_told(room: Room, step: LessonStep, outcomes: Outcomes, runs: StepRuns, *, for_teacher: bool) -> StepTold:
    state = room.steps[step.name]
    rounds = state.round if for_teacher else state.rounds_shown
    knows = for_teacher or state.revealed
    right = right_for_all(room, step, runs) if knows else None
    return StepTold(
        name=step.name,
        title=_filled(room, step, step.title) or step.title,
        round=state.round,
        answered=num_answered(room, step.name),
        takes_answers=state.takes_answers,
        revealed=state.revealed,
        rounds_shown=state.rounds_shown,
        came=right if isinstance(step.task, Sketch) and isinstance(right, tuple) else None,
        right=_right_told(step, right),
        board=board_told(room, step, runs.entries, for_teacher=for_teacher),
        tallies=[_tally_told(room, step, outcomes, round=number, knows=knows) for number in range(1, rounds + 1)],
        runs=[RunsTold(label, reached) for label, reached in accuracies(room, step, runs).items()] if rounds else [],
    )


def _right_told(step: LessonStep, right: Value | Curve | None) -> Text | None:
    if right is None:
        return None
    judged = Judgement("right", right)
    return Text(right_words(step, judged, "en"), right_words(step, judged, "zh"))


def _tally_told(
    room: Room,
    step: LessonStep,
    outcomes: Outcomes,
    *,
    round: int,  # noqa: A002  # the field's word
    knows: bool,
) -> TallyTold:
    given = {member.id: outcomes.of(room, member, step, round=round) for member in room.here}
    found = tally(room, step, {name: judged for name, judged in given.items() if judged}, round=round)
    return TallyTold(
        round=round,
        answered=found.answered,
        bars=[BarTold(_label(step, bar), bar.count, bar.right if knows else None) for bar in found.bars],
        curves=found.curves,
        right=found.right if knows else None,
        waiting=found.waiting,
        slips=found.slips if knows else (),
    )


def _label(step: LessonStep, bar: Bar) -> Text:
    english, chinese = options_of(step, "en"), options_of(step, "zh")
    if english and isinstance(bar.low, int):
        return Text(english[bar.low - 1], chinese[bar.low - 1])
    unit: Unit = unit_of(read_quantity(step.task.what)) if isinstance(step.task, Number | ShapeOf) else "count"
    ends = dict.fromkeys(value_words(value, unit) for value in (bar.low, bar.high))
    return Text(" – ".join(ends), " – ".join(ends))
