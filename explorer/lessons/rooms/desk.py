"""What the teacher's desk has of a room: members × steps, how each stands, who is stuck, and the slips by name."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from explorer.architecture.spec import Architecture
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.right import Outcome
from explorer.lessons.course.tasks import Sketch
from explorer.lessons.rooms.outcomes import Judged, Outcomes, outcome_of
from explorer.lessons.rooms.room import Member, Room

STUCK_AFTER = 180.0  # seconds without a change at a step that is not done
STUCK_TRIES = 2  # wrong ones
ANEW = 5.0  # seconds after which a row is laid out anew, for who has got stuck

Stuck = Literal["", "no change", "wrong twice"]


class Sight(msgspec.Struct, frozen=True):
    """What a member's page showed last, and when that changed, in Unix seconds."""

    design: Architecture
    at: float


class Cell(msgspec.Struct, frozen=True):
    """How a member stands at a step: what they gave last, in which round, after how many tries, and what came of it."""

    outcome: Outcome
    text: str
    round: int
    tries: int
    slips: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One member: what they are called, where they are since when, and a cell for each step that they answered."""

    member: str
    called: str
    at: str
    since: float
    wants_help: bool
    stuck: Stuck
    cells: dict[str, Cell]


def row_of(room: Room, member: Member, *, now: float, sight: Sight | None = None, judged: Judged = outcome_of) -> Row:
    """Lay out a member's row."""
    since = max(member.since, sight.at if sight else 0.0)
    cells = {step.name: cell for step in room.lesson.steps if (cell := _cell(room, member, step, judged))}
    return Row(
        member=member.id,
        called=room.called(member),
        at=member.at,
        since=since,
        wants_help=member.wants_help,
        stuck=_stuck(cells.get(member.at), now - since),
        cells=cells,
    )


def _cell(room: Room, member: Member, step: LessonStep, judged: Judged) -> Cell | None:
    given, found = member.last(step.name), judged(room, member, step)
    if given is None or found is None:
        return None
    tries = sum(each.answer.tries for each in member.given[step.name])
    slips = tuple(slip.name for slip in found.slips)
    return Cell(found.outcome, _short(step, given.answer.text), given.round, tries, slips)


def _short(step: LessonStep, text: str) -> str:
    """Give what a cell has room for: of a curve its two ends."""
    losses = text.split() if isinstance(step.task, Sketch) else []
    return f"{losses[0]} → {losses[-1]}" if losses else text


def _stuck(here: Cell | None, idle: float) -> Stuck:
    if here and here.outcome == "wrong" and here.tries >= STUCK_TRIES:
        return "wrong twice"
    is_done = here is not None and here.outcome in ("right", "noted", "waiting")
    return "no change" if idle > STUCK_AFTER and not is_done else ""


class DeskRows:
    """A room's rows, each laid out anew when something of it changed, and all of them every few seconds."""

    def __init__(self, outcomes: Outcomes) -> None:
        self._outcomes = outcomes
        self._found: dict[str, tuple[object, Row]] = {}  # by members' ids, with what they stand on

    def of(self, room: Room, sights: Mapping[str, Sight], *, now: float) -> list[Row]:
        """Lay out the rows of those who are there."""
        return [self._row(room, member, sights.get(member.id), now) for member in room.here]

    def _row(self, room: Room, member: Member, sight: Sight | None, now: float) -> Row:
        stands_on = (member, sight, room.anonymous, self._outcomes.known(room, member), now // ANEW)
        found = self._found.get(member.id)
        if found is None or found[0] != stands_on:
            row = row_of(room, member, now=now, sight=sight, judged=self._outcomes.of)
            self._found[member.id] = found = (stands_on, row)
        return found[1]
