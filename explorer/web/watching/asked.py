"""What a browser asks for that watches, in its address: read within bounds, and refused in words."""

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

WATCH_ADDRESS = "watch"
KINDS = ("run", "race")
ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
MOST_AXIS = 40  # letters
MOST_NUMBER = 2**53  # what JavaScript counts to
MOST_PAUSE = 60_000  # ms


class WatchError(ValueError):
    """An address that asks for what nobody may watch; says why."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A run or a race, and how its curve is drawn."""

    kind: Literal["run", "race"]
    id: str
    axis: str = ""  # of a race
    singles: bool = False  # whether each seed of a race is a line
    deleted: bool = True  # whether runs are told of, too, that were taken out of the history


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """How one browser listens."""

    after: int = -1  # the number of what it heard last
    pause: int = 0  # ms that it wants between two messages: a tab that nobody sees needs few


def read_asked(path: Mapping[str, str], query: Mapping[str, str]) -> Asked:
    """Read what is watched from the parts of an address; raises `WatchError`."""
    kind, subject, axis = path.get("kind", ""), path.get("id", ""), query.get("axis", "")
    if kind not in KINDS:
        raise WatchError(f"kind: found {kind[:20]!r}; a run or a race can be watched.")
    if not ID.fullmatch(subject):
        raise WatchError(f"id: found {subject[:20]!r}; letters, digits, - and _ are allowed, at most 64.")
    if len(axis) > MOST_AXIS:
        raise WatchError(f"axis: found {len(axis):,} letters; at most {MOST_AXIS} are allowed.")
    if kind == "run":
        return Asked(kind="run", id=subject)
    return Asked(kind="race", id=subject, axis=axis, singles=query.get("singles") == "true")


def read_listener(query: Mapping[str, str]) -> Listener:
    """Read how a browser listens; raises `WatchError`."""
    return Listener(
        after=_whole(query, "after", least=-1, most=MOST_NUMBER), pause=_whole(query, "pause", least=0, most=MOST_PAUSE)
    )


def _whole(query: Mapping[str, str], name: str, *, least: int, most: int) -> int:
    found = query.get(name, str(least))
    number = int(found) if re.fullmatch(r"-?[0-9]{1,17}", found) else None
    if number is None or not least <= number <= most:
        raise WatchError(f"{name}: found {found[:20]!r}; whole numbers from {least} to {most:,} are allowed.")
    return number
