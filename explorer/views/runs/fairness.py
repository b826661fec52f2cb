"""Whether runs may be held against each other: each came to its end, and all trained equally long."""

from collections.abc import Mapping

from explorer.data.datasets import DATASETS
from explorer.runs.store.rows import Run, State

GUESSING = 1.1  # times the share that guessing hits: not more than that is nothing learned
ALIKE = 0.01  # by so small a share two lengths may differ
EARLY: dict[State, str] = {  # how a run came to its figures that is not at its end
    "cancelled": "was stopped",
    "interrupted": "was interrupted",
    "failed": "failed",
}


def guessed_share(dataset: str) -> float:
    """Give the share of a data set's pictures that guessing answers right."""
    return 1 / len(DATASETS[dataset].classes)


def is_guessing(share: float, dataset: str) -> bool:
    """Say whether a test accuracy is hardly more than guessing hits."""
    return share <= GUESSING * guessed_share(dataset)


def unfairness(runs: Mapping[str, Run]) -> str:
    """Say why a comparison of runs, which stand by their names, is not fair; nothing of a fair one."""
    if any(run.imported for run in runs.values()):
        names = " and ".join(name for name, run in runs.items() if run.imported)
        return f"how {names} learned is not known, since the weights were imported"
    early = [f"{name} {_early(run)}" for name, run in runs.items() if run.state != "finished"]
    return ", ".join(early) if early else _unequal(runs)


def _early(run: Run) -> str:
    return f"{EARLY.get(run.state, 'is')} after {run.epoch:.1f} of {run.job.recipe.epochs} epochs"


def _unequal(runs: Mapping[str, Run]) -> str:
    seen = [_pictures(run) for run in runs.values()]
    if max(seen) <= min(seen) * (1 + ALIKE):
        return ""
    lengths = ", ".join(f"{name} saw {count:,.0f} pictures" for name, count in zip(runs, seen, strict=True))
    return f"they did not train equally long ({lengths})"


def _pictures(run: Run) -> float:
    """Count the pictures that a run was trained with, each as often as it was seen."""
    recipe = run.job.recipe
    return run.epoch * (recipe.train_size or DATASETS[recipe.dataset].train_size)
