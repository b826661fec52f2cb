"""Memory that a step gives back is kept for the next one: asked anew, the system clears it page by page each time."""

import ctypes
import sys
from functools import cache

# Of mallopt(3): how much is kept at the end of the heap, from what size the system is asked for it directly, and by how
# much the heap grows at once. A step of LeNet on 256 pictures took 1,800 new pages; with these hardly any.
TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
MIB = 2**20


@cache
def reuse_memory() -> None:
    """Ask the C library for that, once; where it is not glibc, nothing happens."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(MMAP_THRESHOLD, 32 * MIB)  # the most that it takes
        mallopt(TRIM_THRESHOLD, 256 * MIB)
        mallopt(TOP_PAD, 64 * MIB)
