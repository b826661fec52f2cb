"""Whether the time that is told before a run is the time that it takes: the one over the other, for three networks."""

from collections.abc import Iterator

import msgspec
import torch

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.training.calibration.calibrate import calibrate
from explorer.training.cost.forecast import forecast
from explorer.training.events import Failed, Finished
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe

RUNS = {
    "lenet-d2l": Recipe(epochs=3, batch_size=256, device="cpu"),
    "alexnet-28": Recipe(epochs=1, batch_size=128, device="cpu", optimizer="Adam", learning_rate=0.001),
    "alexnet-d2l": Recipe(epochs=1, train_size=1_024, batch_size=128, device="cpu", learning_rate=0.01),
}


class Foretold(msgspec.Struct, frozen=True):
    """A run's seconds as they were told before, and as they came."""

    network: str
    foretold: float
    taken: float

    @property
    def ratio(self) -> float:
        """The seconds foretold over those taken."""
        return self.foretold / self.taken


def bench_cost() -> Iterator[Foretold]:
    """Measure the CPU's rates, then foretell and train each network; about two minutes on two cores."""
    speed = calibrate(torch.device("cpu")).speed
    for name, recipe in RUNS.items():
        architecture = PRESETS[name].architecture
        foretold = forecast(trace(architecture), recipe, speed).seconds or 0.0
        yield Foretold(name, foretold, _seconds(Job(architecture, recipe)))


def _seconds(job: Job) -> float:
    for event in train(job):
        match event:
            case Finished():
                return event.seconds
            case Failed():
                raise RuntimeError(event.cause)
    raise RuntimeError("the run had no end")
