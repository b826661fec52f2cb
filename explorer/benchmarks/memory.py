"""The most memory that a worker takes while it trains: of the whole process, torch and Python included."""

import sys
from pathlib import Path

from explorer.benchmarks.workers import bench_workers
from explorer.training.recipe.recipe import Job


def peak_bytes(job: Job) -> int | None:
    """Train a job in a worker of its own and give the peak of its main memory in bytes; None where no system says it.

    Raises `RuntimeError` for a job that fails.
    """
    if sys.platform != "linux":
        return None
    with bench_workers(1) as (worker,):
        worker.begin([job])
        worker.end()
        return _high_water(worker.pid)


def _high_water(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
