"""What a person sees of a server's runs, on its pages and on all that is served beside them.

All of a class see each other's runs. A deleted one is its owner's and the teacher's alone, who can take it back; what a
room trains for its challenges is the teacher's alone.
"""

from collections.abc import Sequence

from explorer.runs.access.person import Person
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import HeldRace, HeldSweep, Run, is_of_room


def may_see(person: Person, run: Run) -> bool:
    """Say whether a person may see a run, its figures and its files."""
    if is_of_room(run.owner):
        return person.is_teacher
    return run.deleted is None or person.may_change(run.owner)


class SeenRuns:
    """A store's runs as one person sees them: what they may not see is not there. Raises what the store does."""

    def __init__(self, store: Reader, person: Person) -> None:
        self._store = store
        self._person = person

    def run(self, run_id: str) -> Run | None:
        """Find one run by its id."""
        found = self._store.run(run_id)
        return found if found and may_see(self._person, found) else None

    def race(self, race: str) -> HeldRace | None:
        """Find one race by its id, of which this person sees a run."""
        return self._store.race(race) if self._sees_any(self._store.race_runs(race)) else None

    def sweep(self, sweep: str) -> HeldSweep | None:
        """Find one sweep by its id, of which this person sees a run."""
        return self._store.sweep(sweep) if self._sees_any(self._store.sweep_runs(sweep)) else None

    def race_runs(self, race: str) -> list[Run]:
        """List a race's runs, heat by heat, each in the contenders' order."""
        return self._seen(self._store.race_runs(race))

    def sweep_runs(self, sweep: str) -> list[Run]:
        """List a sweep's runs, cell by cell: of a cell that was taken up again the last one."""
        return self._seen(self._store.sweep_runs(sweep))

    def _sees_any(self, found: Sequence[Run]) -> bool:
        return not found or bool(self._seen(found))  # of a sweep no cell of which can be trained there are none

    def _seen(self, found: Sequence[Run]) -> list[Run]:
        return [run for run in found if may_see(self._person, run)]
