"""A server's runs in the hands of one person: each change is allowed or refused, kept in limits, and written down."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from explorer.experiments.race.race import Race
from explorer.experiments.sweep.sweep import Sweep, job_of, lay_out
from explorer.runs.access.allowance import (
    Launches,
    LimitError,
    check_imported,
    check_jobs,
    check_stored,
    in_time,
    race_in_time,
    sweep_in_time,
)
from explorer.runs.access.audit import AuditLog
from explorer.runs.access.limits import Limits, LimitsFile
from explorer.runs.access.person import NotAllowedError, Person
from explorer.runs.access.seeing import may_see
from explorer.runs.messages import Wish
from explorer.runs.scheduler.server import ReadOnlyError, Runs
from explorer.runs.store.rows import ImportedWeights, Remarks, Run, entrant
from explorer.runs.store.run_files import KeptFiles
from explorer.training.recipe.recipe import Job

T = TypeVar("T")
NOT_SEEN = "There is no such run that you may see."
HELD = "The teacher holds new launches for now. What trains goes on; launch again when they are let through."
NOT_YOURS = (
    "This is another person's: they and the teacher can change it. You can watch it, open its network, and run it "
    "again as your own."
)


class Classwork:
    """What all persons of a class share: the limits, the log, and whether launches are held."""

    def __init__(self, limits: LimitsFile, audit: AuditLog) -> None:
        self.limits = limits
        self.audit = audit
        self.launches = Launches()
        self.holds_launches = False
        self._teachers: set[str] = set()  # who launched something since the start

    def most_running(self, owner: str) -> int | None:
        """Say how much of an owner's may train at once; a teacher's is not bounded."""
        return None if owner in self._teachers else self.limits.current().running

    def note_launch(self, person: Person) -> None:
        """Know a teacher's runs from others'."""
        if person.is_teacher:
            self._teachers.add(person.id)


class ActingRuns:
    """What a person does with runs; raises what `Runs` does, `NotAllowedError` and `LimitError` besides.

    `classwork` is None where one person is alone with the server, who may do everything.
    """

    def __init__(self, runs: Runs, person: Person, classwork: Classwork | None) -> None:
        self._runs = runs
        self._person = person
        self._class = classwork

    def refusal(self, owner: str) -> str | None:
        """Say why this person may not change what an owner launched, or why nobody may here; None where they may."""
        return self._runs.read_only or (None if self._person.may_change(owner) else NOT_YOURS)

    def submit(self, job: Job) -> str:
        """Queue a job and give its run's id."""
        self._begin_launch([job])
        return self._launched("launch", self._runs.submit(self._timed(job, in_time), self._person.id))

    def submit_race(self, race: Race) -> str:
        """Queue a race and give its id."""
        self._begin_launch([job for heat in race.heats for job in heat])
        timed = self._timed(race, race_in_time)
        return self._launched("launch a race", self._runs.submit_race(timed, self._person.id))

    def submit_sweep(self, sweep: Sweep) -> str:
        """Queue a sweep and give its id."""
        timed = self._timed(sweep, sweep_in_time)
        self._begin_launch([job_of(sweep, cell) for cell in lay_out(sweep) if not cell.cause])
        return self._launched("launch a sweep", self._runs.submit_sweep(timed, self._person.id))

    def enter(self, room: str, jobs: Sequence[Job]) -> list[str]:
        """Queue the runs of a network that is entered in a challenge of a room, which owns them; gives their ids."""
        owner = entrant(room, self._person.id)
        if self._runs.store.unfinished(owner=owner):
            raise LimitError("A network that you entered still waits or trains. Enter the next once it has trained.")
        self._begin_launch(jobs)
        found: list[str] = []
        try:
            for job in jobs:
                found.append(self._runs.submit(self._timed(job, in_time), owner))
        except Exception:
            self.withdraw(found)
            raise
        self._write("enter a network", room)
        return found

    def withdraw(self, runs: Sequence[str]) -> None:
        """End what goes on of runs that were entered by this person, whom nobody told their ids."""
        for run in runs:
            self._runs.cancel(run)

    def continue_run(self, run_id: str, *, more_epochs: int) -> str:
        """Queue a run of this person's that goes on from a run's checkpoint."""
        found = self._runs.store.run(run_id)
        if found and not may_see(self._person, found):
            raise NotAllowedError(NOT_SEEN)
        self._begin_launch([])
        going_on = self._runs.continue_run(run_id, self._person.id, more_epochs=more_epochs, bound=self._bound)
        return self._launched("continue", going_on)

    def begin_import(self, size: int) -> None:
        """Refuse trained weights of so many bytes where they are too much, before they are sent."""
        if self._runs.read_only:
            raise ReadOnlyError(self._runs.read_only)
        if (limits := self._limits()) is not None:
            mine = [run.id for run in self._runs.store.runs_of(self._person.id) if run.imported]
            check_imported(sum(self._runs.checkpoint_size(name) for name in mine), size, limits)
        self._begin_launch([])

    def keep_imported(self, found: ImportedWeights, files: KeptFiles) -> str:
        """Keep imported weights as a run of this person's, and give its id."""
        self._runs.keep_imported(found, files, self._person.id)
        return self._launched("open weights", found.run_id)

    def ask(self, wish: Wish) -> None:
        """Pass a wish on to the run that it names."""
        self._change(type(wish).__name__, [wish.run_id], lambda: self._runs.ask(wish))

    def cancel(self, run_id: str) -> None:
        """End a run after its step."""
        self._change("stop", [run_id], lambda: self._runs.cancel(run_id))

    def end_now(self, run_id: str) -> None:
        """End a run within its step."""
        self._change("stop now", [run_id], lambda: self._runs.end_now(run_id))

    def cancel_race(self, race: str) -> None:
        """End all runs of a race."""
        self._change_race("stop a race", race, self._runs.cancel_race)

    def end_race_now(self, race: str) -> None:
        """End the runs of a race within their steps."""
        self._change_race("stop a race now", race, self._runs.end_race_now)

    def stop_sweep(self, sweep: str) -> None:
        """End all runs of a sweep, and never take it up again."""
        self._change_sweep("stop a sweep", sweep, self._runs.stop_sweep)

    def end_sweep_now(self, sweep: str) -> None:
        """End the runs of a sweep within their steps."""
        self._change_sweep("stop a sweep now", sweep, self._runs.end_sweep_now)

    def remark(self, run_id: str, remarks: Remarks) -> None:
        """Keep what this person says of a run."""
        self._change("name", [run_id], lambda: self._runs.remark(run_id, remarks))

    def delete(self, run_ids: Sequence[str]) -> set[str]:
        """Take runs out of the history, and give those that were taken."""
        return self._change("delete", run_ids, lambda: self._runs.delete(run_ids))

    def restore(self, run_ids: Sequence[str]) -> set[str]:
        """Take deleted runs back into the history, and give those that were taken."""
        return self._change("restore", run_ids, lambda: self._runs.restore(run_ids))

    def stop_all(self) -> None:
        """End every run that waits or trains, those that wait first; the teacher's alone."""
        self._only_the_teacher()
        held = sorted(self._runs.store.unfinished(), key=lambda run: run.state != "queued")
        self._change("stop all", [run.id for run in held], lambda: self._cancel(held))

    def clear_queue(self) -> None:
        """End every run that waits; the teacher's alone."""
        self._only_the_teacher()
        held = self._runs.store.queued()
        self._change("clear the queue", [run.id for run in held], lambda: self._cancel(held))

    @property
    def holds_launches(self) -> bool:
        """Whether the students' launches are held."""
        return self._class is not None and self._class.holds_launches

    def hold_launches(self, held: bool) -> None:
        """Hold the students' launches, or let them through again; the teacher's alone."""
        self._only_the_teacher()
        if self._class:
            self._class.holds_launches = held
        self._write("hold launches" if held else "let launches through")

    def _only_the_teacher(self) -> None:
        if not self._person.is_teacher:
            raise NotAllowedError("Only the teacher may do that.")

    def _cancel(self, runs: Sequence[Run]) -> None:
        for run in runs:
            self._runs.cancel(run.id)

    def _change_race(self, action: str, race: str, change: Callable[[str], None]) -> None:
        found = self._runs.store.race(race)
        self._allow([found.owner] if found else [])
        change(race)
        self._write(action, race)

    def _change_sweep(self, action: str, sweep: str, change: Callable[[str], None]) -> None:
        found = self._runs.store.sweep(sweep)
        self._allow([found.owner] if found else [])
        change(sweep)
        self._write(action, sweep)

    def _change(self, action: str, run_ids: Sequence[str], change: Callable[[], T]) -> T:
        found = [self._runs.store.run(run_id) for run_id in run_ids] if not self._person.is_teacher else []
        self._allow(run.owner for run in found if run)
        changed = change()
        self._write(action, *run_ids)
        return changed

    def _allow(self, owners: Iterable[str]) -> None:
        if not all(self._person.may_change(owner) for owner in owners):
            raise NotAllowedError(NOT_YOURS)

    def _begin_launch(self, jobs: Sequence[Job]) -> None:
        """Refuse a launch that is too much, and keep what the class may call who launches."""
        self._check_launch(jobs)
        if self._class and self._person.nickname:
            self._runs.call(self._person.id, self._person.nickname)

    def _check_launch(self, jobs: Sequence[Job]) -> None:
        if self._class:
            self._class.note_launch(self._person)
        if (limits := self._limits()) is None or self._class is None:
            return
        if self._class.holds_launches:
            raise NotAllowedError(HELD)
        check_jobs(jobs, limits)
        store, mine = self._runs.store, self._person.id
        check_stored(
            [run for run in store.unfinished() if run.owner == mine],
            len(store.list_runs(limits.stored_runs, owner=mine)),
            limits,
        )
        self._class.launches.count(mine, limits.launches_a_minute)

    def _timed(self, launched: T, bounded: Callable[[T, Limits], T]) -> T:
        limits = self._limits()
        return launched if limits is None else bounded(launched, limits)

    def _bound(self, job: Job, seconds: float) -> Job:
        """Hold a job that goes on after so many seconds against this person's limits."""
        limits = self._limits()
        if limits is None:
            return job
        check_jobs([job], limits)
        return in_time(job, limits, after=seconds)

    def _limits(self) -> Limits | None:
        """Give the limits that hold for this person; none for the teacher, nor where nobody else is."""
        return None if self._class is None or self._person.is_teacher else self._class.limits.current()

    def _launched(self, action: str, launched: str) -> str:
        self._write(action, launched)
        return launched

    def _write(self, action: str, *which: str) -> None:
        if self._class:
            self._class.audit.write(self._person, action, *which)
