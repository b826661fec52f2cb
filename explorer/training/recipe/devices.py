"""The devices and precisions a recipe can name, what they are called, and how much memory a device has left."""

import os
from collections.abc import Callable
from pathlib import Path

import torch

from explorer.training.errors import TrainingError


def _best() -> torch.device:
    present = [name for name in ("cuda", "mps") if PRESENT[name]()]
    return torch.device(present[0] if present else "cpu")


PRESENT: dict[str, Callable[[], bool]] = {
    "cpu": lambda: True,
    "cuda": torch.cuda.is_available,
    "mps": torch.backends.mps.is_available,
}
DEVICES = ("auto", *PRESENT)
PRECISIONS: dict[str, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def find_device(name: str) -> torch.device:
    """Find the device that a recipe names; `auto` prefers a GPU. Raises `TrainingError` where there is none."""
    if name == "auto":
        return _best()
    if not PRESENT[name]():
        found = ", ".join(present for present, has_it in PRESENT.items() if has_it())
        raise TrainingError(f"This computer has no device {name}; it has {found}. Choose one of these, or auto.")
    return torch.device(name)


def has_precision(device: torch.device, precision: str) -> bool:
    """Say whether a device computes in a precision; a CPU without instructions for bfloat16 still does, slowly."""
    if precision == "float32" or device.type == "cpu":
        return True
    return torch.cuda.is_bf16_supported(including_emulation=False) if device.type == "cuda" else _mps_has_bfloat16()


def _mps_has_bfloat16() -> bool:
    return torch.backends.mps.is_macos_or_newer(14, 0)


def describe(device: torch.device) -> str:
    """Name a device as torch writes it, with the hardware's name where torch knows it."""
    return f"{device} ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else str(device)


def free_bytes(device: torch.device) -> int | None:
    """Measure the memory that a run could still take on a device, in bytes; None where the system does not say."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    return _free_main_memory()


def _free_main_memory() -> int | None:
    found = [size for size in (_linux_available(), _container_left(), total_bytes()) if size is not None]
    return min(found, default=None)


def total_bytes() -> int | None:
    """Measure the main memory that this program may have at most, in bytes; None where the system does not say."""
    found = [size for size in (_container_limit(), _physical()) if size is not None]
    return min(found, default=None)


def _linux_available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _container_limit() -> int | None:
    return _container_bytes("memory.max")


def _container_left() -> int | None:
    limit, used = _container_limit(), _container_bytes("memory.current")
    return None if limit is None or used is None else limit - used


def _container_bytes(name: str) -> int | None:
    try:
        said = (Path("/sys/fs/cgroup") / name).read_text().strip()
    except OSError:
        return None
    return int(said) if said.isdigit() else None


def _physical() -> int | None:
    names = getattr(os, "sysconf_names", {})
    known = "SC_PHYS_PAGES" in names and "SC_PAGE_SIZE" in names
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if known else None
