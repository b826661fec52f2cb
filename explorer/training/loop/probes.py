"""Looks into a network while it trains: how much gradient each layer gets, how far its weights move, what it puts out.

A probe passes the same pictures through the network each time, without dropout; batch normalisation takes their own
statistics and keeps the running ones as they are. So training goes on as if nobody had looked. Gradients are those of
these pictures' loss in float32, not of the batch that was just trained on; weight decay, clipping and augmentation are
not in them.
"""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.activation import Activation
from explorer.training.events import Histogram, LayerProbe, Probe
from explorer.training.loop.batches import draw_orders, to_input
from explorer.training.loop.evaluate import score
from explorer.training.loop.prepare import PreparedRun
from explorer.training.recipe.probe_steps import PICTURES, count_probes, is_probed, spacing

FEWEST = 8  # where one picture alone takes long
BINS = 24
SAMPLED = 2**12  # values of a histogram, about: every so many of a layer's
NEAR = 0.05  # this close to an end of its range, a sigmoid or tanh counts as saturated
DECADES = (-10.0, 2.0)  # of gradients' sizes: each bin is half a decade

Figures = dict[str, Tensor]


class Passed(NamedTuple):
    """One layer of a forward pass: what went in and what came out."""

    place: int  # in the stack, from 0
    name: str
    layer: nn.Module
    inputs: Tensor
    outputs: Tensor


class Prober:
    """Probes a run after its first steps, each twice as far, and then evenly: the same steps whenever a job is run.

    Steps that a person asked for one by one are probed beside these.
    """

    def __init__(self, run: PreparedRun) -> None:
        self._run = run
        order = next(draw_orders(len(run.train_labels), train_size=run.train_size, seed=run.recipe.seed))
        picked = order[: max(FEWEST, min(PICTURES, run.test_chunk))].to(run.device)
        self._images, self._labels = run.train_images[picked], run.train_labels[picked]
        self.spacing = spacing(run.num_steps, pictures=len(picked), batch_size=run.recipe.batch_size)
        self.looks = count_probes(run.num_steps, spacing=self.spacing)
        self._before: dict[str, list[Tensor]] = {}  # each layer's weights before a step that will be probed
        self._is_single = False
        self.last: Probe | None = None

    def is_due(self, step: int) -> bool:
        """Say whether to probe after so many steps."""
        return self._is_single or is_probed(step, num_steps=self._run.num_steps, spacing=self.spacing)

    def begin_step(self, step: int, *, is_single: bool) -> None:
        """Keep the weights before a step that will be probed, so that its size can be told.

        `is_single` says that somebody asked for this very step, to see it.
        """
        self._is_single = is_single
        if self.is_due(step):
            self._before = {name: _copies(layer) for name, layer in self._run.network.named_children()}

    def probe(self, step: int) -> Iterator[Probe]:
        """Look into the network after a step; gives nothing where a figure outgrew what a float can hold."""
        before, self._before = self._before, {}
        layers = measure(
            self._run.network,
            self.inputs(),
            self._labels,
            before=before,
            label_smoothing=self._run.recipe.label_smoothing,
        )
        if layers is not None:
            epoch = step / self._run.steps_per_epoch
            self.last = Probe(step=step, epoch=epoch, pictures=len(self._labels), layers=layers)
            yield self.last

    def inputs(self) -> Tensor:
        """Give the pictures that all probes of the run use, as the network takes them."""
        return to_input(self._images, self._run.input_shape)


def measure(
    network: nn.Sequential,
    inputs: Tensor,
    labels: Tensor,
    *,
    before: dict[str, list[Tensor]],
    label_smoothing: float = 0.0,
) -> tuple[LayerProbe, ...] | None:
    """Measure each layer that trains or is an activation; None where a figure is not finite.

    `before` holds the layers' weights before the last step, by name, or nothing. The host waits for the device once.
    """
    with torch.enable_grad():
        passed, scores = forward(network, inputs)
        gradients = _gradients(F.cross_entropy(scores, labels, label_smoothing=label_smoothing), passed)
        slopes = {step.name: _slope(step) for step in passed if activation(step.layer)}
    with torch.no_grad():
        told = [step for step in passed if step.name in gradients or step.name in slopes]
        figures = [_figures(step, gradients.get(step.name), slopes.get(step.name), before) for step in told]
    read = _read(figures)
    if not all(math.isfinite(value) for values in read for value in chain(*values.values())):
        return None
    return tuple(_layer_probe(step, values) for step, values in zip(told, read, strict=True))


def activation(layer: nn.Module) -> type[Activation] | None:
    """Give a module's kind, if that is one of those that *all activations* changes."""
    kind = KINDS.get(_kind(layer))
    return kind if kind and issubclass(kind, Activation) else None


def _kind(layer: nn.Module) -> str:
    """Name a module's kind, also where a kernel computes it, whose class derives from torch's."""
    names = [kind.__name__ for kind in type(layer).__mro__]
    return next((name for name in names if name in KINDS), names[0])


def forward(network: nn.Sequential, inputs: Tensor) -> tuple[list[Passed], Tensor]:
    """Pass pictures through a network as training does, but without dropout and without a trace in it.

    Gives what each layer took and gave, and the scores.
    """
    passed: list[Passed] = []

    def keep(place: int, name: str, layer: nn.Module, taken: tuple[Tensor], given: Tensor) -> None:
        passed.append(Passed(place, name, layer, taken[0], given))

    with _without_traces(network):
        handles = [
            layer.register_forward_hook(partial(keep, place, name))
            for place, (name, layer) in enumerate(network.named_children())
        ]
        try:
            return passed, score(network, inputs)
        finally:
            for handle in handles:
                handle.remove()


