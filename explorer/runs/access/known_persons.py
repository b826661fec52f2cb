"""The persons of whom a folder keeps something, found by their id or by what the class calls them."""

from collections import defaultdict
from pathlib import Path

import msgspec

from explorer.runs.access.audit import FORGOTTEN, audit_log, deeds
from explorer.runs.store.persons import PersonError
from explorer.runs.store.reader import Reader

MOST_LISTED = 20


class KnownPerson(msgspec.Struct, frozen=True):
    """Somebody of whom something is kept."""

    id: str
    nicknames: tuple[str, ...]  # the latest first
    num_runs: int

    @property
    def words(self) -> str:
        """The person in a line: `3f0a (Ada), 3 runs`."""
        called = f" ({' or '.join(self.nicknames)})" if self.nicknames else ""
        return f"{self.id}{called}, {self.num_runs} run{'s' * (self.num_runs != 1)}"


def find_person(home: Path, named: str) -> KnownPerson:
    """Find the one person of an id or a nickname; raises `PersonError`, which lists those that can be meant."""
    known = known_persons(home)
    by_id = [person for person in known if person.id == named]
    found = by_id or [person for person in known if named.casefold() in map(str.casefold, person.nicknames)]
    if len(found) == 1:
        return found[0]
    if found:
        raise PersonError(f"{len(found)} persons are called {named}. Give the id of one: {_listed(found)}.")
    listed = f" Something is kept of: {_listed(known)}." if known else ""
    raise PersonError(f"Nothing is kept of anybody whose id or nickname is {named}.{listed}")


def known_persons(home: Path) -> list[KnownPerson]:
    """List all of whom something is kept: runs, a nickname, or a line of the log."""
    reader = Reader(home / "runs.sqlite")
    if not reader.path.exists():
        raise PersonError(f"There is no file {reader.path}, so nothing is kept of anybody.")
    counts, names = reader.owners(), defaultdict[str, list[str]](list)
    for person, nickname in reader.nicknames().items():
        names[person].append(nickname)
    for _, deed in reversed(list(deeds(audit_log(home)))):
        if deed.person != FORGOTTEN:
            names[deed.person].append(deed.nickname)
    for person, nickname in reader.room_events.persons():
        names[person].append(nickname)
    ids = dict.fromkeys((*names, *counts))
    return [KnownPerson(each, _once(names[each]), counts.get(each, 0)) for each in ids]


def _once(nicknames: list[str]) -> tuple[str, ...]:
    return tuple(filter(None, dict.fromkeys(nicknames)))


def _listed(found: list[KnownPerson]) -> str:
    more = len(found) - MOST_LISTED
    words = [person.words for person in found[:MOST_LISTED]] + [f"and {more} more"] * (more > 0)
    return "; ".join(words)
