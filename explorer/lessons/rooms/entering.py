"""Networks entered in the challenges of rooms: checked, queued over seeds that nobody is told, and only then kept."""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from explorer.lessons.course.lesson import in_challenge
from explorer.lessons.course.tasks import Challenge
from explorer.lessons.rooms import events, rules
from explorer.lessons.rooms.entry_runs import Became, EntryRuns
from explorer.lessons.rooms.given_rules import WHAT, challenge_of, is_same
from explorer.lessons.rooms.room import Entry, Room, RoomError
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.person import Person
from explorer.training.recipe.recipe import Job

SEEDS = 2**31  # from 0 up to here


class Trainer(Protocol):
    """Trains what is entered, as the room's own; raises what refuses a launch."""

    def enter(self, room: str, jobs: Sequence[Job]) -> Sequence[str]:
        """Queue a job a seed, and give the runs' ids."""

    def withdraw(self, runs: Sequence[str]) -> None:
        """End runs of an entry that nobody waits for any more."""


class OwnEntry(NamedTuple):
    """What somebody entered, what became of it, and its place while the board is shown."""

    entry: Entry
    became: Became
    place: int | None


class Entering:
    """All challenges of a server; may be used from any thread."""

    def __init__(
        self,
        rooms: Rooms,
        entries: EntryRuns,
        *,
        trainer: Callable[[Person], Trainer],
        most_entries: Callable[[], int],
    ) -> None:
        self._rooms, self._entries = rooms, entries
        self._trainer, self._most_entries = trainer, most_entries
        self._lock = threading.Lock()

    def enter(self, code: str, person: Person, event: events.Entered) -> Room:
        """Enter a network with its recipe at a step: what `event` lacks of runs is queued here.

        Raises `RoomError`, what the log raises, and what refuses a launch; nothing is entered then.
        """
        with self._lock:
            room = self._rooms.room(code)
            task = challenge_of(room, room.lesson.step(event.step))
            event = replace(event, runs=())
            rules.check_may(room, event, person)
            rules.happen(room, event, by=person.id, at=time.time())
            trainer = self._trainer(person)
            self._check_new(room, person, event, trainer)
            recipes = (in_challenge(event.recipe, task, seed=seed) for seed in self._seeds(room, event.step, task))
            runs = trainer.enter(code, [Job(event.design, recipe) for recipe in recipes])
            try:
                return self._rooms.happen(code, person, replace(event, runs=tuple(runs)))
            except Exception:
                trainer.withdraw(runs)
                raise

    def own(self, code: str, person: Person, step: str) -> list[OwnEntry]:
        """List what a person has entered at a step of a room; raises `RoomError` and `StoreError`."""
        room = self._rooms.room(code)
        mine = own_entries(room, person, step)
        self._entries.look(room.entered(step) if mine and room.board_shown else mine)
        ranked = self._entries.board(room, room.lesson.step(step)) if mine and room.board_shown else ()
        places = {placed.standing.number: placed.place for placed in ranked}
        return [OwnEntry(entry, self._entries.of(entry), places.get(entry.number)) for entry in mine]

    def _check_new(self, room: Room, person: Person, event: events.Entered, trainer: Trainer) -> None:
        """Refuse one network too many, and one that was entered before unless that came to no end of its own."""
        mine = own_entries(room, person, event.step)
        if len(mine) >= (most := self._most_entries()):
            found, repair = f"{len(mine)} that you entered", "Wait for what comes of them."
            raise RoomError(WHAT, found=found, allowed=f"at most {most}", repair=repair)
        self._entries.look(mine)
        stopped = [entry for entry in mine if self._entries.of(entry).stage == "stopped"]
        if any(is_same(entry, event) for entry in mine if entry not in stopped):
            found = "one that you have entered, with the same recipe"
            raise RoomError(WHAT, found=found, allowed="another one", repair="Change something of it.")
        trainer.withdraw([run for entry in stopped for run in entry.runs])

    def _seeds(self, room: Room, step: str, task: Challenge) -> tuple[int, ...]:
        """Give a step's seeds, drawn at its first entry; the room draws them, not who enters."""
        if step not in room.seeds:
            drawn = tuple(secrets.SystemRandom().sample(range(SEEDS), task.seeds))
            room = self._rooms.happen(room.code, Person(room.opened_by), events.SeedsDrawn(step, drawn))
        return room.seeds[step]


def own_entries(room: Room, person: Person, step: str) -> list[Entry]:
    """List what a person has entered at a step."""
    member = room.present(person.id)
    return [entry for entry in room.entered(step) if member and entry.member == member.id]
