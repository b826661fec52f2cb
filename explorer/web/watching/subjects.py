"""What can be watched: a run by its id, a race by its id along one of its axes, all that goes on of a person."""

from collections.abc import Sequence
from typing import NamedTuple

from explorer.runs.store.rows import Run
from explorer.views.race.race_curves import AXES
from explorer.views.race.watching import race_told
from explorer.views.runs.going_on import GoingOn
from explorer.views.runs.pace import expected_start
from explorer.views.runs.watching import Told, person_told, run_told
from explorer.web.base.shared import event_cache, runs
from explorer.web.watching.asked import Asked
from explorer.web.watching.goings_on import goings_on


class Rows(NamedTuple):
    """What the store has of a subject but its events; two that are equal are told alike."""

    runs: Sequence[Run]
    place: int | None = None  # of the first that waits, in the queue
    others: Sequence[Run] = ()  # that train and wait, on whose ends the start of one that waits depends
    entries: tuple[GoingOn, ...] = ()  # of a person


def read(asked: Asked) -> Rows | None:
    """Read a subject's rows, None if there is no such subject or axis; raises `StoreError`."""
    if asked.kind == "mine":
        return Rows((), entries=goings_on().of(asked.id))
    if asked.axis not in ("", *AXES):
        return None
    store = runs().store
    found = [store.run(asked.id)] if asked.kind == "run" else store.race_runs(asked.id)
    held = [run for run in found if run is not None and (asked.deleted or run.deleted is None)]
    waiting = next((run.id for run in held if run.state == "queued"), None)
    if not held:
        return None
    return Rows(held, runs().position(waiting), store.unfinished()) if waiting else Rows(held, None)


def tell(asked: Asked, rows: Rows) -> Told | None:
    """Say what a subject's watchers are told, by its rows and its runs' events; raises `StoreError`."""
    if asked.kind == "mine":
        return person_told(rows.entries)
    events = {run.id: event_cache().events(run.id) for run in rows.runs if run.num_events}
    if asked.kind == "run":
        (run,) = rows.runs
        return run_told(run, events.get(run.id, ()), position=rows.place, starts_in=_starts_in(rows))
    found = runs().store.race(asked.id)
    if found is None:
        return None
    return race_told(
        found.race,
        rows.runs,
        events,
        position=rows.place,
        starts_in=_starts_in(rows),
        axis=asked.axis,
        singles=asked.singles,
    )


def _starts_in(rows: Rows) -> float | None:
    """Give in how many seconds the one that waits is expected to start, as far as that is known."""
    return None if rows.place is None else expected_start(rows.place, rows.others, event_cache().of_live(rows.others))
