"""Whether an answer is right, worked out from the state and never written: pure functions over records."""

import re
from typing import Literal

import msgspec
from msgspec.structs import replace

from explorer.architecture.trace import Trace
from explorer.lessons.answers import AnswerError, read_count, read_shape
from explorer.lessons.claim import Verdict
from explorer.lessons.claims import decision
from explorer.lessons.course.answer import Answer
from explorer.lessons.course.conditions import Condition, Met, how_met, read_condition
from explorer.lessons.course.curve import Curve, apart, read_curve
from explorer.lessons.course.facts import Facts, middle_curve
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.quantities import Quantity, Unit, Value, read_quantity, traced, unit_of, value_of
from explorer.lessons.course.tasks import (
    Challenge,
    Choice,
    Compare,
    Explain,
    Explore,
    Judge,
    Number,
    Reveal,
    Run,
    ShapeOf,
    Sketch,
)
from explorer.lessons.shape_slips import shape_slips
from explorer.lessons.slips import Slip, param_slips

Outcome = Literal["right", "wrong", "waiting", "unreadable", "noted"]
VERDICTS = tuple(Verdict)
WRITE_FIRST = "Nothing is written yet. Write a sentence or two."
MAX_NUMBER = 20  # signs
DECIMAL = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
EXACT = 1e-9  # by which floats that should be the same may differ
NUMBER_EXAMPLES: dict[Unit, str] = {"share": "85 % or 0.85", "loss": "2.30", "ratio": "0.01"}


class Judgement(msgspec.Struct, frozen=True):
    """What came of an answer: `waiting` until a run has measured it, `noted` where nothing is judged.

    `right` is the right value, the places of the right options, from 1, or the curve that came.
    """

    outcome: Outcome
    right: Value | Curve | None = None
    slips: tuple[Slip, ...] = ()  # that lead to a wrong one
    refusal: str = ""  # why it could not be read
    met: tuple[Met, ...] = ()  # how the conditions stand

    @property
    def is_done(self) -> bool:
        """Whether the step has what it asks for."""
        return self.outcome in ("right", "noted")


def judge(step: LessonStep, answer: Answer, facts: Facts) -> Judgement:
    """Hold an answer against what is right in a state."""
    match step.task:
        case Explore(until=until) | Challenge(until=until):
            return _hold(until, step, replace(facts, design=answer.design))
        case Run(until=until):
            runs = facts.runs.get(step.name, ())
            return _hold(until, step, facts) if runs and all(run.ended for run in runs) else Judgement("waiting")
        case Explain() if not answer.text.strip():
            return Judgement("unreadable", refusal=WRITE_FIRST)
        case Reveal() | Explain():
            return Judgement("noted")
    try:
        return _judge_prediction(step, answer, replace(facts, design=answer.design))
    except AnswerError as error:
        return Judgement("unreadable", refusal=str(error))


def _hold(until: tuple[str, ...], step: LessonStep, facts: Facts) -> Judgement:
    met = tuple(how_met(condition_of(text, step), facts) for text in until)
    return Judgement("right" if all(each.holds for each in met) else "wrong", met=met)


def condition_of(text: str, step: LessonStep) -> Condition:
    """Read a condition of a step; what a run measures is its own run's, where no other step's is named."""
    condition = read_condition(text)
    quantity, wanted = condition.quantity, condition.wanted
    return condition._replace(
        quantity=quantity and _own(quantity, step),
        wanted=_own(wanted, step) if isinstance(wanted, Quantity) else wanted,
    )


def _own(quantity: Quantity, step: LessonStep) -> Quantity:
    return replace(quantity, place=step.name) if quantity.is_of_run and not quantity.place else quantity


def _judge_prediction(step: LessonStep, answer: Answer, facts: Facts) -> Judgement:
    given, right = read_answer(step, answer.text, facts), right_answer(step, facts)
    if right is None:
        return Judgement("waiting")
    if _is_right(step, given, right):
        return Judgement("right", right)
    return Judgement("wrong", right, slips=_slips(step, given, facts))


