"""Threads that read a job, a design and a row for the first time at once: each gets it, and the process lives."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
READERS = """
import sys, threading
from pathlib import Path
import msgspec
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import read_json, to_json
from explorer.runs.store.rows import read_job
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job, Recipe

sys.setswitchinterval(1e-6)
job = Job(PRESETS["lenet-d2l"].architecture, Recipe())
store, text = Store(Path(sys.argv[1]) / "runs.sqlite"), msgspec.json.encode(job).decode()
run = store.create(job, "anna")
reads = [lambda: read_job.__wrapped__(text), lambda: read_json(to_json(job.architecture)), lambda: store.run(run).job]
barrier, read = threading.Barrier(2 * len(reads)), []

def begin(first):
    barrier.wait()
    read.append(first())

threads = [threading.Thread(target=begin, args=(each,)) for each in (*reads, *reads)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(read), all(each in (job, job.architecture) for each in read))
"""


@pytest.mark.slow
def test_threads_that_read_something_for_the_first_time_at_once_all_get_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READERS, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "6 True"), done.stderr
