"""The threads of a process that trains: work comes in parts, and each part is computed by one thread alone.

OpenMP's threads spin while they wait for each other: beside other busy processes a step then takes up to 24 times as
long. These sleep. What a part computes does not depend on how many threads there are, so neither do a run's figures.
"""

import contextlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")


def count_cores() -> int:
    """Count the processor cores that this process may use; `OMP_NUM_THREADS` may name fewer."""
    # A container or a cluster may allow fewer than there are.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(asked)) if asked.isdigit() and int(asked) else cores


class Threads:
    """So many threads, the caller's among them; `count` may be changed at any time and from any thread."""

    def __init__(self, count: int | None = None) -> None:
        """Take all cores if `count` is None."""
        self.count = count_cores() if count is None else count
        self._others: ThreadPoolExecutor | None = None

    def do(self, parts: Sequence[Callable[[], T]]) -> list[T]:
        """Do the parts and give what each gave, in their order; what one raises is raised once all have ended."""
        done: list[T | None] = [None] * len(parts)
        left = deque(enumerate(parts))

        def work() -> None:
            while (taken := _take(left)) is not None:
                place, part = taken
                done[place] = part()

        others = [self._pool().submit(work) for _ in range(min(self.count, len(parts)) - 1)]
        try:
            with _one_torch_thread():
                work()
        finally:
            wait(others)
        for other in others:
            other.result()
        return done  # type: ignore[return-value]  # each part has put its own there

    def _pool(self) -> ThreadPoolExecutor:
        if self._others is None:
            most = os.cpu_count() or 1
            self._others = ThreadPoolExecutor(most, thread_name_prefix="parts", initializer=_take_one_torch_thread)
        return self._others


def _take(left: deque[tuple[int, Callable[[], T]]]) -> tuple[int, Callable[[], T]] | None:
    """Take the next part, or None where another thread took the last one."""
    try:
        return left.popleft()
    except IndexError:
        return None


def _take_one_torch_thread() -> None:
    """Let torch compute in this thread alone, whatever starts here."""
    import torch  # noqa: PLC0415  # what is asked of a run is heard while torch is still imported

    torch.set_num_threads(1)


@contextlib.contextmanager
def _one_torch_thread() -> Iterator[None]:
    import torch  # noqa: PLC0415

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
