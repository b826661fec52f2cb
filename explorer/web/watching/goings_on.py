"""What goes on, read for everyone at once: three hundred who each look at their own ask the store as one."""

import threading
import time
from collections.abc import Iterable

from explorer.runs.store.rows import Run
from explorer.views.runs.going_on import GoingOn, Turn, going_on, how_ended
from explorer.views.runs.pace import Events, expected_starts
from explorer.web.base.once import Once
from explorer.web.base.shared import event_cache, runs

OLDEST = 0.9  # seconds that a reading serves; what is looked at for a page is read anew
TELLS_ENDS = 30.0  # seconds in which a page that showed what went on hears how it ended


class GoingsOn:
    """The entries of each owner, as the store had them last; used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[GoingOn, ...]] = {}
        self._ended: list[tuple[float, str, GoingOn]] = []  # since when, and whose
        self._read = float("-inf")  # by the monotonic clock

    def of(self, owner: str) -> tuple[GoingOn, ...]:
        """Give one owner's entries, newest first, and what has just ended; raises `StoreError`."""
        with self._lock:
            if time.monotonic() - self._read > OLDEST:
                self._look()
            ended = (entry for _, whose, entry in self._ended if whose == owner)
            return (*self._entries.get(owner, ()), *ended)

    def _look(self) -> None:
        entries, now = _by_owner(runs().store.unfinished()), time.monotonic()
        going = {entry.id for its in entries.values() for entry in its}
        gone = {entry: owner for owner, its in self._entries.items() for entry in its if entry.id not in going}
        kept = [each for each in self._ended if now - each[0] < TELLS_ENDS and each[2].id not in going]
        ended = ends_of(gone) if gone else ()
        self._ended = [*kept, *((now, owner, entry) for owner, entry in zip(gone.values(), ended, strict=True))]
        self._entries, self._read = entries, now


def now_going_on(owner: str) -> tuple[GoingOn, ...]:
    """Give one owner's entries as they are at this moment; raises `StoreError`."""
    mine = runs().store.unfinished(owner=owner)
    waits = any(run.state == "queued" for run in mine)
    return _by_owner(runs().store.unfinished() if waits else mine).get(owner, ())


def ends_of(entries: Iterable[GoingOn]) -> tuple[GoingOn, ...]:
    """Say of entries that have ended how they did; raises `StoreError`."""
    gone = tuple(entries)
    return how_ended(gone, runs().store.find_runs([entry.id for entry in gone]))


def _by_owner(unfinished: list[Run]) -> dict[str, tuple[GoingOn, ...]]:
    groups = list(dict.fromkeys(run.group for run in unfinished if run.group))
    store = runs().store
    held = {run.id: run for run in [*unfinished, *(store.find_runs(groups) if groups else ())]}
    owned: dict[str, list[Run]] = {}
    for run in held.values():
        owned.setdefault(run.owner, []).append(run)
    titles, live, now = store.group_titles() if groups else {}, event_cache().of_live(held.values()), time.time()
    turns = _turns(unfinished, live)
    return {owner: going_on(its, titles=titles, turns=turns, events=live, now=now) for owner, its in owned.items()}


def _turns(unfinished: list[Run], live: Events) -> dict[str, Turn]:
    """Give the place of each run that waits, and when it is expected to start; that is known of all or of none."""
    places = runs().positions(unfinished)
    starts = expected_starts(max(places.values(), default=0), unfinished, live)
    return {run: Turn(place, starts[place - 1] if starts else None) for run, place in places.items()}


@Once
def goings_on() -> GoingsOn:
    """Give what goes on at this server."""
    return GoingsOn()
