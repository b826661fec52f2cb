"""A number as a person types it: read within its bounds or refused in words, written back, stepped down and up."""

import math
import re
from typing import NamedTuple

GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+")  # thousands apart
MOST_SHOWN = 24  # characters of what was typed
DIGITS = 10  # of a number that is written: more than anybody types
FIRST = 0.01  # where 0 is stepped up to, if its number has no step of its own
SERIES = (1, 2, 5)  # of which times a power of ten each factor of a learning rate is about as large


class NumberError(ValueError):
    """What was typed is not such a number; says what would be."""


class NumberRule(NamedTuple):
    """Which numbers a field takes, and how it is stepped."""

    allowed: str  # in words
    is_whole: bool = False
    low: float = -math.inf
    high: float = math.inf
    excludes_low: bool = False
    excludes_high: bool = False
    is_optional: bool = False  # it can be left empty
    step: float | None = None  # None: along 1, 2, 5, 10, …
    start: float | None = None  # where an empty one is stepped to; its lowest number if None

    def takes(self, number: float) -> bool:
        """Say whether a number is within the bounds."""
        above = number > self.low if self.excludes_low else number >= self.low
        return above and (number < self.high if self.excludes_high else number <= self.high)


def read_number(text: str, rule: NumberRule) -> int | float | None:
    """Read what was typed; None where a field is left empty that can be. Raises `NumberError`."""
    typed = text.strip().replace("−", "-")
    if not typed and rule.is_optional:
        return None
    number = _number(typed.replace(",", "") if GROUPED.fullmatch(typed) else typed)
    if number is None or not rule.takes(number) or (rule.is_whole and number != int(number)):
        shown = typed if len(typed) <= MOST_SHOWN else typed[:MOST_SHOWN] + "…"
        found = f"“{shown}” is not" if typed else "Nothing is typed: it takes"
        raise NumberError(f"{found} {rule.allowed}.")
    return int(number) if rule.is_whole else number


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def write_number(number: float | None) -> str:
    """Write a number as it can be typed; nothing for None."""
    if number is None:
        return ""
    return str(number) if isinstance(number, int) else f"{number:.{DIGITS}g}"


def stepped(number: float | None, rule: NumberRule, *, up: bool) -> int | float | None:
    """Step a number down or up; one at its bound stays."""
    if number is None:
        return _as_ruled(rule.low if rule.start is None else rule.start, rule) if up else None
    moved = _by_factor(number, up=up) if rule.step is None else _round(number + (rule.step if up else -rule.step))
    return _as_ruled(moved, rule) if rule.takes(moved) else number


def _as_ruled(number: float, rule: NumberRule) -> int | float:
    return int(number) if rule.is_whole else float(number)


def _by_factor(number: float, *, up: bool) -> float:
    """Give the next of 1, 2, 5, 10, … below or above a number."""
    if number <= 0:
        return _round(number + (FIRST if up else -FIRST))
    power = math.floor(math.log10(number))
    places = [_round(one * 10.0**exponent) for exponent in range(power - 1, power + 2) for one in SERIES]
    if up:
        return min(place for place in places if place > number * (1 + 1e-9))
    return max(place for place in places if place < number * (1 - 1e-9))


def _round(number: float) -> float:
    """Drop what binary fractions add: 0.1 + 0.2 is 0.3."""
    return float(f"{number:.{DIGITS}g}")
