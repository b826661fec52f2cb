"""How this computer is divided among workers: each has a device, with its share of the cores, for one run at a time."""

import os
from collections.abc import Sequence
from typing import TypeVar

import msgspec
import torch

from explorer.runs.scheduler.worker import Allocation, Ended, Hear
from explorer.runs.scheduler.worker_process import WORKER, WorkerProcess

THREADS = 4  # a small network cannot keep many busy; the other cores serve other runs
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

AnyAllocation = TypeVar("AnyAllocation", bound=Allocation)


class LocalAllocation(msgspec.Struct, frozen=True):
    """A device of this computer with its share of the cores, which the environment of a process there sets."""

    device: str  # as a recipe names it
    environment: dict[str, str]
    command: tuple[str, ...] = WORKER  # of its workers

    def start_worker(self, *, hear: Hear, ended: Ended) -> WorkerProcess:
        """Start a process that trains; raises `OSError` where the system can't."""
        return WorkerProcess(self.command, self.environment, hear=hear, ended=ended)


def local_allocations() -> tuple[LocalAllocation, ...]:
    """Divide this computer: each GPU by itself, and shares of the cores, so that no two workers compete for one."""
    cores = _cores()
    threads = min(THREADS, cores)
    counts = dict.fromkeys(THREAD_VARIABLES, str(threads))
    gpus = [LocalAllocation("cuda", counts | {"CUDA_VISIBLE_DEVICES": name}) for name in _cuda_names()]
    gpus += [LocalAllocation("mps", counts)] * torch.backends.mps.is_available()
    cpu = LocalAllocation("cpu", counts | {"CUDA_VISIBLE_DEVICES": ""})
    return (*gpus, *[cpu] * max(1, cores // threads))


def fitting(allocations: Sequence[AnyAllocation], device: str) -> tuple[AnyAllocation, ...]:
    """Choose the allocations that a recipe's `device` may use, perhaps none; `auto` means a GPU where there is one."""
    gpus = tuple(allocation for allocation in allocations if allocation.device != "cpu")
    if device == "auto":
        return gpus or tuple(allocations)
    return tuple(allocation for allocation in allocations if allocation.device == device)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))  # a container or a cluster may allow fewer than there are
    return os.cpu_count() or 1


def _cuda_names() -> list[str]:
    count = torch.cuda.device_count()
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    return allowed.split(",")[:count] if allowed else [str(index) for index in range(count)]
