"""What the screen calls a run, whose race and sweep the store knows."""

from collections.abc import Iterable

from explorer.runs.rows import HeldSweep, Run
from explorer.ui.server import runs
from explorer.views.changes import since_text
from explorer.views.history import run_title, told
from explorer.views.runs import STATES, percent
from explorer.views.sweep import setting_words


def called(run: Run) -> str:
    """Call a run what its race calls it, else what a person does, or by its network."""
    held = runs().store.race(run.race) if run.race else None
    return held.race.contenders[run.lane].label if held else run_title(run)


def full_name(run: Run) -> str:
    """Call a run the same, with its network where that is another word."""
    name = called(run)
    return name if name == run.name else f"{name} ({run.name})"


def described(found: Iterable[Run]) -> dict[str, str]:
    """Describe runs for a menu, by their ids: what each is called and came to, and what tells it from others."""
    listed = list(found)
    sweeps = {name: runs().store.sweep(name) for name in {run.sweep for run in listed if run.sweep}}
    return {run.id: _described(run, sweeps.get(run.sweep or "")) for run in listed}


def _described(run: Run, sweep: HeldSweep | None) -> str:
    job = told(run.job_json).job
    accuracy, rate = percent(run.test_accuracy) or STATES[run.state], f"learning rate {job.recipe.learning_rate:g}"
    unlike = _setting(run, sweep) if sweep else " · ".join(filter(None, [since_text(job.architecture), rate]))
    return f"{called(run)} · {accuracy} · {unlike}, seed {job.recipe.seed}"


def _setting(run: Run, sweep: HeldSweep) -> str:
    values = sweep.cells[run.cell].values
    return setting_words(sweep.sweep, [v for name, v in zip(sweep.sweep.names, values, strict=True) if name != "seed"])
