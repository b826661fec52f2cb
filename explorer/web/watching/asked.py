"""What a browser asks for that watches, in its address: read within bounds, and refused in words."""

import re
from collections.abc import Mapping
from typing import Literal, get_args
from urllib.parse import parse_qsl, urlencode

import msgspec
from msgspec.structs import replace
from starlette.datastructures import QueryParams

WATCH_ADDRESS = "watch"
Kind = Literal["run", "race", "mine", "room", "desk", "projector"]
KINDS: tuple[Kind, ...] = get_args(Kind)
OF_ROOMS = ("room", "desk", "projector")  # which members hear, and which only who leads it
MINE = "all"  # what of a person's goes on: there is nothing else to name
MOST_SUBJECTS = 4  # that one socket tells of
ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
MOST_AXIS = 40  # letters
MOST_NUMBER = 2**53  # what JavaScript counts to
MOST_PAUSE = 60_000  # ms


class WatchError(ValueError):
    """An address that asks for what nobody may watch; says why."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A run or a race, and how its curve is drawn; all that goes on of one person, whose id nobody is told; a room."""

    kind: Kind
    id: str
    axis: str = ""  # of a race
    singles: bool = False  # whether each seed of a race is a line
    deleted: bool = True  # whether runs are told of, too, that were taken out of the history

    @property
    def address(self) -> str:
        """Where it is watched, below the app's own address; by this a browser tells messages apart."""
        asked = {"axis": self.axis} if self.axis else {}
        asked |= {"singles": "true"} if self.singles else {}
        named = f"{WATCH_ADDRESS}/{self.kind}/{MINE if self.kind == 'mine' else self.id}"
        return f"{named}?{urlencode(asked)}" if asked else named


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """How one browser listens."""

    after: int = -1  # the number of what it heard last
    pause: int = 0  # ms that it wants between two messages: a tab that nobody sees needs few


def read_subjects(path: Mapping[str, str], query: QueryParams) -> list[tuple[Asked, Listener]]:
    """Read all that a socket is to tell of: what its address names, and further ones as `also`; raises `WatchError`."""
    listener = read_listener(query)
    found = [(read_asked(path, query), listener)]
    others = query.getlist("also")
    if len(others) >= MOST_SUBJECTS:
        raise WatchError(f"also: found {len(others):,} more; one socket tells of at most {MOST_SUBJECTS}.")
    for other in others:
        named, _, asked = other.partition("?")
        kind, _, subject = named.removeprefix(f"{WATCH_ADDRESS}/").partition("/")
        told = dict(parse_qsl(asked))
        heard = read_listener(told)
        found.append((read_asked({"kind": kind, "id": subject}, told), replace(heard, pause=listener.pause)))
    return found


def read_asked(path: Mapping[str, str], query: Mapping[str, str]) -> Asked:
    """Read what is watched from the parts of an address; raises `WatchError`."""
    named, subject, axis = path.get("kind", ""), path.get("id", ""), query.get("axis", "")
    kind = next((kind for kind in KINDS if kind == named), None)
    if kind is None:
        raise WatchError(f"kind: found {named[:20]!r}; a run, a race, a room, or all that is mine can be watched.")
    if kind == "mine":
        return Asked(kind="mine", id="")
    if not ID.fullmatch(subject):
        raise WatchError(f"id: found {subject[:20]!r}; letters, digits, - and _ are allowed, at most 64.")
    if len(axis) > MOST_AXIS:
        raise WatchError(f"axis: found {len(axis):,} letters; at most {MOST_AXIS} are allowed.")
    if kind != "race":
        return Asked(kind=kind, id=subject)
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
