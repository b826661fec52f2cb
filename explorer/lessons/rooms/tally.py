"""The counts of what a class gave at a step: pure functions, in which nobody has a name."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from explorer.lessons.answers import AnswerError
from explorer.lessons.course.curve import Curve, read_curve
from explorer.lessons.course.facts import Facts
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.quantities import Value
from explorer.lessons.course.right import Judgement, read_answer
from explorer.lessons.course.tasks import PREDICTIONS, Number, Sketch
from explorer.lessons.rooms.outcomes import Measure
from explorer.lessons.rooms.room import Given, Room

MOST_VALUES = 8  # that have a bar each; more share bins
NUM_BINS = 10
WIDE = 100.0  # how many times the least the largest has to be for bins of equal ratios


class Bar(msgspec.Struct, frozen=True):
    """How many gave a value, or one from `low` up to `high`, how many of those right; of an option its place."""

    low: Value
    high: Value
    count: int
    right: int = 0


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What was given in one round of a step; `right` counts those who were, `waiting` those who cannot know yet."""

    round: int
    answered: int
    bars: tuple[Bar, ...] = ()
    curves: tuple[Curve, ...] = ()  # that were drawn, in an order that names nobody
    slips: tuple[tuple[str, int], ...] = ()  # by their names, the most frequent first
    right: int = 0
    waiting: int = 0


def num_answered(room: Room, step: str, *, round: int | None = None) -> int:  # noqa: A002  # the field's word
    """Count those who answered a step in its present round, or in another."""
    wanted = round or room.steps[step].round
    return sum(member.last(step, round=wanted) is not None for member in room.here)


def accuracies(room: Room, step: LessonStep, measure: Measure) -> dict[str, tuple[float, ...]]:
    """Give what a class's runs of a step reached on the test pictures, by contenders' labels, the lowest first."""
    runs = {run for member in room.here if (run := member.runs.get(step.name))}
    reached = defaultdict[str, list[float]](list)
    for run in runs | {room.runs.get(step.name, "")} - {""}:
        for measured in measure(step, run):
            if measured.test_accuracy is not None:
                reached[measured.label].append(measured.test_accuracy)
    return {label: tuple(sorted(values)) for label, values in sorted(reached.items())}


def tally(
    room: Room,
    step: LessonStep,
    judged: Mapping[str, Judgement],
    *,
    round: int,  # noqa: A002  # the field's word
) -> Tally:
    """Count a round of a step; `judged` is what came of it, by members' ids."""
    given = {member.id: each for member in room.here if (each := member.last(step.name, round=round))}
    found = [judged[member] for member in given if member in judged]
    outcomes = Counter(each.outcome for each in found)
    slips = Counter(slip.name for each in found for slip in each.slips)
    rights = {member for member, each in judged.items() if each.outcome == "right"}
    values = [
        (value, name in rights) for name, each in given.items() if (value := _value(room, step, each)) is not None
    ]
    return Tally(
        round=round,
        answered=len(given),
        bars=_bars(step, values),
        curves=tuple(sorted(curve for each in given.values() if (curve := _curve(step, each)))),
        slips=tuple(slips.most_common()),
        right=outcomes["right"],
        waiting=outcomes["waiting"],
    )


def _bars(step: LessonStep, values: Sequence[tuple[Value, bool]]) -> tuple[Bar, ...]:
    plain = {value for value, _ in values}
    if isinstance(step.task, Number) and len(plain) > MOST_VALUES:
        return _binned([(float(value), right) for value, right in values if isinstance(value, int | float)])
    counts = Counter(value for value, _ in values)
    rights = Counter(value for value, right in values if right)
    return tuple(Bar(value, value, counts[value], rights[value]) for value in sorted(plain, key=_order))


def _order(value: Value) -> tuple[float, ...]:
    return value if isinstance(value, tuple) else (value,)


def _curve(step: LessonStep, given: Given) -> Curve | None:
    try:
        return read_curve(given.answer.text) if isinstance(step.task, Sketch) else None
    except AnswerError:
        return None


def _value(room: Room, step: LessonStep, given: Given) -> Value | None:
    if not isinstance(step.task, PREDICTIONS) or isinstance(step.task, Sketch):
        return None
    facts = Facts(given.answer.design, {}, room.lesson.networks)
    try:
        return cast(Value, read_answer(step, given.answer.text, facts))
    except AnswerError:
        return None


def _binned(values: Sequence[tuple[float, bool]]) -> tuple[Bar, ...]:
    """Lay numbers into bins of equal width, or of equal ratio where they differ by very much."""
    edges = _edges(min(values)[0], max(values)[0])
    counts = Counter(_bin(value, edges) for value, _ in values)
    rights = Counter(_bin(value, edges) for value, right in values if right)
    return tuple(Bar(edges[i], edges[i + 1], counts[i], rights[i]) for i in range(NUM_BINS))


def _edges(least: float, most: float) -> list[float]:
    if least > 0 and most / least > WIDE:
        return [least * (most / least) ** (i / NUM_BINS) for i in range(NUM_BINS + 1)]
    return [least + (most - least) * i / NUM_BINS for i in range(NUM_BINS + 1)]


def _bin(value: float, edges: Sequence[float]) -> int:
    return max((i for i in range(NUM_BINS) if edges[i] <= value or math.isclose(edges[i], value)), default=0)
