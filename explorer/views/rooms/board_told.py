"""The board of a challenge, as the projector and the desk are told it: on the projector entries have numbers alone."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.tasks import Challenge
from explorer.lessons.rooms.board import Placed
from explorer.lessons.rooms.entry_runs import EntryRuns
from explorer.lessons.rooms.room import Room


class PointTold(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that has trained: how large it is, and its accuracies as shares of 1; the best first."""

    label: str  # its number; for the teacher whose it is, too
    number: int
    params: int
    median: float
    low: float
    high: float
    place: int | None
    front: bool


class BoardTold(msgspec.Struct, frozen=True, kw_only=True):
    """A challenge's board; of entries that have not trained are counted those to come, and those without an end."""

    reach: float | None
    points: Sequence[PointTold]
    to_come: int
    without_end: int


def board_told(room: Room, step: LessonStep, entries: EntryRuns, *, for_teacher: bool) -> BoardTold | None:
    """Say what a screen is told of a step's board: the projector once it is shown there; None where there is none."""
    task = step.task
    if not isinstance(task, Challenge) or not (for_teacher or room.board_shown):
        return None
    entered = room.entered(step.name)
    stages = Counter(entries.of(entry).stage for entry in entered)
    names = {entry.number: room.called(room.members[entry.member]) for entry in entered} if for_teacher else {}
    return BoardTold(
        reach=task.reach,
        points=[_point(placed, names) for placed in entries.board(room, step)],
        to_come=stages["waiting"] + stages["training"],
        without_end=stages["failed"] + stages["stopped"],
    )


def _point(placed: Placed, names: dict[int, str]) -> PointTold:
    standing = placed.standing
    number = f"{standing.number}"
    return PointTold(
        label=f"{names[standing.number]} · {number}" if names else number,
        number=standing.number,
        params=standing.params,
        median=standing.median,
        low=standing.low,
        high=standing.high,
        place=placed.place,
        front=placed.is_on_front,
    )
