"""The most memory that a worker takes while it trains: of the whole process, torch and Python included."""

import subprocess
import sys
from pathlib import Path
from typing import IO, cast

import msgspec

from explorer.runs.child_process import module_environment
from explorer.runs.messages import Message, Order, Said, Train
from explorer.runs.scheduler.worker_process import WORKER
from explorer.training.events import Failed, Finished
from explorer.training.recipe.recipe import Job


def peak_bytes(job: Job) -> int | None:
    """Train a job in a worker of its own and give the peak of its main memory in bytes; None where no system says it.

    Raises `RuntimeError` for a job that fails.
    """
    if sys.platform != "linux":
        return None
    pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(WORKER, stdin=pipe, stdout=pipe, stderr=quiet, env=module_environment({})) as worker:
        try:
            order: Order = Train("measured", msgspec.Raw(msgspec.json.encode(job)))
            stdin = cast(IO[bytes], worker.stdin)
            stdin.write(msgspec.json.encode(order) + b"\n")
            stdin.flush()
            _wait_for_the_end(cast(IO[bytes], worker.stdout))
            return _high_water(worker.pid)
        finally:
            worker.kill()


def _wait_for_the_end(messages: IO[bytes]) -> None:
    for line in messages:
        match msgspec.json.decode(line, type=Message):
            case Said(event=Finished()):
                return
            case Said(event=Failed(cause)):
                raise RuntimeError(cause)
    raise RuntimeError("the worker ended before its run did")


def _high_water(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
