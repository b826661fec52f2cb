"""What became of what a class entered in challenges: the runs of each entry, read until they have ended."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from explorer.architecture.spec import Architecture
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.quantities import traced
from explorer.lessons.course.tasks import Challenge
from explorer.lessons.rooms.board import Placed, Standing, board
from explorer.lessons.rooms.room import Entry, Room
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import ENDED, LIVE, Run

NOTHING = "It ended before it had answered to the test pictures."
Stage = Literal["waiting", "training", "trained", "failed", "stopped"]


class Became(msgspec.Struct, frozen=True):
    """What became of an entry: `stopped` by a server's end or a teacher, so that it has to be entered anew."""

    stage: Stage
    num_done: int = 0  # runs that have finished
    standing: Standing | None = None  # once it has trained
    cause: str = ""  # why it failed


class EntryRuns:
    """The runs of entries by their ids; those that have ended are read once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._runs: dict[str, Run] = {}
        self._params: dict[Architecture, int] = {}

    def look(self, entries: Iterable[Entry]) -> None:
        """Read how the runs of entries stand; raises `StoreError`."""
        asked = [run for entry in entries for run in entry.runs if not self._has_ended(run)]
        if asked:
            self._runs |= {run.id: run for run in self._reader.find_entered(asked)}

    def _has_ended(self, run: str) -> bool:
        return run in self._runs and self._runs[run].state in ENDED

    def of(self, entry: Entry) -> Became:
        """Say what became of an entry."""
        found = [self._runs[run] for run in entry.runs if run in self._runs]
        states = {run.state for run in found}
        done = [run.test_accuracy for run in found if run.state == "finished" and run.test_accuracy is not None]
        failed = [
            run for run in found if run.state == "failed" or (run.state == "finished" and run.test_accuracy is None)
        ]
        if failed:
            return Became("failed", len(done), cause=failed[0].cause or NOTHING)
        if len(found) < len(entry.runs) or states & {"cancelled", "interrupted", "unreadable"}:
            return Became("stopped", len(done))
        if len(done) == len(entry.runs):
            return Became("trained", len(done), self._standing(entry, done))
        return Became("training" if done or states & set(LIVE) else "waiting", len(done))

    def _standing(self, entry: Entry, accuracies: list[float]) -> Standing:
        if entry.design not in self._params:
            self._params[entry.design] = traced(entry.design).totals.num_params
        return Standing(number=entry.number, params=self._params[entry.design], accuracies=tuple(accuracies))

    def board(self, room: Room, step: LessonStep) -> tuple[Placed, ...]:
        """Rank what those who are there have entered at a step."""
        assert isinstance(step.task, Challenge)
        standings = (self.of(entry).standing for entry in room.entered(step.name))
        return board(step.task, tuple(each for each in standings if each))
