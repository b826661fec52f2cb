"""The job of a run that goes on where another one stands."""

import math

from msgspec.structs import replace

from explorer.runs.store.rows import Run
from explorer.training.loop.snapshot import Place
from explorer.training.recipe.recipe import Job


def continued(place: Place, run: Run | None, *, more_epochs: int) -> Job:
    """Give the job that goes on from a run's place: to the end of its recipe, or for so many epochs from there.

    With 0 more it is the same job, so the figures are those of a run that was never interrupted. With more, the limits
    that may have ended it no longer hold, and a schedule is drawn over the whole new length. Raises `RecipeError`.
    """
    recipe = place.job.recipe
    if not more_epochs or run is None or not run.num_steps:
        return place.job
    done = math.ceil(place.step * recipe.epochs / run.num_steps)
    longer = replace(recipe, epochs=done + more_epochs, max_seconds=None, target_accuracy=None)
    return replace(place.job, recipe=longer)
