"""What the screen calls a run, whose race the store knows."""

from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import HeldRace, Run
from explorer.ui.base.server import runs
from explorer.views.common.words import shown
from explorer.views.design.changes import since_text
from explorer.views.runs.history import run_title
from explorer.views.runs.recipes import length_words
from explorer.views.runs.run_words import percent, state_word


def called(run: Run) -> str:
    """Call a run what a person does; else what tells it apart in its race, or by its network."""
    held = _race(run)
    if held is None or run.title != held.race.run_title(run.lane, heat=run.heat):
        return run_title(run)
    return held.race.contenders[run.lane].label if len(held.race.contenders) > 1 else f"seed {run.job.recipe.seed}"


def _race(run: Run) -> HeldRace | None:
    """Find a run's race; one that cannot be read names no run."""
    try:
        return runs().store.race(run.race) if run.race and run.is_readable else None
    except StoreError:
        return None


def full_name(run: Run) -> str:
    """Call a run the same, with its network where that is another word."""
    name, network = called(run), shown(run.name)
    return name if name == network else f"{name} ({network})"


def described(run: Run) -> str:
    """Describe a run that can be read for a menu: what it is called and came to, and what tells it from others."""
    job, came_to = run.job, percent(run.test_accuracy) or state_word(run)
    if run.imported:
        return " · ".join(dict.fromkeys([called(run), came_to, state_word(run)]))
    unlike = [since_text(job.architecture), f"learning rate {job.recipe.learning_rate:g}", length_words(job.recipe)]
    if run.sweep:
        unlike = []  # a cell's name says its values
    return " · ".join(filter(None, [called(run), came_to, *unlike, f"seed {job.recipe.seed}"]))
