"""Where runs may train on this computer: a slot is a device with its share of the cores, for one run at a time."""

import os
from collections.abc import Sequence

import msgspec
import torch

THREADS = 4  # a small network cannot keep many busy; the other cores serve other runs
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class Slot(msgspec.Struct, frozen=True):
    """A place for one worker: its device, as a recipe names it, and what its environment sets before it starts."""

    device: str
    environment: dict[str, str]


def machine_slots() -> tuple[Slot, ...]:
    """Divide this computer: a slot for each GPU, and shares of the cores, so that no two workers compete for one."""
    cores = _cores()
    threads = min(THREADS, cores)
    counts = dict.fromkeys(THREAD_VARIABLES, str(threads))
    gpus = [Slot("cuda", counts | {"CUDA_VISIBLE_DEVICES": name}) for name in _cuda_names()]
    gpus += [Slot("mps", counts)] * torch.backends.mps.is_available()
    return (*gpus, *[Slot("cpu", counts | {"CUDA_VISIBLE_DEVICES": ""})] * max(1, cores // threads))


def fitting(slots: Sequence[Slot], device: str) -> tuple[Slot, ...]:
    """Choose the slots that a recipe's `device` may use: `auto` means a GPU's where there is one; none may fit."""
    gpus = tuple(slot for slot in slots if slot.device != "cpu")
    if device == "auto":
        return gpus or tuple(slots)
    return tuple(slot for slot in slots if slot.device == device)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))  # a container or a cluster may allow fewer than there are
    return os.cpu_count() or 1


def _cuda_names() -> list[str]:
    count = torch.cuda.device_count()
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    return allowed.split(",")[:count] if allowed else [str(index) for index in range(count)]
