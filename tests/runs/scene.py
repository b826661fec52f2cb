"""What the tests of runs share: jobs that are scripts, scripted workers, and waiting with a deadline."""

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.spec import Architecture
from explorer.experiments.race.race import Contender, Race
from explorer.runs.scheduler.allocations import LocalAllocation
from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import ENDED, Run
from explorer.runs.store.store import Store
from explorer.training.events import Event
from explorer.training.recipe.recipe import Job, Recipe

SCRIPTED = (sys.executable, "-P", str(Path(__file__).with_name("scripted_worker.py")))
PATIENCE = 60.0  # seconds; only a failing test waits so long


def job(script: str, *, device: str = "auto") -> Job:
    name = script or "nothing"  # a network has a name, or its job could not be read back
    return Job(Architecture(name, (1, 28, 28), (Flatten(), Linear(out_features=10))), Recipe(device=device))


def race(*scripts: str, seeds: int = 1) -> Race:
    """Give a race between scripts, numbered from `0`."""
    jobs = [job(script) for script in scripts]
    contenders = tuple(Contender(f"{i}", each.architecture, each.recipe) for i, each in enumerate(jobs))
    return Race(question="Who is faster?", contenders=contenders, seeds=seeds)


def allocations(folder: Path, *, count: int = 1, command: tuple[str, ...] = SCRIPTED) -> tuple[LocalAllocation, ...]:
    return (LocalAllocation("cpu", {"SCENE": str(folder)}, command),) * count


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.01)


def wait_for_state(store: Reader, run_id: str, *states: str) -> Run:
    wait_until(lambda: find(store, run_id).state in (states or ENDED))
    return find(store, run_id)


def wait_for_step(store: Reader, run_id: str) -> None:
    wait_until(lambda: find(store, run_id).step >= 1)


def handled(store: Store, dispatcher: Dispatcher) -> None:
    """Wait until a dispatcher has done what it was told before: in its turn it refuses a device that is not there."""
    wait_for_state(store, dispatcher.submit(job("nowhere", device="mps"), "nobody"), "failed")


def looks_at_the_queue(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[list[Run]]:
    """Collect what each later look at the runs that wait finds."""
    looks: list[list[Run]] = []
    queued = store.queued

    def look() -> list[Run]:
        looks.append(queued())
        return looks[-1]

    monkeypatch.setattr(store, "queued", look)
    return looks


def find(store: Reader, run_id: str) -> Run:
    found = store.run(run_id)
    assert found is not None
    return found


def race_ids(store: Reader, held: str) -> list[str]:
    return [run.id for run in store.race_runs(held)]


def events(store: Reader, run_id: str) -> list[Event]:
    """Give a run's events, which are numbered without a gap."""
    numbered = store.events(run_id)
    assert [seq for seq, _ in numbered] == list(range(1, len(numbered) + 1))
    return [event for _, event in numbered]


def worker_pids(folder: Path) -> list[int]:
    """Give the processes that scripted workers were, oldest first."""
    path = folder / "pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def child_pids(module: str, *, of: int | None = None) -> list[int]:
    """Give the processes that run a module among the children of a process, or of this one; Linux alone tells."""
    parent = os.getpid() if of is None else of
    processes = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [int(process.name) for process in processes if _runs(process, module, parent=parent)]


def _runs(process: Path, module: str, *, parent: int) -> bool:
    try:
        is_child = int((process / "stat").read_text().rpartition(")")[2].split()[1]) == parent
        return is_child and module.encode() in (process / "cmdline").read_bytes()
    except OSError:  # it has just ended
        return False


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet collected by its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self").exists()


@contextmanager
def full_disk(connection: sqlite3.Connection) -> Iterator[None]:
    """Let SQLite find that the file to which a connection writes cannot grow."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        connection.execute("PRAGMA max_page_count = 1000000000")