def read_answer(step: LessonStep, typed: str, facts: Facts) -> Value | Curve:
    """Read what was typed at a step, or the place of the option that was chosen; raises `AnswerError`."""
    match step.task:
        case Number(what=what):
            return read_number(typed, unit_of(read_quantity(what)))
        case ShapeOf(what=what):
            shape = value_of(read_quantity(what), facts)
            return read_shape(typed, rank=len(shape) if isinstance(shape, tuple) else 3)
        case Choice(options=options) | Compare(options=options):
            return _read_place(typed, len(options))
        case Judge():
            return _read_place(typed, len(VERDICTS))
        case Sketch():
            return read_curve(typed)
    raise TypeError(f"nothing is predicted at {step.name}")


def _read_place(typed: str, most: int) -> int:
    if not (typed.isascii() and typed.isdecimal() and 1 <= int(typed[:3]) <= most):
        raise AnswerError(found="Nothing is chosen yet.", wanted="or click one of the answers")
    return int(typed[:3])


def read_number(typed: str, unit: Unit) -> int | float:
    """Read a number in a unit, as people write it: `1,234`, `85 %`, `0.85`; raises `AnswerError`."""
    if unit == "count":
        return read_count(typed)
    text = typed.strip()[: MAX_NUMBER + 1]
    digits = text.removesuffix("%").rstrip().replace(",", ".")
    if len(text) > MAX_NUMBER or not DECIMAL.fullmatch(digits):
        wanted = NUMBER_EXAMPLES.get(unit, "12.5")
        found = f"“{text}” is not a number." if text else "Nothing is typed yet."
        raise AnswerError(found=found, wanted=f"a number, such as {wanted}")
    number = float(digits)
    return number / 100 if unit == "share" and (text.endswith("%") or number > 1) else number


def right_answer(step: LessonStep, facts: Facts) -> Value | Curve | None:
    """Give what is right at a step that asks for a prediction; None while a run has not measured it yet.

    Of several options it is the places, from 1, of those that are right.
    """
    match step.task:
        case Number(what=what) | ShapeOf(what=what):
            return value_of(read_quantity(what), facts)
        case Choice(right=place):
            return (place,)
        case Compare():
            return _most(step.task, facts)
        case Judge(claim=claim):
            return (VERDICTS.index(decision(claim).verdict) + 1,)
        case Sketch(run=run, part=part):
            return middle_curve(one for one in facts.runs.get(run, ()) if part in (None, one.label))
    return None


def _most(task: Compare, facts: Facts) -> tuple[int, ...] | None:
    """Find which option has most; where others have as much, these too, or the option that says so."""
    found = {
        place: value_of(read_quantity(option.what), facts)
        for place, option in enumerate(task.options, start=1)
        if option.what
    }
    values = {place: value for place, value in found.items() if isinstance(value, int | float)}
    apart = task.apart if isinstance(task.apart, float | int) else value_of(read_quantity(task.apart), facts)
    if len(values) < len(found) or not isinstance(apart, int | float):
        return None
    best = tuple(place for place, value in values.items() if max(values.values()) - value <= apart + EXACT)
    neither = tuple(place for place, option in enumerate(task.options, start=1) if option.what is None)
    return neither if len(best) > 1 and neither else best


def _is_right(step: LessonStep, given: Value | Curve, right: Value | Curve) -> bool:
    if isinstance(step.task, Sketch) and isinstance(given, tuple) and isinstance(right, tuple):
        return apart(given, right) <= step.task.within
    if isinstance(step.task, Choice | Compare | Judge):
        return isinstance(right, tuple) and given in right
    if isinstance(step.task, Number) and isinstance(given, int | float) and isinstance(right, int | float):
        times = step.task.factor
        return abs(given - right) <= step.task.within + EXACT or right / times <= given <= right * times
    return given == right


def _slips(step: LessonStep, given: Value | Curve, facts: Facts) -> tuple[Slip, ...]:
    """Name the slips that lead to a wrong number of parameters, or to a wrong shape."""
    if not isinstance(step.task, Number | ShapeOf):
        return ()
    quantity = read_quantity(step.task.what)
    find = {"params": param_slips, "output": shape_slips}.get(quantity.what)
    row = _row(quantity, facts)
    if find is None or row is None:
        return ()
    whole, index = row
    found = find(whole.rows[index], whole.architecture.layers[index])
    return tuple(slip for slip in found if slip.value == given)


def _row(quantity: Quantity, facts: Facts) -> tuple[Trace, int] | None:
    design = facts.find_design(quantity.place)
    whole = traced(design) if design else None
    places = [row.index for row in whole.rows if row.name == quantity.part] if whole else []
    return (whole, places[0]) if whole and places else None
