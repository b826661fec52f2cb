"""How this computer is divided among workers: each has a device, with its share of the cores, for one run at a time."""

import os
from collections.abc import Sequence
from typing import TypeVar

import msgspec
import torch

from explorer.process.limits import VARIABLE
from explorer.runs.scheduler.worker import Allocation, Ended, Hear
from explorer.runs.scheduler.worker_process import WORKER, WorkerProcess
from explorer.training.recipe.devices import total_bytes
from explorer.training.threads import count_cores

GPU_THREADS = 4  # of a worker whose computing a GPU does
WORKER_BYTES = 10**9  # of main memory: torch takes 0.7 GB in each process, a small network's run hardly more
LEAST_MEMORY = WORKER_BYTES // 2  # that a run may try to do with, however small the computer is
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

AnyAllocation = TypeVar("AnyAllocation", bound=Allocation)


class LocalAllocation(msgspec.Struct, frozen=True):
    """A device of this computer with its share of the cores, which the environment of a process there sets."""

    device: str  # as a recipe names it
    environment: dict[str, str]
    command: tuple[str, ...] = WORKER  # of its workers
    cores: int = 1  # that it shares with its equals
    memory: int | None = None  # bytes for runs, which it shares too

    def start_worker(self, *, hear: Hear, ended: Ended) -> WorkerProcess:
        """Start a process that trains, with all the memory at most; raises `OSError` where the system can't."""
        limit = {} if self.memory is None else {VARIABLE: str(max(LEAST_MEMORY, self.memory))}
        return WorkerProcess(self.command, self.environment | limit, hear=hear, ended=ended)


def local_allocations() -> tuple[LocalAllocation, ...]:
    """Divide this computer: each GPU by itself, and a place to train for each core, if the memory holds so many."""
    cores = count_cores()
    beside = _environment(min(GPU_THREADS, cores))
    gpus = [LocalAllocation("cuda", beside | {"CUDA_VISIBLE_DEVICES": name}) for name in _cuda_names()]
    gpus += [LocalAllocation("mps", beside)] * torch.backends.mps.is_available()
    places, memory = _places(cores), total_bytes()
    left = None if memory is None else memory - (1 + places) * WORKER_BYTES  # the server takes as much as a worker
    cpu = LocalAllocation("cpu", _environment(cores) | {"CUDA_VISIBLE_DEVICES": ""}, cores=cores, memory=left)
    return (*gpus, *[cpu] * places)


def _environment(threads: int) -> dict[str, str]:
    """Give what torch reads at its start: how many threads it may have, which sleep while they wait for each other."""
    return dict.fromkeys(THREAD_VARIABLES, str(threads)) | {"OMP_WAIT_POLICY": "PASSIVE"}


def _places(cores: int) -> int:
    """Count the workers on the CPU: one a core, which half of the memory has to hold."""
    memory = total_bytes()
    return cores if memory is None else max(1, min(cores, memory // 2 // WORKER_BYTES))


def fitting(allocations: Sequence[AnyAllocation], device: str) -> tuple[AnyAllocation, ...]:
    """Choose the allocations that a recipe's `device` may use, perhaps none; `auto` means a GPU where there is one."""
    gpus = tuple(allocation for allocation in allocations if allocation.device != "cpu")
    if device == "auto":
        return gpus or tuple(allocations)
    return tuple(allocation for allocation in allocations if allocation.device == device)


def _cuda_names() -> list[str]:
    count = torch.cuda.device_count()
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    return allowed.split(",")[:count] if allowed else [str(index) for index in range(count)]
