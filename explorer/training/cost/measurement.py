"""What was measured of a device, as it is kept in a file for each."""

from pathlib import Path

import msgspec

from explorer.training.cost.speed import Speed


class Measurement(msgspec.Struct, frozen=True):
    """A device's rates as they were found, and what they rest on; of a CPU, those of each way to take a step."""

    speed: Speed  # of a run alone: in parts on all cores of a CPU
    cpu_share: float  # of the time, in which the thread that computes had a processor; 1 where another device does
    at: float  # Unix seconds, when it was begun
    beside: Speed | None = None  # on one core, while all others compute too
    whole: Speed | None = None  # whole, by as many of torch's threads as there are cores

    def of(self, *, beside: bool) -> Speed:
        """Give the rates of a run alone, or of one that trains beside others."""
        return self.beside if beside and self.beside else self.speed


def measurement_file(home: Path, device: str) -> Path:
    """Give the file of a device's rates in the program's folder."""
    return home / f"speed-{device}.json"


to_measurement = msgspec.json.Decoder(Measurement).decode


def read_measurement(home: Path, device: str) -> Measurement | None:
    """Read a device's rates; None where none are kept, or only some of them: they are measured anew."""
    try:
        found = to_measurement(measurement_file(home, device).read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    return None if device == "cpu" and found.beside is None else found
