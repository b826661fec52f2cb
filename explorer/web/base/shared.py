"""The runs and the made files of this server, which its pages and the routes beside them read."""

from explorer.data.home import explorer_home
from explorer.lessons.rooms.entering import Entering
from explorer.lessons.rooms.entry_runs import EntryRuns
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.acting import ActingRuns
from explorer.runs.background.onnx_files import OnnxFiles
from explorer.runs.background.weight_imports import WeightImports
from explorer.runs.scheduler.fair_queue import unbounded
from explorer.runs.scheduler.server import Runs, open_runs
from explorer.runs.store.event_cache import EventCache
from explorer.web.base.once import Once
from explorer.web.base.room_log import RoomLog
from explorer.web.door.class_limits import class_limits
from explorer.web.door.class_work import class_work


@Once
def runs() -> Runs:
    """Open this server's runs once, which starts a warm worker; raises `StoreError`."""
    work = class_work()
    return open_runs(explorer_home(), most_running=work.most_running if work else unbounded)


@Once
def event_cache() -> EventCache:
    """Give the events of the runs that this server's pages watch."""
    return EventCache(runs().store)


@Once
def onnx_files() -> OnnxFiles:
    """Give the ONNX files that this server prepares."""
    return OnnxFiles(explorer_home())


@Once
def weight_imports() -> WeightImports:
    """Give the trained weights that this server reads."""
    return WeightImports(explorer_home())


@Once
def rooms() -> Rooms:
    """Give the rooms of this server."""
    work = class_work()
    return Rooms(
        RoomLog(runs),
        owner_of=_owner_of,
        most_members=lambda: class_limits().room_members,
        audit=work.audit if work else None,
    )


@Once
def entering() -> Entering:
    """Give the challenges of this server's rooms."""
    return Entering(
        rooms(),
        EntryRuns(runs().store),
        trainer=lambda person: ActingRuns(runs(), person, class_work()),
        most_entries=lambda: class_limits().room_entries,
    )


def _owner_of(run: str) -> str | None:
    store = runs().store
    found = store.run(run) or store.race(run)
    return found.owner if found else None
