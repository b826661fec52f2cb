"""What the runs of a class have measured: each is read once, when it has ended."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from explorer.lessons.course.facts import Measured, measured
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.rooms.entry_runs import EntryRuns
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import ENDED, Run


class StepRuns:
    """Runs and races by their ids; what has not ended has measured nothing here."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.entries = EntryRuns(reader)  # what became of what was entered in challenges
        self._found: dict[str, tuple[Measured, ...]] = {}

    def __call__(self, _step: LessonStep, run: str) -> tuple[Measured, ...]:
        """Give what a run, or each run of a race, has measured; nothing before it was looked for and had ended."""
        return self._found.get(run, ())

    def knows(self, run: str) -> bool:
        """Say whether a run, or race, has ended and is known."""
        return run in self._found

    def look(self, runs: Collection[str]) -> None:
        """Read what has ended of some runs and races; raises `StoreError`."""
        unknown = [run for run in runs if run not in self._found]
        groups = defaultdict[str, list[Run]](list)
        for run in self._reader.find_runs(unknown) if unknown else ():
            groups[run.race if run.race in unknown else run.id].append(run)
        for name, group in groups.items():
            if all(run.state in ENDED for run in group):
                self._found[name] = tuple(self._measured(name, sorted(group, key=lambda run: (run.heat, run.lane))))

    def _measured(self, name: str, group: Sequence[Run]) -> list[Measured]:
        held = self._reader.race(name)
        labels = [one.label for one in held.race.contenders] if held else []
        readable = [run for run in group if run.is_readable]
        return [
            measured((event for _, event in self._reader.events(run.id)), label=labels[run.lane] if held else "")
            for run in readable
        ]
