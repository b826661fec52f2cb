"""The counts of what a class gave at a step: pure functions, in which nobody has a name."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from explorer.lessons.answers import AnswerError
from explorer.lessons.course.facts import Facts
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.quantities import Value
from explorer.lessons.course.right import Judgement, read_answer
from explorer.lessons.course.tasks import PREDICTIONS, Number
from explorer.lessons.rooms.room import Given, Room

MOST_VALUES = 8  # that have a bar each; more share bins
NUM_BINS = 10
WIDE = 100.0  # how many times the least the largest has to be for bins of equal ratios


class Bar(msgspec.Struct, frozen=True):
    """How many gave a value, or one from `low` up to `high`; of an option its place, from 1."""

    low: Value
    high: Value
    count: int


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What was given in one round of a step; `right` counts those who were, `waiting` those who cannot know yet."""

    round: int
    answered: int
    bars: tuple[Bar, ...] = ()
    slips: tuple[tuple[str, int], ...] = ()  # by their names, the most frequent first
    right: int = 0
    waiting: int = 0


def num_answered(room: Room, step: str, *, round: int | None = None) -> int:  # noqa: A002  # the field's word
    """Count those who answered a step in its present round, or in another."""
    wanted = round or room.steps[step].round
    return sum(member.last(step, round=wanted) is not None for member in room.here)


def tally(
    room: Room,
    step: LessonStep,
    judged: Mapping[str, Judgement],
    *,
    round: int,  # noqa: A002  # the field's word
) -> Tally:
    """Count a round of a step; `judged` is what came of it, by members' ids."""
    given = [each for member in room.here if (each := member.last(step.name, round=round))]
    found = [judged[member.id] for member in room.here if member.id in judged]
    outcomes = Counter(each.outcome for each in found)
    slips = Counter(slip.name for each in found for slip in each.slips)
    return Tally(
        round=round,
        answered=len(given),
        bars=_bars(room, step, given),
        slips=tuple(slips.most_common()),
        right=outcomes["right"],
        waiting=outcomes["waiting"],
    )


def _bars(room: Room, step: LessonStep, given: Sequence[Given]) -> tuple[Bar, ...]:
    if not isinstance(step.task, PREDICTIONS):
        return ()
    values = [value for each in given if (value := _value(room, step, each)) is not None]
    if isinstance(step.task, Number) and len(set(values)) > MOST_VALUES:
        return _binned([float(value) for value in values if isinstance(value, int | float)])
    return tuple(Bar(value, value, count) for value, count in sorted(Counter(values).items(), key=_order))


def _order(counted: tuple[Value, int]) -> tuple[float, ...]:
    value = counted[0]
    return value if isinstance(value, tuple) else (value,)


def _value(room: Room, step: LessonStep, given: Given) -> Value | None:
    try:
        return read_answer(step, given.answer.text, Facts(given.answer.design, {}, room.lesson.networks))
    except AnswerError:
        return None


def _binned(values: Sequence[float]) -> tuple[Bar, ...]:
    """Lay numbers into bins of equal width, or of equal ratio where they differ by very much."""
    least, most = min(values), max(values)
    if least > 0 and most / least > WIDE:
        edges = [least * (most / least) ** (i / NUM_BINS) for i in range(NUM_BINS + 1)]
    else:
        edges = [least + (most - least) * i / NUM_BINS for i in range(NUM_BINS + 1)]
    counts = Counter(_bin(value, edges) for value in values)
    return tuple(Bar(edges[i], edges[i + 1], counts[i]) for i in range(NUM_BINS))


def _bin(value: float, edges: Sequence[float]) -> int:
    return max((i for i in range(NUM_BINS) if edges[i] <= value or math.isclose(edges[i], value)), default=0)
