"""Why a run's loss is no number any more: where in the network, and after which step."""

import torch

from explorer.training.events import Probe
from explorer.training.loop.prepare import PreparedRun
from explorer.training.loop.probes import Prober, forward, trainable
from explorer.training.recipe.optimizers import OPTIMIZERS

LARGE_STEP = 0.1  # of a layer's weights: some hundred times what a network that learns shows


def explain(run: PreparedRun, prober: Prober, *, step: int, learning_rate: float) -> str:
    """Say in the user's words why the loss at a step was not a finite number, and what to change."""
    rate, momentum = learning_rate, run.recipe.momentum
    sentences = (
        f"The loss at step {step:,} was not a finite number: with a learning rate of {rate:g} the steps were so large "
        "that the weights outgrew what a float can hold.",
        _largest_step(prober.last),
        _first_broken(run, prober),
        f"Try a learning rate of {min(rate / 10, OPTIMIZERS[run.recipe.optimizer].usual):g}"
        + (f", or a momentum below {momentum:g}." if momentum else "."),
    )
    return " ".join(filter(None, sentences))


def _largest_step(probe: Probe | None) -> str:
    """Name the layer that the last step that was probed changed most, if it changed it much."""
    ratios = {layer.name: layer.update_ratio for layer in probe.layers if layer.update_ratio} if probe else {}
    if not probe or not ratios:
        return ""
    name = max(ratios, key=lambda layer: ratios[layer])
    if ratios[name] < LARGE_STEP:
        return ""
    size = f"{ratios[name]:,.0f} times" if ratios[name] >= 10 else f"{ratios[name]:.0%} of"
    return f"Step {probe.step:,} alone changed {name}'s weights by {size} their size."


@torch.no_grad()
def _first_broken(run: PreparedRun, prober: Prober) -> str:
    """Name the first layer from the input on that is not finite, unless all of them are lost already."""
    weights = {name: trainable(layer) for name, layer in run.network.named_children()}
    broken = [name for name, some in weights.items() if not all(param.isfinite().all() for param in some)]
    if len(broken) == sum(map(bool, weights.values())):
        return ""
    if broken:
        return f"{broken[0]} was the first layer from the input whose weights were not finite numbers."
    passed, _ = forward(run.network, prober.inputs())
    name = next((layer.name for layer in passed if not layer.outputs.isfinite().all()), "")
    return f"{name} was the first layer from the input whose outputs were not finite numbers." if name else ""
