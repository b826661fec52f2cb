"""What a run's probes hold: the moments of a run, and the layers that a look at it is about."""

from collections.abc import Iterable, Sequence

from explorer.architecture.kinds import ACTIVATIONS
from explorer.training.events import Event, LayerProbe, Probe

LEAST = 1e-12  # a gradient below it is drawn as none


def probes_of(events: Iterable[Event]) -> list[Probe]:
    """Pick the probes out of a run's events."""
    return [event for event in events if isinstance(event, Probe)]


def place_of(probes: Sequence[Probe], step: int | None) -> int:
    """Find the last probe not after a step; the newest for None."""
    if step is None:
        return len(probes) - 1
    return max(0, sum(probe.step <= step for probe in probes) - 1)


def with_weights(probe: Probe) -> list[LayerProbe]:
    """Give the layers that have a gradient, from the input to the output."""
    return [layer for layer in probe.layers if layer.grad_rms is not None]


def activations(probe: Probe) -> list[LayerProbe]:
    """Give the activations, from the input to the output."""
    return [layer for layer in probe.layers if layer.slope is not None]


def stuck_layers(probe: Probe) -> list[LayerProbe]:
    """Give the activations that can saturate or die."""
    return [layer for layer in probe.layers if stuck_share(layer) is not None]


def stuck_share(layer: LayerProbe) -> float | None:
    """Give the share of a layer's units that are dead or saturated; None for a kind that can be neither."""
    return layer.dead if layer.saturated is None else layer.saturated


def shown_layers(probe: Probe) -> list[LayerProbe]:
    """Give the layers whose outputs are looked at: the activations, or without any those with weights."""
    return activations(probe) or with_weights(probe)


def layer_at(probe: Probe, index: int) -> LayerProbe:
    """Find a layer by its index; the first one if it was not measured."""
    return next((layer for layer in probe.layers if layer.index == index), probe.layers[0])


def noun(kind: str) -> str:
    """Name a kind of activation in a sentence: `sigmoid`, `ReLU`."""
    return ACTIVATIONS[kind].noun or kind


def plural(kind: str) -> str:
    """Name several of a kind."""
    return f"{noun(kind)}{'es' if noun(kind).endswith('s') else 's'}"


def kind_words(probe: Probe) -> str:
    """Name the kinds of activations of a network: `sigmoids`, `ReLUs and tanhs`."""
    kinds = dict.fromkeys(layer.kind for layer in activations(probe))
    return " and ".join(plural(kind) for kind in kinds) or "no activation"


def are_comparable(probe: Probe, other: Probe) -> bool:
    """Say whether two networks have the same layers with weights and different activations between them."""
    names = [[layer.name for layer in with_weights(one)] for one in (probe, other)]
    return names[0] == names[1] and kind_words(probe) != kind_words(other)
