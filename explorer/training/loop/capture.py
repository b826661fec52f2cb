"""A training step on a CUDA GPU, captured once as a graph of kernels and replayed from then on.

LeNet's step is about a hundred kernels of some microseconds: started one by one from Python, they keep the GPU waiting
most of the time. A graph starts them all at once. It reads and writes the same places each time, so what changes
between two steps (the batch, the learning rate, random draws) lies in tensors and generators that the graph knows. On
other devices a step is taken as it is.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import torch
from torch import Tensor

from explorer.training.events import NotCaptured
from explorer.training.loop.prepare import PreparedRun
from explorer.training.loop.step import Figures

Take = Callable[[Tensor], Figures]  # takes a step on the pictures of these numbers
WARM_UPS = 3  # steps before the capture, in which libraries and the optimizer lay out what they keep, as torch asks
SHOWN = 300  # characters of what torch says


class Graph(Protocol):
    """What a device's graph of kernels can do."""

    def aside(self, take: Take, picked: Tensor) -> Figures:
        """Take a step where the capture will be, before it."""

    def capture(self, work: Callable[[], None]) -> None:
        """Record what `work` starts, without doing it; raises `RuntimeError` where something cannot be recorded."""

    def replay(self) -> None:
        """Do what was recorded."""


class CudaGraph:
    """A graph of a CUDA device, on a stream of its own; `generators` are those it draws from, beside torch's own."""

    def __init__(self, generators: Iterable[torch.Generator]) -> None:
        # torch warns where such an optimizer steps outside of a graph: the first steps do, and smaller batches.
        warnings.filterwarnings("ignore", message="This instance was constructed with capturable=True")
        self._graph = torch.cuda.CUDAGraph()
        self._stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
        for generator in generators:
            self._graph.register_generator_state(generator)

    def aside(self, take: Take, picked: Tensor) -> Figures:
        """Take a step on the graph's stream, in its order among the other kernels."""
        current = torch.cuda.current_stream()
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            figures = take(picked)
        current.wait_stream(self._stream)
        return figures

    def capture(self, work: Callable[[], None]) -> None:
        """Record the kernels; threads that train nothing may go on meanwhile."""
        recording = torch.cuda.graph(self._graph, stream=self._stream, capture_error_mode="thread_local")
        # torch leaves its own stream switched on when a recording fails at its end.
        with torch.cuda.stream(torch.cuda.current_stream()), recording:
            work()

    def replay(self) -> None:
        """Start all recorded kernels at once."""
        self._graph.replay()


class Stepper:
    """Takes a run's steps: the first and those of smaller batches plainly, the others as a graph where there is one.

    A step that cannot be recorded is taken plainly for the rest of the run.
    """

    def __init__(self, run: PreparedRun, take: Take, graph: Graph | None) -> None:
        self._run = run
        self._plainly = take
        self._graph = graph
        self._warm_ups = 0
        self._refusal: str | None = None
        self._is_captured = False
        size = min(run.recipe.batch_size, run.train_size)
        self._picked = torch.zeros(size, dtype=torch.int64, device=run.device)
        self._figures = torch.zeros(2, device=run.device)

    def take(self, picked: Tensor) -> Figures:
        """Take a step on the pictures that `picked` numbers."""
        if self._graph is None or len(picked) != len(self._picked):
            return self._plainly(picked)
        if self._warm_ups < WARM_UPS:
            self._warm_ups += 1
            return self._graph.aside(self._plainly, picked)
        return self._replayed(self._graph, picked)

    def tell_refusal(self, step: int) -> Iterator[NotCaptured]:
        """Tell once why steps are not recorded, from this one on, if they should be and cannot."""
        if self._refusal is not None:
            yield NotCaptured(step=step, cause=self._refusal)
            self._refusal = None

    def _replayed(self, graph: Graph, picked: Tensor) -> Figures:
        self._picked.copy_(picked)
        try:
            if not self._is_captured:
                graph.capture(self._record)
                self._is_captured = True
        except RuntimeError as error:
            self._refuse(error)
            return self._plainly(picked)
        graph.replay()
        loss, hits = self._figures.clone()  # the next step overwrites the graph's own
        return loss, hits

    def _record(self) -> None:
        self._figures.copy_(torch.stack(self._plainly(self._picked)))

    def _refuse(self, error: RuntimeError) -> None:
        self._graph = None
        self._run.optimizer.zero_grad()  # gradients that were recorded, but never computed
        self._refusal = (str(error).strip().splitlines() or [type(error).__name__])[0][:SHOWN]


def make_stepper(run: PreparedRun, take: Take) -> Stepper:
    """Make what takes a run's steps on its device."""
    generators = [run.augment.generator] if run.augment else []
    return Stepper(run, take, CudaGraph(generators) if run.device.type == "cuda" else None)
