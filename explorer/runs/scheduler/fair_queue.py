"""Whose run is next: a sweep of a hundred runs delays another user's single run by one run at most.

What has a turn is an entry: a run by itself, or the runs of a race's heat, which train at once and count as one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from explorer.runs.scheduler.allocations import fitting
from explorer.runs.scheduler.worker import Allocation
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import Run

QueueEntry = tuple[Run, ...]
MostRunning = Callable[[str], int | None]  # how many entries of an owner may train at once; None for any number


def unbounded(_owner: str) -> None:
    """Let everybody train as much at once as there are slots."""


def entries_by_owner(runs: Sequence[Run]) -> Counter[str]:
    """Count the entries of each owner."""
    return Counter(entry[0].owner for entry in queue_entries(runs))


def queue_entries(runs: Sequence[Run]) -> list[QueueEntry]:
    """Put runs of one heat together, each entry where its first run stood."""
    grouped: dict[object, list[Run]] = {}
    for run in runs:
        grouped.setdefault((run.race, run.heat) if run.race else run.id, []).append(run)
    return [tuple(entry) for entry in grouped.values()]


def in_turn(unfinished: Sequence[Run], last_starts: Mapping[str, float]) -> list[QueueEntry]:
    """Put the queued entries in the order in which they will start.

    The next turn is the owner's who has the fewest entries before it, training or waiting; among equals, the owner's
    whose last turn is longest ago; among those, the oldest's. An owner's own other runs pass those of their sweeps:
    one who waits for a hundred cells may still try something. Takes what `Reader.unfinished` (oldest first) and
    `Reader.last_starts` give.
    """
    waiting: defaultdict[str, list[QueueEntry]] = defaultdict(list)
    before = entries_by_owner([run for run in unfinished if run.state != "queued"])
    queued = [run for run in unfinished if run.state == "queued"]
    for entry in queue_entries(sorted(queued, key=lambda run: run.sweep is not None)):
        waiting[entry[0].owner].append(entry)
    last_turns = {owner: (0, last_starts.get(owner, 0.0)) for owner in waiting}
    order: list[QueueEntry] = []
    while waiting:
        owner = min(waiting, key=lambda owner: (before[owner], last_turns[owner], waiting[owner][0][0].created))
        order.append(waiting[owner].pop(0))
        before[owner] += 1
        last_turns[owner] = (len(order), 0.0)
        if not waiting[owner]:
            del waiting[owner]
    return order


def place(run_id: str, store: Reader, allocations: Sequence[Allocation]) -> int | None:
    """Give a run's place among the entries for the same devices, 1 for the next; None if it does not wait."""
    return places(store.unfinished(), store.last_starts(), allocations).get(run_id)


def places(
    unfinished: Sequence[Run], last_starts: Mapping[str, float], allocations: Sequence[Allocation]
) -> dict[str, int]:
    """Give the place of each run that waits; takes what `in_turn` takes."""
    found: dict[str, int] = {}
    passed: Counter[tuple[int, ...]] = Counter()  # entries so far, by the worker slots that they can have
    for entry in in_turn(unfinished, last_starts):
        wanted = tuple(map(id, fitting(allocations, entry[0].wanted_device)))
        passed[wanted] += 1
        found |= {run.id: passed[wanted] for run in entry}
    return found
