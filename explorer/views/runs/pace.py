"""How long runs still take, by the speed of their last seconds: what trained beside them before is of no matter now."""

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import fmean

from explorer.runs.store.rows import ENDED, LIVE, Run
from explorer.training.events import Epoch, Event, Step

RECENT = 5.0  # seconds of training whose speed counts
MAKES_ROOM = 10.0  # seconds after which a run that is held gives its place to others
Events = Mapping[str, Sequence[Event]]  # by run


def seconds_left(run: Run, events: Sequence[Event] = ()) -> float | None:
    """Foretell the seconds of its own training that a run still takes; None before its first step.

    They are those of its last seconds where its events are known, and else the mean since its start.
    """
    if run.state in ENDED:
        return 0.0
    if not run.num_steps or not run.step:
        return None
    step = _step_seconds(events) or run.seconds / run.step
    steps = run.num_steps - run.step
    tests = math.ceil(steps * run.job.recipe.epochs / run.num_steps)
    left = steps * step + tests * _test_seconds(events)
    limit = run.job.recipe.max_seconds
    return max(0.0, left if limit is None else min(left, limit - run.seconds))


def _measured(events: Sequence[Event]) -> list[Step | Epoch]:
    return [event for event in events if isinstance(event, Step | Epoch)]


def _step_seconds(events: Sequence[Event]) -> float | None:
    """Give the mean seconds of the last steps, without the tests between them."""
    spent, steps = 0.0, 0
    for before, after in reversed(list(pairwise(_measured(events)))):
        if isinstance(after, Step):
            spent += after.seconds - before.seconds
            steps += after.step - before.step
        if spent >= RECENT:
            break
    return spent / steps if steps > 0 and spent > 0 else None


def _test_seconds(events: Sequence[Event]) -> float:
    """Give the seconds that the last test of an epoch took."""
    pairs = reversed(list(pairwise(_measured(events))))
    return next((after.seconds - before.seconds for before, after in pairs if isinstance(after, Epoch)), 0.0)


def group_seconds_left(runs: Sequence[Run], events: Events, *, at_once: float) -> float | None:
    """Foretell when the last of several runs ends, of which so many train at once; None before a first step.

    One that has not begun is taken to last as long as the others do on average, those of its own lane if there are any.
    """
    lasting = [(run.lane, _seconds_in_all(run, events.get(run.id, ()))) for run in runs]
    known = [(lane, lasts) for lane, lasts in lasting if lasts is not None]
    if not known:
        return None
    total = 0.0
    for run in runs:
        left = seconds_left(run, events.get(run.id, ()))
        alike = [lasts for lane, lasts in known if lane == run.lane] or [lasts for _, lasts in known]
        total += fmean(alike) if left is None else left
    return total / at_once


def at_once(runs: Sequence[Run], *, now: float) -> float:
    """Give how many seconds of their own those of several runs that train get in one by the clock; `now` is Unix time.

    A core each makes as many as there are runs, turns of one process make 1, and whoever trains beside them makes less.
    """
    started = [run for run in runs if run.started is not None]
    live = [run for run in started if run.state in LIVE]
    counted = live if sum(run.seconds for run in live) >= RECENT else started
    by_the_clock = now - min((run.started or now for run in counted), default=now)
    own = sum(run.seconds for run in counted)
    return own / by_the_clock if own > 0 and by_the_clock > 0 else 1.0


def _seconds_in_all(run: Run, events: Sequence[Event]) -> float | None:
    left = seconds_left(run, events)
    if left is None or run.state in ("failed", "unreadable", "cancelled", "interrupted"):
        return None
    return run.seconds + left


def expected_starts(places: int, unfinished: Sequence[Run], events: Events) -> list[float]:
    """Foretell in how many seconds each of so many places in the queue has its turn; none where that is not known yet.

    Those before it are taken to last as long as those that train.
    """
    entries = _entries(run for run in unfinished if run.state in LIVE)
    lefts = [_entry_left(entry, events) for entry in entries]
    ends = [left for left in lefts if left is not None]
    if not ends or len(ends) < len(lefts):
        return []
    lasts = fmean(left + sum(run.seconds for run in entry) for left, entry in zip(ends, entries, strict=True))
    heapq.heapify(ends)
    return [_turn(ends, lasts) for _ in range(places)]


def start_if_launched(places: int, unfinished: Sequence[Run], events: Events) -> float | None:
    """Foretell in how many seconds what is launched now would start, of so many places that runs can have.

    0 where one of them is free; None where that cannot be known yet.
    """
    waiting = _entries(run for run in unfinished if run.state == "queued")
    live = _entries(run for run in unfinished if run.state in LIVE)
    if not waiting and len(live) < places:
        return 0.0
    return expected_start(len(waiting) + 1, unfinished, events)


def _entries(runs: Iterable[Run]) -> list[list[Run]]:
    """Put runs together that share a place: those of a heat."""
    entries: dict[object, list[Run]] = {}
    for run in runs:
        entries.setdefault((run.race, run.heat) if run.race else run.id, []).append(run)
    return list(entries.values())


def _turn(ends: list[float], lasts: float) -> float:
    """Give when the next of those that train ends, and let one that lasts so long begin then."""
    return heapq.heapreplace(ends, ends[0] + lasts)


def expected_start(position: int, unfinished: Sequence[Run], events: Events) -> float | None:
    """Foretell in how many seconds a place in the queue has its turn; None where that cannot be known yet."""
    starts = expected_starts(position, unfinished, events)
    return starts[-1] if starts else None


def _entry_left(entry: Sequence[Run], events: Events) -> float | None:
    if all(run.state == "paused" for run in entry):
        return MAKES_ROOM
    lefts = [seconds_left(run, events.get(run.id, ())) for run in entry]
    return sum(left for left in lefts if left is not None) if None not in lefts else None
