"""How long a training step takes on a device: four rates, fitted to a few real steps, and what they foretell.

A step's time is taken as a sum: so long for each layer's calls, each multiply-add, each value that a layer gives, and
each parameter that is updated. It foretells the order of size, not the tenth of a second.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from explorer.architecture.trace import Trace

Numbers = npt.NDArray[np.float64]
FORWARD = 1 / 3  # of a step's work: going back takes twice as much, once for the inputs and once for the weights
SWEEPS = 2_000  # of the fit, far beyond what four unknowns take
FLOAT_BYTES = 4


class Speed(msgspec.Struct, frozen=True):
    """The seconds that a training step takes on a device for each layer, multiply-add, value and parameter."""

    per_layer: float
    per_mult_add: float
    per_value: float
    per_parameter: float


class Timing(msgspec.Struct, frozen=True):
    """A step that was measured: the network, the pictures in its batch, and its seconds."""

    trace: Trace
    batch_size: int
    seconds: float


def step_seconds(speed: Speed, trace: Trace, *, batch_size: int) -> float:
    """Foretell the seconds of one training step on `batch_size` pictures."""
    return float(_amounts(trace, batch_size) @ _rates(speed))


def measure_seconds(speed: Speed, trace: Trace, *, test_size: int) -> float:
    """Foretell the seconds in which `test_size` test pictures are measured."""
    _, mult_adds, values, _ = _amounts(trace, test_size)
    return float(FORWARD * (mult_adds * speed.per_mult_add + values * speed.per_value))


def fit(timings: Sequence[Timing]) -> Speed:
    """Find the rates, none below zero, whose steps differ least from those measured, each by its share."""
    amounts = np.array([_amounts(timing.trace, timing.batch_size) / timing.seconds for timing in timings])
    return Speed(*(float(rate) for rate in _non_negative(amounts, np.ones(len(timings)))))


def _amounts(trace: Trace, batch_size: int) -> Numbers:
    values = sum(row.output_bytes for row in trace.rows) / FLOAT_BYTES
    totals = trace.totals
    return np.array(
        [len(trace.rows), totals.mult_adds * batch_size, values * batch_size, totals.num_params], dtype=np.float64
    )


def _rates(speed: Speed) -> Numbers:
    return np.array([speed.per_layer, speed.per_mult_add, speed.per_value, speed.per_parameter])


def _non_negative(matrix: Numbers, wanted: Numbers) -> Numbers:
    """Solve least squares without negative unknowns, one unknown after the other until all rest."""
    scale = np.linalg.norm(matrix, axis=0)
    columns = matrix / scale
    found, left = np.zeros(len(scale)), wanted.copy()
    for _ in range(SWEEPS):
        for place, column in enumerate(columns.T):
            step = max(-found[place], float(column @ left))
            found[place] += step
            left -= step * column
    return np.asarray(found / scale)
