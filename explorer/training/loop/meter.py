"""Figures of training steps: kept on the device, read in one transfer a few times a second, grouped into events."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from explorer.training.errors import DivergedError
from explorer.training.events import Step

READ_SECONDS = 0.2  # between two readings; a curve drawn five times a second looks alive
MAX_POINTS = 1_000  # Step events of a whole run


class Clock:
    """Seconds since its first reading, less those for which it stood still."""

    def __init__(self) -> None:
        self._start: float | None = None
        self._stopped: float | None = None

    def seconds(self) -> float:
        """Give the seconds since the first call, which gives 0."""
        now = time.perf_counter()
        self._start = now if self._start is None else self._start
        return now - self._start

    def set(self, seconds: float) -> None:
        """Count on from so many seconds."""
        self._start = time.perf_counter() - seconds

    def stop(self) -> None:
        """Stand still: whoever takes the run's events does something else."""
        self._stopped = time.perf_counter()

    def go_on(self) -> None:
        """Leave out the time since the stop, if there was one."""
        if self._start is not None and self._stopped is not None:
            self._start += time.perf_counter() - self._stopped
        self._stopped = None


@dataclass
class Sums:
    """Sums over pictures, from which means are made."""

    loss: float = 0.0
    hits: float = 0.0
    pictures: int = 0

    def add(self, loss: float, hits: float, pictures: int) -> None:
        """Add a step whose mean loss over its pictures is `loss`."""
        self.loss += loss * pictures
        self.hits += hits
        self.pictures += pictures

    def means(self) -> tuple[float, float]:
        """Give the mean loss and the accuracy."""
        return self.loss / self.pictures, self.hits / self.pictures


class Meter:
    """Collects each step's loss and right answers without waiting for the device, and gives them as events.

    A run of many steps is told in groups, so that it makes about `MAX_POINTS` events; its very first step stands alone.
    """

    def __init__(self, *, num_steps: int, steps_per_epoch: int, clock: Clock) -> None:
        self.step = 0
        self._steps_per_epoch = steps_per_epoch
        self._clock = clock
        self._group = math.ceil(num_steps / MAX_POINTS)
        self._point, self._epoch = Sums(), Sums()
        self._seconds = self._rate = 0.0
        self._shown: int | None = None  # the step at which an unfinished group was last shown
        self._begin_reading()

    def _begin_reading(self) -> None:
        self._figures: list[Tensor] = []
        self._pictures: list[int] = []
        self._since: float | None = None

    def sums(self) -> tuple[Sums, Sums]:
        """Give the sums of the unfinished group of steps and of the unfinished epoch, as far as they are read."""
        return replace(self._point), replace(self._epoch)

    def go_on_after(self, step: int, *, point: Sums, epoch: Sums) -> None:
        """Go on after so many steps, with the sums that stood there."""
        self.step, self._point, self._epoch = step, replace(point), replace(epoch)

    def begin_step(self) -> None:
        """Start the clock of a reading at its first step, so that time spent elsewhere does not count."""
        if self._since is None:
            self._since = self._clock.seconds()

    def end_step(self, loss: Tensor, hits: Tensor, pictures: int) -> None:
        """Keep a step's mean loss and right answers, both scalars on the device."""
        self._figures += (loss, hits)
        self._pictures.append(pictures)
        self.step += 1

    def is_due(self) -> bool:
        """Say whether to read now: after the first step of a run, then every `READ_SECONDS`."""
        return self.step == 1 or (self._since is not None and self._clock.seconds() - self._since >= READ_SECONDS)

    def read(self) -> Iterator[Step]:
        """Bring the kept figures to the host and give the events they complete; raises `DivergedError`.

        A reading's steps are taken as equally long: a device that works on its own does not say when each ended.
        """
        if self._since is None:
            return
        figures, pictures, since = torch.stack(self._figures).tolist(), self._pictures, self._since
        length = self._clock.seconds() - since
        self._rate = sum(pictures) / max(length, 1e-9)
        self._begin_reading()
        first = self.step - len(pictures) + 1
        for i, (loss, hits, count) in enumerate(zip(figures[::2], figures[1::2], pictures, strict=True)):
            self._seconds = since + length * (i + 1) / len(pictures)
            self._add(first + i, loss, hits, count)
            if first + i == 1 or (first + i) % self._group == 0:
                yield self._take_point(first + i)

    def show_rest(self) -> Iterator[Step]:
        """Give the steps of an unfinished group as they stand, and leave the group to be finished."""
        yield from self.read()
        if self._point.pictures and self._shown != self.step:
            self._shown = self.step
            yield self._point_at(self.step)

    def read_rest(self) -> Iterator[Step]:
        """Read for the last time, and give the steps of an unfinished group too."""
        yield from self.read()
        if self._point.pictures:
            yield self._take_point(self.step)

    def _add(self, step: int, loss: float, hits: float, pictures: int) -> None:
        if not math.isfinite(loss):
            raise DivergedError(step)
        self._point.add(loss, hits, pictures)
        self._epoch.add(loss, hits, pictures)

    def _take_point(self, step: int) -> Step:
        point = self._point_at(step)
        self._point = Sums()
        return point

    def _point_at(self, step: int) -> Step:
        loss, accuracy = self._point.means()
        return Step(
            step=step,
            epoch=step / self._steps_per_epoch,
            seconds=self._seconds,
            train_loss=loss,
            train_accuracy=accuracy,
            images_per_second=self._rate,
        )

    def take_epoch(self) -> tuple[float, float]:
        """Give the mean loss and accuracy of the steps read since the last call."""
        means = self._epoch.means()
        self._epoch = Sums()
        return means
