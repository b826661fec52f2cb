"""How fast a trace is, against torchinfo on the built network, in turn in one run.

Absolute figures mean little on a shared machine: quote the ratios.
"""

import statistics
import time
from collections.abc import Callable
from importlib.util import find_spec

import msgspec
from msgspec.structs import replace
from torch import nn

from explorer.architecture.build import build, fit
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace

PRESET = "alexnet-d2l"
TRACES = 5  # in each round
EDITED = 3  # the layer that an edit changes: the second convolution
MAX_MILLISECONDS = 8.0
MIN_RATIO = 25.0


class TraceSpeeds(msgspec.Struct, frozen=True):
    """Milliseconds of four ways to see AlexNet's shapes and counts: medians over the rounds, and of their ratios."""

    rounds: int
    new_design: float  # a trace with nothing remembered
    edited_design: float  # a trace after an edit of one layer: what it does not touch is remembered
    known_design: float  # a trace of a design that was traced before, as a preset is
    torchinfo: float | None  # its summary of the built network; None where it is not installed
    torchinfo_over_new_design: float | None
    torchinfo_over_edited_design: float | None
    torchinfo_over_known_design: float | None


def bench_trace(*, rounds: int = 9) -> TraceSpeeds:
    """Measure the four in turn, `rounds` times, after one round that is not counted."""
    architecture = PRESETS[PRESET].architecture
    peer = _torchinfo(build(architecture), architecture) if find_spec("torchinfo") else None
    measured = [_measure_round(architecture, peer) for _ in range(rounds + 1)]
    return _summarise(measured[1:])


def _measure_round(architecture: Architecture, peer: Callable[[], object] | None) -> dict[str, float]:
    """Measure each once; a trace is so short that it is the median of some."""
    times = {
        "new_design": statistics.median(_trace_new(architecture) for _ in range(TRACES)),
        "edited_design": statistics.median(_trace_edited(architecture, width=257 + i) for i in range(TRACES)),
        "known_design": statistics.median(_milliseconds(lambda: trace(architecture)) for _ in range(TRACES)),
    }
    return times if peer is None else {**times, "torchinfo": _milliseconds(peer)}


def _trace_new(architecture: Architecture) -> float:
    fit.cache_clear()
    return _milliseconds(lambda: trace(architecture))


def _trace_edited(architecture: Architecture, *, width: int) -> float:
    edited = _edit(architecture, width)
    return _milliseconds(lambda: trace(edited))


def _edit(architecture: Architecture, width: int) -> Architecture:
    layers = list(architecture.layers)
    layers[EDITED] = Conv2d(out_channels=width, kernel_size=5, padding=2)
    return replace(architecture, layers=tuple(layers))


def _torchinfo(network: nn.Sequential, architecture: Architecture) -> Callable[[], object]:
    from torchinfo import summary  # noqa: PLC0415  # a peer of the tests; the app runs without it

    return lambda: summary(network, input_size=(1, *architecture.input_shape), device="cpu", verbose=0)


def _milliseconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return 1_000 * (time.perf_counter() - begun)


def _summarise(measured: list[dict[str, float]]) -> TraceSpeeds:
    medians = {name: statistics.median(times[name] for times in measured) for name in measured[0]}
    return TraceSpeeds(
        rounds=len(measured),
        new_design=medians["new_design"],
        edited_design=medians["edited_design"],
        known_design=medians["known_design"],
        torchinfo=medians.get("torchinfo"),
        torchinfo_over_new_design=_ratio(measured, "new_design"),
        torchinfo_over_edited_design=_ratio(measured, "edited_design"),
        torchinfo_over_known_design=_ratio(measured, "known_design"),
    )


def _ratio(measured: list[dict[str, float]], name: str) -> float | None:
    return (
        statistics.median(times["torchinfo"] / times[name] for times in measured)
        if "torchinfo" in measured[0]
        else None
    )


def report(speeds: TraceSpeeds) -> list[str]:
    """Say the figures and their bounds, a line each."""
    lines = [
        f"AlexNet, medians of {speeds.rounds} rounds:",
        f"trace of a new design     {speeds.new_design:8.2f} ms  (bound: at most {MAX_MILLISECONDS:g} ms)",
        f"trace of an edited design {speeds.edited_design:8.2f} ms",
        f"trace of a known design   {speeds.known_design:8.2f} ms",
    ]
    if speeds.torchinfo is None:
        return [*lines, "torchinfo is not installed, so there is nothing to compare with (see requirements-dev.txt)."]
    return [
        *lines,
        f"torchinfo                 {speeds.torchinfo:8.2f} ms",
        f"torchinfo / new design    {speeds.torchinfo_over_new_design:8.1f} ×",
        f"torchinfo / edited design {speeds.torchinfo_over_edited_design:8.1f} ×",
        f"torchinfo / known design  {speeds.torchinfo_over_known_design:8.1f} ×   (bound: at least {MIN_RATIO:g} ×)",
    ]
