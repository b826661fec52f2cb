"""A run's probes in sentences, with the numbers that were measured."""

import math
from collections.abc import Sequence

from explorer.architecture.kinds import ACTIVATIONS
from explorer.training.events import LayerProbe, Probe
from explorer.views.probes.probes import (
    LEAST,
    activations,
    kind_words,
    layer_at,
    noun,
    place_of,
    plural,
    shown_layers,
    stuck_layers,
    stuck_share,
    with_weights,
)

MADE_UP = 30  # times what the activations alone would leave of a gradient
NARROW = "\u202f"  # a space that no line breaks at
SMALL = 1e-4  # a share that is written as a part, since its percentage has too many zeros to be read


def moment_words(probe: Probe) -> str:
    """Say when a probe was taken."""
    return f"Step {probe.step:,} · epoch {probe.epoch:.1f}" if probe.step else "Before the first step"


def lost_words(probe: Probe, step: int) -> str:
    """Say why nothing later than a probe is shown, of a run that has taken more steps than to the next one."""
    return (
        f"Since step {probe.step:,} its gradients, or what its layers put out, are not finite numbers: the run has "
        f"gone astray, and what stands below is from before; it is at step {step:,}. A smaller learning rate helps."
    )


def beside_words(probe: Probe, beside: Sequence[Probe]) -> str:
    """Say what another run showed after as many steps."""
    other = beside[place_of(beside, probe.step)]
    said = gradient_words(other).rstrip(".")
    moved = with_weights(other)[0]
    ratio = "" if moved.update_ratio is None else f", and the step moved its weights by {_percent(moved.update_ratio)}"
    return f"A run with {kind_words(other)}, at step {other.step:,}: {said}{ratio}."


def gradient_words(probe: Probe) -> str:
    """Say how the first layer's gradient compares with the last one's."""
    layers = with_weights(probe)
    if len(layers) < 2:
        return f"{layers[0].name} is the only layer that trains."
    first, last = layers[0], layers[-1]
    small, large = first.grad_rms or 0.0, last.grad_rms or 0.0
    if min(small, large) < LEAST:
        names = " and ".join(layer.name for layer in (first, last) if (layer.grad_rms or 0.0) < LEAST)
        return f"{names} gets no gradient."
    return f"{first.name}'s gradient is {_times(small / large)} {last.name}'s."


def _times(ratio: float) -> str:
    if 0.8 < ratio < 1.25:
        return "about as large as"
    return f"{_two_digits(ratio)} times" if ratio > 1 else f"1/{_two_digits(1 / ratio)} of"


def _two_digits(value: float) -> str:
    """Write a number above 1 with two digits: `1.3`, `40`, `210`."""
    return f"{value:.1f}" if value < 9.95 else f"{round(value, 1 - math.floor(math.log10(value))):,.0f}"


def why_words(probe: Probe) -> str:
    """Say what the activations between the first and the last layer let through, from what was measured."""
    layers = with_weights(probe)
    between = [layer for layer in activations(probe) if layers[0].index < layer.index < layers[-1].index]
    kinds = {layer.kind for layer in between}
    if not between:
        return "No activation stands between them."
    passes = _left(between, of=(layers[0].grad_rms or 0.0) / max(layers[-1].grad_rms or 0.0, LEAST))
    if len(kinds) > 1:
        return f"Between them the slopes are {_slopes(between)} on average: {passes}"
    (kind,) = kinds
    stand = (
        f"Between them stand {len(between)} {plural(kind)}."
        if len(between) > 1
        else f"Between them stands {between[0].name}."
    )
    if kind == "ReLU":
        shares = ", ".join(f"{layer.slope:.0%}" for layer in between)
        return (
            f"{stand} Where a ReLU is above 0 its slope is 1, and the gradient passes whole: "
            f"here at {shares} of the outputs."
        )
    return f"{stand} {_steepness(kind)} {_slopes(between)} on average: {passes}"


def _steepness(kind: str) -> str:
    """Say how steep an activation is, so that what was measured can follow."""
    if not (slope := ACTIVATIONS[kind].slope):
        return "Here the slope is"
    article = "An" if noun(kind)[0] in "AEIOaeio" else "A"
    return f"{article} {noun(kind)}'{'s' * (noun(kind)[-1] != 's')} slope is {slope}; here it is"


