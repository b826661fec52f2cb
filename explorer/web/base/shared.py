"""The runs of this server, which its pages and the routes beside them read."""

from explorer.data.home import explorer_home
from explorer.runs.scheduler.server import Runs, open_runs
from explorer.runs.store.event_cache import EventCache
from explorer.web.base.once import Once


@Once
def runs() -> Runs:
    """Open this server's runs once, which starts a warm worker; raises `StoreError`."""
    return open_runs(explorer_home())


@Once
def event_cache() -> EventCache:
    """Give the events of the runs that this server's pages watch."""
    return EventCache(runs().store)


def close() -> None:
    """End training, if this server trains: each run keeps a checkpoint, and another server can have the folder."""
    if opened := runs.made:
        opened.close()
