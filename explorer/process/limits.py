"""How much of the computer a process takes beside the server: what memory the system gives it, and whose turn is first.

The limit of memory is Linux's RLIMIT_DATA, which counts what a process may write to itself. macOS and Windows have none
that holds: there the estimate before a run is all. A GPU's own memory is no part of it.
"""

import contextlib
import os
import re
import sys
from pathlib import Path

VARIABLE = "EXPLORER_RUN_MEMORY"  # of the environment: the bytes that runs may take beside what torch itself takes
NICENESS = 2  # beside a program that keeps the same core busy it has 39 % of that; with 0 it would be half, with 5 25 %
STACK = 8 * 2**20  # bytes of a thread's stack, as glibc reserves it
# A shortage of memory as torch, its kernels' library and C++ say it.
NO_MEMORY = re.compile(
    "out of memory|can(?:'t|not) allocate memory|could not create a (?:primitive|memory)|bad_alloc", re.I
)
POOLS = 2  # of threads, one for each core, that a run may begin: torch's, and those of `training/threads.py`


def let_the_server_go_first() -> None:
    """Have the system serve pages before this process, and end this one first when memory runs out."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    for name, value in (("autogroup", NICENESS), ("oom_score_adj", 500)):  # Linux: a desktop's counts by session
        with contextlib.suppress(OSError):
            Path("/proc/self", name).write_text(str(value))


def limit_memory() -> None:
    """Have the system refuse what goes beyond the memory for runs; call it once torch has what it takes for itself."""
    if (count := memory_for_runs()) is not None:
        import resource  # noqa: PLC0415  # Windows has no such module

        room = POOLS * STACK * (os.cpu_count() or 1)
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = _data_bytes() + count + room
        resource.setrlimit(resource.RLIMIT_DATA, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))


def memory_for_runs() -> int | None:
    """Give the bytes that the system lets this process's runs have; None where it sets no limit."""
    said = os.environ.get(VARIABLE, "")
    return int(said) if sys.platform == "linux" and said.isdigit() else None


def is_shortage(error: BaseException) -> bool:
    """Tell whether an error says that there was too little memory."""
    return isinstance(error, MemoryError) or NO_MEMORY.search(str(error)) is not None


def _data_bytes() -> int:
    """Count what the limit counts."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    return pages * os.sysconf("SC_PAGE_SIZE")
