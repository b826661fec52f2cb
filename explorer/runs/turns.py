"""Whose run is next: a sweep of a hundred runs delays another user's single run by one run at most."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from explorer.runs.slots import Slot, fitting
from explorer.runs.store import Reader, Run


def in_turn(unfinished: Sequence[Run], last_starts: Mapping[str, float]) -> list[Run]:
    """Put the queued runs in the order in which they will start.

    The next turn is the owner's who has the fewest runs before it, training or waiting; among equals, the owner's whose
    last turn is longest ago; among those, the oldest run's. Takes what `Reader.unfinished` (oldest first) and
    `Reader.last_starts` give.
    """
    waiting: defaultdict[str, list[Run]] = defaultdict(list)
    before: defaultdict[str, int] = defaultdict(int)
    for run in unfinished:
        if run.state == "queued":
            waiting[run.owner].append(run)
        else:
            before[run.owner] += 1
    last_turns = {owner: (0, last_starts.get(owner, 0.0)) for owner in waiting}
    order: list[Run] = []
    while waiting:
        owner = min(waiting, key=lambda owner: (before[owner], last_turns[owner], waiting[owner][0].created))
        order.append(waiting[owner].pop(0))
        before[owner] += 1
        last_turns[owner] = (len(order), 0.0)
        if not waiting[owner]:
            del waiting[owner]
    return order


def place(run: str, store: Reader, slots: Sequence[Slot]) -> int | None:
    """Give a run's place among those that wait for the same slots, 1 for the next one; None if it does not wait."""
    order = in_turn(store.unfinished(), store.last_starts())
    waiting = {each.id: fitting(slots, each.wanted_device) for each in order}
    if run not in waiting:
        return None
    rivals = [each for each, wanted in waiting.items() if wanted == waiting[run]]
    return rivals.index(run) + 1
