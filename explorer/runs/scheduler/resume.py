"""Runs go on where others stand: one as a person asks, a sweep's after the end of the server that had them."""

import math

from msgspec.structs import replace

from explorer.runs.store.rows import Run
from explorer.runs.store.run_files import RunFiles
from explorer.runs.store.store import Store
from explorer.training.loop.checkpoint import CheckpointError, read_place
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


def resume_sweeps(store: Store, checkpoints: RunFiles) -> None:
    """Queue the interrupted runs of sweeps again, each from its checkpoint where it has one, otherwise anew."""
    for run in store.interrupted_in_sweeps():
        source, step = _last_place(run, checkpoints)
        store.resume(run, source=source, step=step)


def _last_place(run: Run, checkpoints: RunFiles) -> tuple[str | None, int]:
    """Find the run whose checkpoint a run goes on from, and the step of it: its own, or the one that it began with."""
    for source in (run.id, run.continues):
        if source and checkpoints.size(source) is not None:
            try:
                return source, read_place(checkpoints.path(source)).step
            except CheckpointError:  # broken with the disk or the power: the run begins anew
                continue
    return None, 0
