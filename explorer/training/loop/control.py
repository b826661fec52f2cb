"""What is asked of a run while it trains: pause, go on, one step, another learning rate, stop.

Nothing here needs torch, so that a worker hears what is asked while it still imports it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from explorer.training.threads import Threads

if TYPE_CHECKING:
    from torch import nn

    from explorer.training.answers.answers import Answers
    from explorer.training.events import Event
    from explorer.training.loop.snapshot import Snapshot


class Keeper(Protocol):
    """Keeps a run's latest snapshot somewhere."""

    def is_due(self) -> bool:
        """Say whether keeping one more now costs little of the run's time."""

    def keep(self, snapshot: "Snapshot") -> "Iterator[Event]":
        """Keep a snapshot in place of the one before; tells so, or why not."""

    def is_quick(self, snapshot: "Snapshot") -> bool:
        """Say whether keeping takes so little that nobody notices who waits for it."""


class AnswerKeeper(Protocol):
    """Keeps a run's latest answers to the test pictures somewhere."""

    def take(
        self, answers: "Answers", *, step: int, dataset: str, data_sha256: str, classes: tuple[str, ...]
    ) -> "Iterator[Event]":
        """Hold the answers after a step, and keep them if that costs little; tells why where it cannot."""

    def keep(self) -> "Iterator[Event]":
        """Keep what is held and not kept yet."""


class WeightKeeper(Protocol):
    """Keeps a network's weights at steps of its run somewhere."""

    def keep(self, network: "nn.Sequential", *, step: int, looks: int) -> "Iterator[Event]":
        """Keep the weights after a step, one of about so many of the run; tells why where it cannot."""


class Control:
    """What was asked, at any time and from any thread; the loop looks between steps and within tests, and never waits.

    While a run is held it tells `Paused`. Whoever takes its events asks for the next one once `has_news`.
    """

    def __init__(
        self,
        keeper: Keeper | None = None,
        answer_keeper: AnswerKeeper | None = None,
        weight_keeper: WeightKeeper | None = None,
        threads: Threads | None = None,
    ) -> None:
        self.keeper = keeper  # None: no snapshot is kept
        self.answer_keeper = answer_keeper  # None: no answers are kept
        self.weight_keeper = weight_keeper  # None: no weights are kept
        self.threads = threads or Threads()  # all cores if nobody says less
        self.is_paused = False
        self.is_stopped = False
        self._steps = 0
        self._rate: float | None = None

    @property
    def is_held(self) -> bool:
        """Whether the run may take no step."""
        return self.is_paused and not self._steps and not self.is_stopped

    @property
    def has_news(self) -> bool:
        """Whether a run that is held has something to do."""
        return not self.is_held or self._rate is not None

    def pause(self) -> None:
        """Hold the run after the step that it is in."""
        self.is_paused = True

    def resume(self) -> None:
        """Let a run that is held go on."""
        self.is_paused, self._steps = False, 0

    def one_step(self) -> None:
        """Let a run that is held take a step; one that is not takes its steps anyway."""
        self._steps += self.is_paused

    def stop(self) -> None:
        """End the run after the step that it is in, or within a test that takes long."""
        self.is_stopped = True

    def set_learning_rate(self, learning_rate: float) -> None:
        """Change the learning rate from the next step on; a schedule's rates all change in proportion."""
        self._rate = learning_rate

    def take_rate(self) -> float | None:
        """Give the learning rate that was asked for since the last call, if one was."""
        rate, self._rate = self._rate, None
        return rate

    def begin_step(self) -> None:
        """Count a step that was asked for as taken."""
        self._steps = max(0, self._steps - 1)
