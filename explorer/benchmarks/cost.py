"""Whether the time that is told before a run is the time that it takes, alone and with a run on each other core."""

from collections.abc import Iterator

import msgspec
import torch

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.benchmarks.workers import seconds_at_once
from explorer.training.calibration.calibrate import calibrate
from explorer.training.cost.forecast import forecast
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.threads import count_cores

RUNS = {
    "lenet-d2l": Recipe(epochs=3, batch_size=256, device="cpu"),
    "alexnet-28": Recipe(epochs=1, batch_size=128, device="cpu", optimizer="Adam", learning_rate=0.001),
    "alexnet-d2l": Recipe(epochs=1, train_size=512, batch_size=128, device="cpu", learning_rate=0.01),
}


class Foretold(msgspec.Struct, frozen=True):
    """The seconds of some equal runs at once as they were told before, and as they came."""

    network: str
    runs: int
    foretold: float
    taken: float

    @property
    def ratio(self) -> float:
        """The seconds foretold over those taken."""
        return self.foretold / self.taken


def bench_cost() -> Iterator[Foretold]:
    """Measure the CPU's rates, then foretell and train each network; some minutes on two cores."""
    found = calibrate(torch.device("cpu"))
    for name, recipe in RUNS.items():
        architecture = PRESETS[name].architecture
        for runs in sorted({1, count_cores()}):
            told = forecast(trace(architecture), recipe, found.of(beside=runs > 1)).seconds or 0.0
            yield Foretold(name, runs, told, seconds_at_once([Job(architecture, recipe)] * runs))
