"""A step that is captured as a graph gives the same run as one that is taken plainly.

A CPU has no graphs, so a recording stands in for one there: it does what was recorded at each replay, and nothing at
the capture. What only a GPU can show is tested where there is one.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.training.events import Epoch, Event, NotCaptured
from explorer.training.loop import train as loop
from explorer.training.loop.capture import CudaGraph, Graph, Stepper, Take
from explorer.training.loop.prepare import PreparedRun, prepare
from explorer.training.loop.step import take_step
from explorer.training.recipe.optimizers import OPTIMIZERS, set_learning_rate
from explorer.training.recipe.recipe import Job, Recipe
from tests.training.recording import Recording
from tests.training.small_jobs import BASE, DROPPING, run, without_times

# Three full batches and a smaller one an epoch; dropout and augmentation draw anew in each, and the rate changes.
RECIPE = msgspec.structs.replace(BASE, train_size=112, epochs=3, augmentation="flip+crop", schedule="cosine")
REPLAYS = 6  # of the nine full batches; before them come the warm-ups


class Refusing(Recording):
    """A graph that fails in the middle of the step's way back."""

    def __init__(self, captured: PreparedRun) -> None:
        super().__init__()
        self._run = captured

    def capture(self, work: Callable[[], None]) -> None:
        super().capture(work)
        for param in self._run.network.parameters():
            param.grad = torch.ones_like(param)
        raise RuntimeError("operation not permitted when stream is capturing\nmore of it")


def run_with(monkeypatch: pytest.MonkeyPatch, graph_of: Callable[[PreparedRun], Graph]) -> list[Event]:
    monkeypatch.setattr(loop, "make_stepper", lambda made, take: Stepper(made, take, graph_of(made)))
    return run(RECIPE, DROPPING)


def test_a_captured_run_is_the_plain_one_bit_for_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, recording = run(RECIPE, DROPPING), Recording()
    captured = run_with(monkeypatch, lambda _run: recording)
    assert without_times(captured) == without_times(plain)
    assert recording.calls == ["aside"] * 3 + ["capture"] + ["replay"] * REPLAYS


def test_a_step_that_cannot_be_captured_is_taken_plainly_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run(RECIPE, DROPPING)
    events = run_with(monkeypatch, Refusing)
    told = [event for event in events if isinstance(event, NotCaptured)]
    assert told == [NotCaptured(step=5, cause="operation not permitted when stream is capturing")]
    assert without_times(event for event in events if event not in told) == without_times(plain)


def test_a_rate_that_a_graph_reads_is_changed_where_it_lies() -> None:
    rate = torch.tensor(0.5)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=rate, fused=True)
    set_learning_rate(optimizer, 0.25)
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == 0.25


class OnMeta(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves it unannotated
    """Refuses what brings a number to the host: a graph could not hold it."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # noqa: ANN401
        given = func(*args, **(kwargs or {}))
        places = {value.device.type for value in tree_leaves(given) if isinstance(value, Tensor)}
        assert places <= {"meta"}, f"{func} gave a tensor on {places}"
        return given


TEN_CLASSES = [name for name, preset in PRESETS.items() if trace(preset.architecture).output_shape == (10,)]


@pytest.mark.parametrize("name", TEN_CLASSES)
def test_a_step_neither_reads_nor_sends_anything_in_its_middle(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    architecture = PRESETS[name].architecture
    small = prepare(Job(architecture, Recipe(device="cpu", batch_size=2, train_size=4, clip_grad_norm=1.0)))
    network = small.network.to("meta")
    made = replace(
        small,
        network=network,
        optimizer=torch.optim.SGD(network.parameters(), lr=0.1, fused=False, foreach=False),
        train_images=torch.empty(
            4, 3 if architecture.input_shape[0] == 1 else 1, 28, 28, dtype=torch.uint8, device="meta"
        ),
        train_labels=torch.empty(4, dtype=torch.int64, device="meta"),
    )
    for sending in (torch.tensor, torch.as_tensor):
        monkeypatch.setattr(torch, sending.__name__, None)
    monkeypatch.setattr(Tensor, "new_tensor", None)
    with OnMeta():  # type: ignore[no-untyped-call]  # torch leaves it unannotated
        loss, hits = take_step(made, torch.empty(2, dtype=torch.int64, device="meta"))
    assert (loss.shape, hits.shape) == ((), ())


def plainly(made: PreparedRun, take: Take) -> Stepper:
    return Stepper(made, take, None)


def watch_replays(monkeypatch: pytest.MonkeyPatch) -> list[CudaGraph]:
    """Give a list that grows by its graph with each replay on a GPU."""
    watched, replay = list[CudaGraph](), CudaGraph.replay

    def watching(graph: CudaGraph) -> None:
        watched.append(graph)
        replay(graph)

    monkeypatch.setattr(CudaGraph, "replay", watching)
    return watched


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("changes", [{}, {"clip_grad_norm": 0.5}, {"precision": "bfloat16"}])
def test_a_gpu_gives_nearly_the_same_run_captured_as_plainly(
    name: str, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe: Recipe = msgspec.structs.replace(RECIPE, device="cuda", optimizer=name, learning_rate=0.01, **changes)
    replays = watch_replays(monkeypatch)
    captured = run(recipe, DROPPING)
    assert not [event for event in captured if isinstance(event, NotCaptured)]
    assert len(replays) == REPLAYS
    monkeypatch.setattr(loop, "make_stepper", plainly)
    plain = run(recipe, DROPPING)
    assert len(replays) == REPLAYS
    losses, expected = ([event.train_loss for event in told if isinstance(event, Epoch)] for told in (captured, plain))
    assert losses == pytest.approx(expected, rel=1e-3)
