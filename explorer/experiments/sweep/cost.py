"""What a sweep will cost before it starts: how many runs, how long, and how much memory at once."""

from functools import lru_cache

import msgspec
from msgspec.structs import replace

from explorer.experiments.sweep.sweep import Sweep, job_of, lay_out, traced
from explorer.training.cost.forecast import LONG, Forecast, forecast
from explorer.training.cost.speed import Speed
from explorer.training.recipe.recipe import Job, Recipe


class SweepCost(msgspec.Struct, frozen=True):
    """A sweep's cost; `seconds` is None until the device has been measured."""

    runs: int
    unfit: int  # cells that are not trained
    seconds: float | None
    memory_bytes: int  # of the largest runs, as many as train at once

    @property
    def is_long(self) -> bool:
        """Whether the sweep takes longer than a lesson."""
        return self.seconds is not None and self.seconds > LONG


@lru_cache(maxsize=16)  # a page asks again with each click
def sweep_cost(sweep: Sweep, speed: Speed | None, *, abreast: int) -> SweepCost:
    """Sum the costs of a sweep's runs, of which `abreast` train at once."""
    cells = lay_out(sweep)
    costs = [_cost(job_of(sweep, cell), speed) for cell in cells if not cell.cause]
    seconds = [cost.seconds for cost in costs if cost.seconds is not None]
    return SweepCost(
        runs=len(costs),
        unfit=len(cells) - len(costs),
        seconds=sum(seconds) / min(abreast, max(1, len(costs))) if len(seconds) == len(costs) else None,
        memory_bytes=sum(sorted(cost.memory_bytes for cost in costs)[-abreast:]),
    )


def _cost(job: Job, speed: Speed | None) -> Forecast:
    return _forecast(replace(job, recipe=replace(job.recipe, learning_rate=Recipe().learning_rate, seed=0)), speed)


@lru_cache(maxsize=512)  # many cells of a sweep cost the same
def _forecast(job: Job, speed: Speed | None) -> Forecast:
    return forecast(traced(job.architecture), job.recipe, speed)
