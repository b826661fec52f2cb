"""The one way in which a page queues a run."""

from explorer.architecture.trace import trace
from explorer.training.cost.gate import at_best, check
from explorer.training.recipe.recipe import Job
from explorer.ui.base import state
from explorer.ui.base.server import runs_for_training


def submit(job: Job) -> str:
    """Queue a job that the gate lets through, and give its run's id.

    Raises `TrainingError` for one that could only fail, `ReadOnlyError` and `StoreError`.
    """
    check(trace(job.architecture), job.recipe, at_best(job.recipe.device))
    return runs_for_training().submit(job, state.session().owner)
