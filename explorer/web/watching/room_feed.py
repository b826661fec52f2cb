"""Tells the screens of a room what changed there, a few times a second at most, encoded once for all told alike.

What a member's page, the projector and the desk may know differs, and so each is a feed of its own.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from explorer.lessons.rooms.desk import ANEW, DeskRows, Row
from explorer.lessons.rooms.outcomes import Outcomes
from explorer.lessons.rooms.room import Room, RoomError
from explorer.lessons.rooms.step_runs import StepRuns
from explorer.runs.access.person import Person
from explorer.runs.store.database import StoreError
from explorer.views.rooms.told import desk_told, member_page, member_told, projector_told
from explorer.web.base.shared import rooms, runs
from explorer.web.watching.asked import Asked
from explorer.web.watching.feed import AFTER_ERROR

SPACING = 0.25  # seconds between two looks at a room
FOLLOWED = 10  # pages a second that follow the class: each takes 50 ms or so, and answers come meanwhile

logger = logging.getLogger(__name__)


class Telling(NamedTuple):
    """What a screen is told at one time."""

    page: str  # differs where a page has to be drawn anew
    told: msgspec.Struct
    num_removed: int = 0  # members, who have to hear of it
    rows: Sequence[Row] = ()


class RoomFeed:
    """One room as one kind of screen hears of it; all who listen wait in the same event loop, while a thread looks."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.ended = False
        self._number = time.time_ns() // 1_000_000  # of the latest telling; see `watching.py`
        self._told: Telling | None = None
        self._changed_rows: dict[str, tuple[int, Row]] = {}  # by members' ids, with the telling that they changed in
        self._encoded: dict[int, bytes] = {}
        self._room: Room | None = None
        self._version, self._looked = -1, 0.0
        self._runs = StepRuns(runs().store)
        self._outcomes = Outcomes(self._runs)
        self._rows = DeskRows(self._outcomes)
        self._listeners = 0
        self._changed = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    def join(self) -> None:
        """Look at the room for one more."""
        self._listeners += 1
        self._looking = self._looking or asyncio.create_task(self._look_on())

    def leave(self) -> bool:
        """Look for one fewer; says whether that was the last."""
        self._listeners -= 1
        if self._listeners or self._looking is None:
            return False
        self._looking.cancel()
        return True

    async def may_hear(self, person: Person) -> bool:
        """Say whether this is a person's to hear: a member's page's, or who leads the room's."""
        if self._room is not None and self._is_of(self._room, person):
            return True
        try:  # who has just come is not in what was looked at last
            room = await asyncio.to_thread(rooms().room, self.asked.id)
        except (RoomError, StoreError):
            return False
        return self._is_of(room, person)

    def _is_of(self, room: Room, person: Person) -> bool:
        return room.present(person.id) is not None if self.asked.kind == "room" else person.may_change(room.opened_by)

    @property
    def farewell(self) -> bytes:
        """What a member is told who was removed."""
        if self._told is None or self.asked.kind != "room" or self.ended:
            return b""
        told = msgspec.structs.replace(self._told.told, removed=True)
        return self._encode(self._told._replace(told=told, page="removed"), (), ended=True)

    async def after(self, number: int) -> tuple[int, bytes]:
        """Wait for a telling other than the one of a number; gives its number and the message."""
        while not self.ended and (self._told is None or self._number == number):
            await self._changed.wait()
        return self._number, self._message(number)

    def _message(self, number: int) -> bytes:
        known = number if self.asked.kind == "desk" and number < self._number else -1
        if known not in self._encoded:
            rows = [row for changed, row in self._changed_rows.values() if changed > known]
            self._encoded[known] = self._encode(self._told, rows, ended=self.ended)
        return self._encoded[known]

    def _encode(self, telling: Telling | None, rows: Sequence[Row], *, ended: bool) -> bytes:
        of_desk = {"rows": rows} if self.asked.kind == "desk" else {}
        head = {
            "address": self.asked.address,
            "number": self._number,
            "spread": 1_000 * self._listeners // FOLLOWED,  # ms over which the pages are drawn anew
            "ended": ended,
        }
        told = {"page": telling.page, "told": telling.told} if telling else {"page": "gone", "told": None}
        return msgspec.json.encode({**head, **told, **of_desk})

    async def _look_on(self) -> None:
        while not self.ended:
            pause = SPACING
            try:
                if telling := await asyncio.to_thread(self._look):
                    self._tell(telling)
            except RoomError:  # it was deleted
                self.ended, self._told = True, None
                self._tell_changed()
            except StoreError as error:  # pages say it in words
                logger.warning("A room could not be read: %s", error)
                pause = AFTER_ERROR
            await asyncio.sleep(pause)

    def _look(self) -> Telling | None:
        version, now = rooms().version(self.asked.id), time.time()
        is_due = self.asked.kind != "room" and now - self._looked >= ANEW
        if version == self._version and not is_due:
            return None
        room = rooms().room(self.asked.id)
        self._version, self._looked, self._room = version, now, room
        return self._telling(room, now)

    def _telling(self, room: Room, now: float) -> Telling:
        if self.asked.kind == "room":
            return Telling(member_page(room), member_told(room), len(room.members) - len(room.here))
        self._outcomes.look(room)
        if self.asked.kind == "projector":
            return Telling(member_page(room), projector_told(room, self._outcomes, self._runs))
        rows = self._rows.of(room, rooms().sights(room.code), now=now)
        missed = rooms().missed(room.code)
        return Telling(member_page(room), desk_told(room, self._outcomes, self._runs, missed=missed), rows=rows)

    def _tell(self, telling: Telling) -> None:
        """Take what is told now, in the event loop; nobody hears what they have heard."""
        changed = [row for row in telling.rows if self._changed_rows.get(row.member, (0, None))[1] != row]
        before, self._told = self._told, telling
        if before is not None and before[:3] == telling[:3] and not changed:
            return
        self._number += 1
        here = {row.member for row in telling.rows}
        kept = {member: found for member, found in self._changed_rows.items() if member in here}
        self._changed_rows = kept | {row.member: (self._number, row) for row in changed}
        self._tell_changed()

    def _tell_changed(self) -> None:
        self._encoded.clear()
        self._changed.set()
        self._changed = asyncio.Event()
