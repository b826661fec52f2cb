"""The open rooms of a server: who does what there is checked, kept, and only then told.

A room is built from its kept events when it is asked for first. Everything may be called from any thread.
"""

import itertools
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from explorer.architecture.spec import Architecture
from explorer.lessons.course.lesson import design_of
from explorer.lessons.course.lesson_file.reader import LessonError
from explorer.lessons.rooms import events, rules
from explorer.lessons.rooms.desk import Sight
from explorer.lessons.rooms.event_log import EventLog
from explorer.lessons.rooms.room import Member, Room, RoomError
from explorer.lessons.rooms.view import View, view_of
from explorer.runs.access.audit import AuditLog
from explorer.runs.access.codes import draw_code, tidied
from explorer.runs.access.guesses import Guesses
from explorer.runs.access.limits import Limits
from explorer.runs.access.person import Person
from explorer.runs.store.room_events import ChangedElsewhereError, Row

CODE_LENGTH = 6
MOST_OPEN = 100  # rooms of a server
MOST_WRITTEN = 2_000_000  # bytes that one member's events may take in a room
A_ROW = 200  # bytes that an event takes beside its JSON

_versions = itertools.count(1)


class Kept:
    """A room in memory: how it stands, how often it changed, and what its members' pages show."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.number = 0  # of its last kept event
        self.version = next(_versions)  # another one with everything that a screen of it can show
        self.written: Counter[str] = Counter()  # bytes by persons
        self.sights: dict[str, Sight] = {}  # by members' ids
        self.missed = 0  # events that are kept and cannot be read

    def take(self, row: Row, room: Room) -> None:
        """Take how the room stands after a kept event."""
        self.room, self.number = room, row.number
        self.version = next(_versions)
        self.written[row.person] += len(row.line) + A_ROW


class Rooms:
    """All rooms of a server; raises `RoomError`, and what the log raises."""

    def __init__(
        self,
        log: EventLog,
        *,
        owner_of: Callable[[str], str | None] | None = None,
        most_members: Callable[[], int] = lambda: Limits().room_members,
        audit: AuditLog | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take a log; `owner_of` says whose a run, or race, is that somebody answers with."""
        self._log, self._owner_of = log, owner_of
        self._most_members, self._audit, self._clock = most_members, audit, clock
        self._kept: dict[str, Kept] = {}
        self._lock = threading.RLock()
        self._guesses = Guesses()

    def open(self, person: Person, *, lesson: str, text: str) -> Room:
        """Open a room from a lesson's file, which goes by a name here; raises `LessonError` besides."""
        if not person.is_teacher:
            raise RoomError("a room", found="a member of the class", allowed="its teacher", repair="Ask the teacher.")
        with self._lock:
            codes = self._log.codes()
            if len(codes) >= MOST_OPEN:
                found = f"{len(codes)} rooms that are kept"
                raise RoomError("a room", found=found, allowed=f"at most {MOST_OPEN}", repair="Delete old ones.")
            code = next(drawn for _ in iter(int, 1) if (drawn := draw_code(CODE_LENGTH)) not in codes)
            event = events.Opened(code, lesson, text)
            now = self._clock()
            kept = Kept(rules.opened(event, by=person.id, at=now))
            self._keep(kept, event, kept.room, person, now)
            self._kept[code] = kept
            return kept.room

    def room(self, code: str) -> Room:
        """Give a room as it stands."""
        return self._found(code).room

    def version(self, code: str) -> int:
        """Give a number that is another one when a screen of a room would show something else."""
        return self._found(code).version

    def missed(self, code: str) -> int:
        """Count the kept events of a room that cannot be read, for they were damaged in the file."""
        return self._found(code).missed

    def led_by(self, person: Person) -> list[Room]:
        """List the rooms that a person may lead, the newest first."""
        with self._lock:
            codes = self._log.codes()
            self._kept = {code: kept for code, kept in self._kept.items() if code in codes}  # old ones go by themselves
            found = [kept.room for code in codes if (kept := self._find(code))]
        return sorted((room for room in found if person.may_change(room.opened_by)), key=lambda room: -room.opened)

    def joined_by(self, person: Person) -> list[Room]:
        """List the rooms whose lesson goes on and that a person is a member of, the newest first."""
        with self._lock:
            found = [kept.room for code in self._log.codes() if (kept := self._find(code))]
        mine = (room for room in found if room.present(person.id) and not room.closed)
        return sorted(mine, key=lambda room: -room.opened)

    def find(self, typed: str, *, by: str) -> Room:
        """Find a room by its code as a person types it; who guesses waits longer and longer."""
        if wait := self._guesses.wait(by):
            repair = f"Try again in {round(wait) + 1} seconds."
            raise RoomError("the code", found="many that are no room's", allowed="the one on the wall", repair=repair)
        code = tidied(typed)[: CODE_LENGTH + 1]
        with self._lock:
            kept = self._find(code)
        if kept is None:
            self._guesses.note_wrong(by)
            raise _no_room(code)
        self._guesses.forget(by)
        return kept.room

    def join(self, code: str, person: Person, nickname: str) -> Member:
        """Let a person in under a name; who is there already is the same member, with the new name; see `find`."""
        with self._lock:
            kept = self._found(self.find(code, by=person.id).code)
            known = kept.room.member_of(person.id)
            if known and known.is_here and known.nickname == nickname:
                return known
            if known is None and len(kept.room.members) >= self._most_members():
                found, allowed = f"{len(kept.room.members)} members", f"at most {self._most_members()}"
                raise RoomError("the room", found=found, allowed=allowed, repair="Ask the teacher to open another.")
            member_id = known.id if known else secrets.token_hex(4)
            room = self.happen(kept.room.code, person, events.Joined(member_id, nickname))
            return room.members[member_id]

    def happen(self, code: str, person: Person, event: events.RoomEvent) -> Room:
        """Let something happen in a room: it is kept when this returns, and refused it changes nothing."""
        with self._lock:
            try:
                return self._happen(code, person, event)
            except ChangedElsewhereError:  # somebody was forgotten, or a room deleted: nothing of it stays in memory
                self._kept.clear()
                return self._happen(code, person, event)

    def answer(self, code: str, person: Person, step: str, text: str) -> Room:
        """Take a typed answer of a member, to the present round, about the network that their page shows."""
        with self._lock:
            kept = self._found(code)
            member = kept.room.present(person.id)
            sight = kept.sights.get(member.id) if member else None
            design = _fixed(kept.room, step) or (sight.design if sight else None)
            if design is None:
                repair = "Load the page again."
                raise RoomError("your answer", found="one to a page from before", allowed="to this step", repair=repair)
            number = kept.room.steps[step].round if step in kept.room.steps else 1
            return self.happen(code, person, events.Answered(step, number, design, text))

    def _happen(self, code: str, person: Person, event: events.RoomEvent) -> Room:
        kept, now = self._found(code), self._clock()
        rules.check_may(kept.room, event, person)
        self._check_run(kept.room, event, person)
        room = rules.happen(kept.room, event, by=person.id, at=now)
        if room != kept.room:
            self._keep(kept, event, room, person, now)
        return kept.room

    def _check_run(self, room: Room, event: events.RoomEvent, person: Person) -> None:
        """Refuse an answer by a run that is neither the member's own nor the teacher's."""
        if self._owner_of is None or not isinstance(event, events.Answered) or not event.run:
            return
        if self._owner_of(event.run) not in (person.id, room.opened_by):
            repair = "Train it yourself."
            raise RoomError("the run", found="another person's", allowed="your own", repair=repair)

    def note(self, code: str, person: Person, design: Architecture) -> None:
        """Note what a member's page shows, for the desk; that is not kept over a restart."""
        with self._lock:
            kept = self._found(code)
            member = kept.room.present(person.id)
            if member and (member.id not in kept.sights or kept.sights[member.id].design != design):
                kept.sights[member.id] = Sight(design, self._clock())
                kept.version = next(_versions)

    def sights(self, code: str) -> Mapping[str, Sight]:
        """Give what the members' pages showed last, by the members' ids."""
        return dict(self._found(code).sights)

    def view(self, code: str, person: Person) -> View | None:
        """Give a room as one member's page has it; None for who is not, or no longer, a member."""
        with self._lock:
            kept = self._find(code)
        member = kept.room.present(person.id) if kept else None
        return view_of(kept.room, member) if kept and member else None

    def delete(self, code: str, person: Person) -> None:
        """Remove a room with all names and answers."""
        with self._lock:
            kept = self._found(code)
            rules.check_may(kept.room, events.Closed(), person)
            self._log.delete(code)
            del self._kept[code]
        self._write_down(person, "delete a room", code)

    def _keep(self, kept: Kept, event: events.RoomEvent, room: Room, person: Person, now: float) -> None:
        """Append an event to the log, and only then take what it makes of the room."""
        row = Row(kept.number + 1, now, person.id, events.write_event(event))
        if not isinstance(event, events.Led) and kept.written[person.id] + len(row.line) + A_ROW > MOST_WRITTEN:
            found, allowed = "very many answers of one member", f"{MOST_WRITTEN:,} bytes of them"
            raise RoomError("your answer", found=found, allowed=allowed, repair="Ask the teacher.")
        self._log.append(room.code, row)
        kept.take(row, room)
        if isinstance(event, events.Led):
            self._write_down(person, f"room: {type(event).__struct_config__.tag}", room.code)

    def _write_down(self, person: Person, action: str, code: str) -> None:
        if self._audit:
            self._audit.write(person, action, code)

    def _found(self, code: str) -> Kept:
        with self._lock:
            kept = self._find(code)
        if kept is None:
            raise _no_room(code)
        return kept

    def _find(self, code: str) -> Kept | None:
        if code not in self._kept and (built := _built(self._rows(code))):
            self._kept[code] = built
        return self._kept.get(code)

    def _rows(self, code: str) -> Sequence[Row]:
        try:
            return self._log.rows(code)
        except ChangedElsewhereError:
            self._kept.clear()
            return self._log.rows(code)


def _fixed(room: Room, name: str) -> Architecture | None:
    """Give the network of a step of which nothing may be changed."""
    step = room.lesson.step(name)
    return design_of(room.lesson, step) if step.lets == () else None


def _built(rows: Sequence[Row]) -> Kept | None:
    """Build a room from what is kept of it; what cannot be read, or needs something that cannot, is counted."""
    kept, missed = None, 0
    for row in rows:
        try:
            event = events.read_event(row.line)
            if kept is None:
                if not isinstance(event, events.Opened):
                    return None  # nobody can tell which lesson was given
                kept = Kept(rules.opened(event, by=row.person, at=row.at))
                kept.take(row, kept.room)
            else:
                kept.take(row, rules.happen(kept.room, event, by=row.person, at=row.at))
        except (msgspec.MsgspecError, RoomError, LessonError, RecursionError):
            missed += 1
    if kept:
        kept.missed, kept.number = missed, rows[-1].number
    return kept


def _no_room(code: str) -> RoomError:
    repair = "Look at it once more: letters and digits, in any case."
    return RoomError("the code", found=f"“{code[:20]}”, which is no room's", allowed="an open room's", repair=repair)
