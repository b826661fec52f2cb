"""What must hold until a step is done: `params <= 20_000`, `fits`, `has Dropout`, `gap in small-run >= 0.1`."""

import operator
import re
from collections.abc import Callable
from typing import NamedTuple

from explorer.architecture.kinds import KINDS
from explorer.lessons.answers import AnswerError, read_shape
from explorer.lessons.course.facts import Facts
from explorer.lessons.course.quantities import (
    Quantity,
    QuantityError,
    Value,
    meant,
    read_quantity,
    traced,
    unit_of,
    value_of,
)

RELATIONS: dict[str, Callable[[Value, Value], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
COMPARED = re.compile(r"([^<>=]+)(<=|>=|<|>|=)([^<>=]+)")
HAS = re.compile(r"has (no )?(\w+)")
FITS = "fits"
EXAMPLE = "Such as: params <= 20_000, fits, has Dropout, has no Sigmoid."


class Condition(NamedTuple):
    """One thing that must hold: a quantity in relation to a value, or a network that fits, or has a kind of layer."""

    text: str
    quantity: Quantity | None = None
    relation: str = ""
    wanted: Value | Quantity = 0
    kind: str = ""
    is_there: bool = True


class Met(NamedTuple):
    """How a condition stands: what there is now, and whether that is what is asked for."""

    condition: Condition
    now: Value | None
    holds: bool
    wanted: Value | None = None  # what it is held against


def read_condition(text: str) -> Condition:
    """Read a condition as a lesson writes it; raises `QuantityError`."""
    line = text.strip()
    if line == FITS:
        return Condition(line)
    if has := HAS.fullmatch(line):
        if has[2] not in KINDS:
            raise QuantityError(found=f"“{has[2]}”", allowed="a kind of layer", repair=meant(has[2], list(KINDS)))
        return Condition(line, kind=has[2], is_there=not has[1])
    compared = COMPARED.fullmatch(line)
    if compared is None:
        allowed = "fits, has KIND, has no KIND, or a quantity, one of <= >= < > =, and a value"
        raise QuantityError(found=f"“{line[:60]}”", allowed=allowed, repair=EXAMPLE)
    quantity = read_quantity(compared[1])
    wanted = _read_value(compared[3].strip(), quantity)
    _check_alike(line, quantity, compared[2], wanted)
    return Condition(line, quantity, compared[2], wanted)


def _check_alike(line: str, quantity: Quantity, relation: str, wanted: Value | Quantity) -> None:
    """Raise `QuantityError` for a shape beside a number, and for one that should be larger than another."""
    sides = [quantity, wanted] if isinstance(wanted, Quantity) else [quantity]
    shapes = [unit_of(side) == "shape" for side in sides]
    if any(shapes) and not (all(shapes) and relation == "="):
        allowed = "a number beside a number, or a shape = a shape"
        raise QuantityError(found=f"“{line[:60]}”", allowed=allowed, repair="Such as: size of conv1 > params.")


def _read_value(text: str, quantity: Quantity) -> Value | Quantity:
    try:
        if text[:1].isalpha():
            return read_quantity(text)
        if unit_of(quantity) == "shape":
            return read_shape(text, rank=3)
        plain = text.replace("_", "").replace(",", "")
        return int(plain) if plain.isascii() and plain.isdecimal() else float(plain)
    except (AnswerError, ValueError) as error:
        wanted = "a shape, such as 6 × 28 × 28" if unit_of(quantity) == "shape" else "a number, such as 20_000 or 0.85"
        raise QuantityError(found=f"“{text[:60]}”", allowed=wanted) from error


def how_met(condition: Condition, facts: Facts) -> Met:
    """Say how a condition stands in a state."""
    if condition.quantity:
        now, wanted = value_of(condition.quantity, facts), condition.wanted
        against = value_of(wanted, facts) if isinstance(wanted, Quantity) else wanted
        if now is None or against is None:
            return Met(condition, now, holds=False, wanted=against)
        return Met(condition, now, RELATIONS[condition.relation](now, against), against)
    if condition.kind:
        there = any(type(layer).__name__ == condition.kind for layer in facts.design.layers)
        return Met(condition, None, there is condition.is_there)
    return Met(condition, None, traced(facts.design).error is None)