@contextmanager
def _without_traces(network: nn.Sequential) -> Iterator[None]:
    """Switch off what draws random numbers or keeps running statistics, and put it back."""
    dropouts = [layer for layer in network if isinstance(layer, _DropoutNd) and layer.training]
    norms: list[Any] = [layer for layer in network if isinstance(layer, _BatchNorm) and layer.track_running_stats]
    try:
        for layer in dropouts:
            layer.eval()
        for norm in norms:
            norm.track_running_stats = False
        yield
    finally:
        for layer in dropouts:
            layer.train()
        for norm in norms:
            norm.track_running_stats = True


def _gradients(loss: Tensor, passed: list[Passed]) -> dict[str, list[Tensor]]:
    """Give the gradients of each layer's weights, by its name; they are not added to the weights' own `grad`."""
    params = {step.name: trainable(step.layer) for step in passed}
    found = iter(torch.autograd.grad(loss, [param for some in params.values() for param in some]))
    return {name: [next(found) for _ in some] for name, some in params.items() if some}


def trainable(layer: nn.Module) -> list[nn.Parameter]:
    """List the weights and biases of a layer that train."""
    return [param for param in layer.parameters() if param.requires_grad]


def _copies(layer: nn.Module) -> list[Tensor]:
    return [param.detach().clone() for param in trainable(layer)]


def _slope(step: Passed) -> Tensor:
    """Give an activation's derivative at a sample of its inputs: it acts on each value alone.

    One with slopes of its own may have one for each channel, and sees all inputs.
    """
    taken = step.inputs.detach().clone() if trainable(step.layer) else _sample([step.inputs])
    inputs = taken.requires_grad_()
    return torch.autograd.grad(step.layer(inputs).sum(), inputs)[0]


def _figures(
    step: Passed, gradients: list[Tensor] | None, slope: Tensor | None, before: dict[str, list[Tensor]]
) -> Figures:
    mean = step.outputs.mean()
    # torch.std_mean takes many times as long on a CPU: a third of the whole probe.
    std = (step.outputs - mean).square_().mean().sqrt_()
    figures = {"mean": mean, "std": std, **_histogram("outputs", _sample([step.outputs]))}
    if gradients is not None:
        sizes = _sample(gradients).abs().log10().clamp(*DECADES)
        figures["grad_rms"] = _norm(gradients) / math.sqrt(_count(gradients))
        figures |= _histogram("gradients", sizes, limits=DECADES)
    if gradients is not None and before:
        old = before[step.name]
        moved = [new.detach() - was for new, was in zip(trainable(step.layer), old, strict=True)]
        figures["update_ratio"] = _norm(moved) / _norm(old).clamp_min(torch.finfo(torch.float32).tiny)
    if slope is not None:
        figures |= {"slope": slope.abs().mean(), **_stuck(step)}
    return figures


def _stuck(step: Passed) -> Figures:
    """Give the share of outputs, or of units, through which hardly any gradient passes."""
    outputs = step.outputs
    kind = activation(step.layer)
    if kind and kind.saturates:
        low, high = kind.saturates
        middle, room = (low + high) / 2, (high - low) / 2 - NEAR
        return {"saturated": ((outputs - middle).abs_() > room).sum() / outputs.numel()}
    if kind and kind.dies:
        # A map's unit is its channel: all its positions share one filter, which learns while any of them is above 0.
        return {"dead": (outputs.amax(dim=(0, *range(2, outputs.dim()))) == 0).float().mean()}
    return {}


def _norm(tensors: Iterable[Tensor]) -> Tensor:
    norms: Tensor = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(values) for values in tensors]))
    return norms


def _count(tensors: Iterable[Tensor]) -> int:
    return sum(values.numel() for values in tensors)


def _sample(tensors: list[Tensor]) -> Tensor:
    """Take every so many of the values, an odd number, which no width of a map repeats."""
    stride = _count(tensors) // SAMPLED | 1
    # Maps lie in memory with their channels last: taken in that order, they need not be copied.
    return torch.cat(
        [(values.movedim(1, -1) if values.dim() == 4 else values).detach().flatten()[::stride] for values in tensors]
    )


def _histogram(name: str, values: Tensor, *, limits: tuple[float, float] | None = None) -> Figures:
    """Count values in `BINS` bins between limits, by default the least and the largest value."""
    low, high = values.new_tensor(limits) if limits else torch.stack(values.aminmax())
    places = (values - low) / (high - low).clamp_min(torch.finfo(values.dtype).tiny)
    return {name: torch.cat([torch.stack((low, high)), torch.histc(places, bins=BINS, min=0, max=1)])}


def _read(figures: list[Figures]) -> list[dict[str, list[float]]]:
    """Bring all figures to the host in one transfer."""
    parts = [values.reshape(-1) for some in figures for values in some.values()]
    flat = iter(torch.cat(parts).tolist())
    return [{name: [next(flat) for _ in range(values.numel())] for name, values in some.items()} for some in figures]


def _layer_probe(step: Passed, values: dict[str, list[float]]) -> LayerProbe:
    spreads = {name: _to_histogram(values.pop(name)) for name in ("outputs", "gradients") if name in values}
    return LayerProbe(
        index=step.place,
        name=step.name,
        kind=_kind(step.layer),
        num_weights=_count(trainable(step.layer)),
        outputs=spreads["outputs"],
        gradients=spreads.get("gradients"),
        **{name: value for name, (value,) in values.items()},
    )


def _to_histogram(values: list[float]) -> Histogram:
    low, high, *counts = values
    return Histogram(low=low, high=high, counts=tuple(round(count) for count in counts))
