"""How fast a device of this computer trains, as far as that is known; measured where it is not."""

from functools import partial

from explorer.runs.scheduler.allocations import LocalAllocation
from explorer.runs.store.database import StoreError
from explorer.runs.store.reader import Reader
from explorer.training.cost.speed import Speed
from explorer.ui.base.server import calibration, runs

JUDGED = 5  # latest runs, whose time is held against what was told


def known_speed(allocation: LocalAllocation, *, abreast: int = 1) -> Speed | None:
    """Give a device's rates for one of so many runs at once; others that train now are beside them.

    They are measured where they are not known, or not borne out by a run, and nobody trains.
    """
    if not runs().read_only:
        calibration().judge(allocation.device, runs().store.list_runs(JUDGED))
        calibration().measure(allocation.device, allocation.environment, is_free=partial(_is_idle, runs().store))
    return calibration().speed(allocation.device, beside=abreast > 1 or not _is_idle(runs().store))


def _is_idle(store: Reader) -> bool:
    """Say whether nobody trains; asked from the thread that waits for a measurement too."""
    try:
        return not store.unfinished()
    except StoreError:
        return False
