"""What a browser needs to know of each layer to show its maps and how their values come about."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec.structs import asdict

from explorer.architecture.build import layer_names
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import shape_words
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import LayerRow, trace
from explorer.training.events import Probe
from explorer.views.probes.probe_words import moment_words

INPUT, UNTRAINED = "input", "untrained"


class InsideLayer(NamedTuple):
    """One layer: how it is called, and how it makes its outputs of what the one before puts out."""

    name: str
    kind: str
    title: str
    words: str  # its settings
    before: str  # the name of the layer before
    acts: bool  # on each value alone
    groups: int
    window: dict[str, Any] | None
    numbers: dict[str, float]  # of its settings, such as eps
    weights: int  # how many numbers it has of its own


class Inside(NamedTuple):
    """A run's network, and the steps at which one can look into it."""

    layers: Sequence[InsideLayer]  # the input first
    steps: Sequence[int]
    moments: Sequence[str]  # each step in words
    classes: Sequence[str]


class Beside(NamedTuple):
    """Another network that sees the same picture: a contender's, or this one before its first step."""

    id: str  # in the link
    run: str
    title: str
    inside: Inside


def untrained(inside: Inside) -> Inside:
    """Give a network as it stood at the first step that was kept."""
    return inside._replace(steps=inside.steps[:1], moments=inside.moments[:1])


def inside_of(
    architecture: Architecture, steps: Sequence[int], probes: Sequence[Probe], classes: Sequence[str]
) -> Inside:
    """Lay out a run's network for the browser."""
    words = {probe.step: moment_words(probe) for probe in probes}
    names = (INPUT, *layer_names(architecture.layers))
    first = InsideLayer(INPUT, INPUT, "", shape_words(architecture.input_shape), "", False, 1, None, {}, 0)
    rows = trace(architecture).rows
    layers = [_layer(*each) for each in zip(rows, architecture.layers, names[1:], names, strict=False)]
    return Inside((first, *layers), steps, [words.get(step, f"Step {step:,}") for step in steps], classes)


def _layer(row: LayerRow, layer: Layer, name: str, before: str) -> InsideLayer:
    kind, window = type(layer).__name__, layer.window
    return InsideLayer(
        name=name,
        kind=kind,
        title=layer.title or kind,
        words=" ".join(filter(None, [kind, layer.describe()])),
        before=before,
        acts=layer.role == "activation",
        groups=getattr(layer, "groups", 1),
        window=window._asdict() if window else None,
        numbers=_numbers(layer),
        weights=max(row.num_params, int(layer.has_weights)),
    )


def _numbers(layer: Layer) -> dict[str, float]:
    """Give the settings that are one number; of zeros around a map, those left and above."""
    left, _, top, _ = getattr(layer, "each", (0, 0, 0, 0))
    settings = {name: value for name, value in asdict(layer).items() if isinstance(value, int | float)}
    return {"left": left, "top": top} | settings