def _slopes(layers: list[LayerProbe]) -> str:
    return ", ".join(f"{layer.slope:.2f}" for layer in layers)


def _left(layers: list[LayerProbe], *, of: float) -> str:
    """Say the product of the slopes, which a gradient is multiplied by on its way through them.

    `of` is the share of the last layer's gradient that the first one has all the same.
    """
    product = math.prod(layer.slope or 0.0 for layer in layers)
    if product < LEAST:
        return "they let nothing of a gradient pass."
    if product > 1.25:
        return f"they make a gradient {_two_digits(product)} times as large."
    if product > 0.8:
        return "they let nearly all of a gradient pass."
    rest = ", and the weights make up for it." if of > MADE_UP * product else "."
    return f"they alone let 1/{_two_digits(1 / product)} of a gradient pass{rest}"


def movement_words(probe: Probe) -> str:
    """Say how far the step moved the first and the last layer's weights."""
    moved = [(layer.name, layer.update_ratio) for layer in with_weights(probe) if layer.update_ratio is not None]
    if not moved:
        return "No step was taken yet."
    (first, ratio), *others = moved
    words = f"Step {probe.step:,} moved {first}'s weights by {_percent(ratio)} of their size"
    return f"{words}, {others[-1][0]}'s by {_percent(others[-1][1])}." if others else f"{words}."


def _percent(share: float) -> str:
    """Write a share with two digits: `6.9 %`, `0.14 %`; a tiny one as a part: `1 part in 140 million`."""
    percent = 100 * share
    if percent == 0 or percent >= 9.95:
        return f"{percent:,.0f}{NARROW}%"
    if share < SMALL:
        return _part(1 / share)
    return f"{percent:.{1 - math.floor(math.log10(percent))}f}{NARROW}%"


def _part(inverse: float) -> str:
    if inverse >= 10**12:
        return "less than 1 part in a million million"
    for size, name in ((10**9, " billion"), (10**6, " million")):
        if inverse >= size:
            return f"1 part in {_two_digits(inverse / size)}{name}"
    return f"1 part in {_two_digits(inverse)}"


def stuck_title(probe: Probe) -> str:
    """Name what can be stuck in this network."""
    layers = stuck_layers(probe)
    return "Saturated" if any(layer.saturated is not None for layer in layers) else "Dead units"


def stuck_words(probe: Probe) -> str:
    """Say which activation is stuck most, and what that means."""
    layers = stuck_layers(probe)
    if not layers:
        return "This network has no sigmoid, tanh or ReLU, nor another activation that saturates or dies."
    most = max(layers, key=lambda layer: stuck_share(layer) or 0.0)
    if not stuck_share(most):
        what = (
            "output is within 0.05 of an end of its range"
            if most.saturated is not None
            else "unit is 0 for all pictures"
        )
        return f"No {what}: nothing is stuck."
    share = f"{stuck_share(most) or 0.0:.0%}"
    if most.saturated is not None:
        return (
            f"{most.name}: {share} of its outputs are within 0.05 of an end of the range, "
            "where next to no gradient passes."
        )
    return (
        f"{most.name}: {share} of its units are 0 for all {probe.pictures} pictures, so they get no gradient. "
        "A map's unit is its channel."
    )


def outputs_words(probe: Probe) -> str:
    """Say which layer's outputs differ least."""
    least = min(shown_layers(probe), key=lambda layer: layer.std)
    return (
        f"{least.name} spreads least: {least.mean:.2f} ± {least.std:.2g} over all its outputs. "
        "The less they differ, the less the next layer can tell pictures apart."
    )


def layer_words(probe: Probe, index: int) -> str:
    """Say one layer's figures."""
    layer = layer_at(probe, index)
    facts = [f"outputs {layer.mean:.3g} ± {layer.std:.2g}"]
    if layer.grad_rms is not None:
        facts.append(f"gradient {layer.grad_rms:.2g} a weight")
    if layer.update_ratio is not None:
        facts.append(f"moved by {_percent(layer.update_ratio)}")
    if layer.slope is not None:
        facts.append(f"slope {layer.slope:.2f} on average")
    return f"{layer.name}: {', '.join(facts)}."
