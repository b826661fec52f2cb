"""Kills workers and the server at random moments while runs go through: `python tests/runs/kills.py --kills 200`.

A run whose id was given to whoever launched it is kept, so is every event that was seen in the store, and in the end
every run has one. What is trained is small, by real workers.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, cast

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # as a command it is started by its path

from explorer.architecture.presets import PRESETS  # noqa: E402
from explorer.runs.scheduler.allocations import LocalAllocation  # noqa: E402
from explorer.runs.scheduler.server import open_runs  # noqa: E402
from explorer.runs.scheduler.worker_process import WORKER  # noqa: E402
from explorer.runs.store.database import StoreError  # noqa: E402
from explorer.runs.store.reader import Reader  # noqa: E402
from explorer.runs.store.rows import ENDED  # noqa: E402
from explorer.training.events import Event  # noqa: E402
from explorer.training.recipe.recipe import Job, Recipe  # noqa: E402
from tests.runs.scene import child_pids, wait_until  # noqa: E402

SERVER = """
import sys
from pathlib import Path
from tests.runs.kills import serve

serve(Path(sys.argv[1]), int(sys.argv[2]))
"""
WORKERS = 2
AT_ONCE = 4  # runs that are launched and not over
LONGEST = 1.5  # seconds between two kills
PATIENCE = 300.0  # seconds in which what is left comes to its end
ENDS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


def main() -> int:
    """Kill as often as the arguments say, and print what came of the runs; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job hands it on as ignored
    with tempfile.TemporaryDirectory(prefix="kills-") as home:
        print(kill_often(Path(home), kills=asked.kills, seed=asked.seed))  # noqa: T201
    return 0


def kill_often(home: Path, *, kills: int, seed: int) -> str:
    """Kill workers and servers so often; gives what came of the runs in words, and raises where anything was lost."""
    draw, watch, servers = random.Random(seed), Watch(home), 0
    while kills:
        with server(home, seed=draw.randrange(2**32)) as process:
            servers += 1
            watch.follow(process)
            wait_until(lambda: watch.has_heard or process.poll() is not None)
            kills -= _kill_some(process.pid, draw, most=min(kills, 1 + draw.randrange(12)))
            process.send_signal(draw.choice(ENDS))
            process.wait(PATIENCE)
            watch.hear_out()
        watch.look()
    with closing(open_runs(home, allocations=places())) as runs:
        watch.wait_for_ends(runs.store)
    return f"{servers} servers and their workers were killed; {watch.words()}"


class Watch:
    """What was acknowledged and seen, which nothing may undo."""

    def __init__(self, home: Path) -> None:
        self.launched: list[str] = []
        self.ends: Counter[str] = Counter()
        self._store = home / "runs.sqlite"
        self.has_heard = False  # from the server that runs
        self._listener = threading.Thread()
        self._seen: dict[str, list[tuple[int, Event]]] = {}

    def follow(self, process: "subprocess.Popen[str]") -> None:
        """Note the runs that a server says it has taken."""
        self.has_heard = False
        self._listener = threading.Thread(target=self._note, args=(process,), daemon=True)
        self._listener.start()

    def hear_out(self) -> None:
        """Wait until all is noted that a server said before its end."""
        self._listener.join()

    def look(self) -> None:
        """Hold the store against what was seen of it before, and note what it holds now."""
        store = Reader(self._store)
        for run_id in list(self.launched):
            assert store.run(run_id) is not None, f"run {run_id} was taken, and is lost"
            now, before = store.events(run_id), self._seen.get(run_id, [])
            assert now[: len(before)] == before, f"run {run_id}: events that were there have changed"
            assert [number for number, _ in now] == list(range(1, len(now) + 1)), f"run {run_id}: a gap"
            self._seen[run_id] = now

    def wait_for_ends(self, store: Reader) -> None:
        """Wait until every run has an end; where a server ended, what waited goes on."""
        deadline = time.monotonic() + PATIENCE
        while left := [run_id for run_id in self.launched if _state(store, run_id) not in ENDED]:
            assert time.monotonic() < deadline, f"{len(left)} runs have no end: {left}"
            time.sleep(0.1)
        self.look()
        self.ends = Counter(_state(store, run_id) for run_id in self.launched)

    def words(self) -> str:
        """Say how many runs ended in which way, and how many events are kept."""
        ends = ", ".join(f"{count} {state}" for state, count in self.ends.most_common())
        return f"of {len(self.launched)} runs {ends}; all {sum(map(len, self._seen.values())):,} events are there"

    def _note(self, process: "subprocess.Popen[str]") -> None:
        for line in cast(IO[str], process.stdout):
            self.launched.append(line.strip())
            self.has_heard = True


def _state(store: Reader, run_id: str) -> str:
    found = store.run(run_id)
    assert found is not None, f"run {run_id} was taken, and is lost"
    return found.state


def _kill_some(server: int, draw: random.Random, *, most: int) -> int:
    """Kill workers of a server at random moments; gives how often, with the server's own that follows."""
    for _ in range(most - 1):
        wait_until(lambda: child_pids("explorer.runs.worker.worker", of=server))
        time.sleep(draw.random() * LONGEST)
        with suppress(ProcessLookupError, IndexError):  # one that has just gone by itself
            workers = child_pids("explorer.runs.worker.worker", of=server)
            os.kill(draw.choice(workers), draw.choice((signal.SIGKILL, signal.SIGSEGV)))
    time.sleep(draw.random() * LONGEST)
    return most


@contextmanager
def server(home: Path, *, seed: int) -> Iterator["subprocess.Popen[str]"]:
    """Run a server that launches runs as long as it lives, and says their ids once it has taken them."""
    command = [sys.executable, "-c", SERVER, str(home), str(seed)]
    with (
        (home / "log").open("a") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def serve(home: Path, seed: int) -> None:
    """Launch runs for ever; called in the server's process."""
    draw = random.Random(seed)
    with closing(open_runs(home, allocations=places())) as runs:
        while True:
            with suppress(StoreError):
                if len(runs.store.unfinished()) < AT_ONCE:
                    print(runs.submit(job(draw), "kills"), flush=True)  # noqa: T201  # acknowledged from here on
            time.sleep(draw.random() * 0.2)


def job(draw: random.Random) -> Job:
    epochs, seed = draw.choice([1, 5, 40]), draw.randrange(99)
    recipe = Recipe(device="cpu", train_size=256, batch_size=32, epochs=epochs, seed=seed)
    return Job(PRESETS["lenet-d2l"].architecture, recipe)


def places() -> tuple[LocalAllocation, ...]:
    return (LocalAllocation("cpu", {"OMP_NUM_THREADS": "1"}, WORKER),) * WORKERS


if __name__ == "__main__":
    sys.exit(main())
