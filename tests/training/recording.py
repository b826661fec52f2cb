"""What stands in for a CUDA graph on a CPU: nothing is done at the capture, and all of it at each replay."""

from collections.abc import Callable

from torch import Tensor

from explorer.training.loop.capture import Take
from explorer.training.loop.step import Figures


class Recording:
    """What a CUDA graph does, on a CPU, with a note of each call."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._work: Callable[[], None] | None = None

    def aside(self, take: Take, picked: Tensor) -> Figures:
        self.calls.append("aside")
        return take(picked)

    def capture(self, work: Callable[[], None]) -> None:
        self.calls.append("capture")
        self._work = work

    def replay(self) -> None:
        self.calls.append("replay")
        assert self._work
        self._work()
