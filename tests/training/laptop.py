"""A device that needs no measuring, so that pages under test tell the time at once."""

from pathlib import Path

import msgspec

from explorer.training.cost.measurement import Measurement, measurement_file
from explorer.training.cost.speed import Speed

LAPTOP = Speed(per_layer=1e-4, per_mult_add=5e-11, per_value=1e-8, per_parameter=3e-9)


def measured(*, cpu_share: float = 1.0, at: float = 0.0) -> Measurement:
    return Measurement(LAPTOP, cpu_share, at, beside=LAPTOP, whole=LAPTOP)


def know_the_cpu(home: Path) -> None:
    """Leave a measured speed where the program keeps it."""
    home.mkdir(parents=True, exist_ok=True)
    measurement_file(home, "cpu").write_bytes(msgspec.json.encode(measured()))
