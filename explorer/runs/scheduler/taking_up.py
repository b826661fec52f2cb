"""Sweeps that a server's end cut short go on at the next start: what trained then is queued again, in its place."""

from explorer.runs.store.rows import Run
from explorer.runs.store.run_files import RunFiles
from explorer.runs.store.store import Store
from explorer.training.loop.checkpoint import CheckpointError, read_place


def take_up_sweeps(store: Store, checkpoints: RunFiles) -> None:
    """Queue the interrupted runs of sweeps again, each from its checkpoint where it has one, otherwise anew."""
    for run in store.interrupted_in_sweeps():
        source, step = _last_place(run, checkpoints)
        store.take_up(run, source=source, step=step)


def _last_place(run: Run, checkpoints: RunFiles) -> tuple[str | None, int]:
    """Find the run whose checkpoint a run goes on from, and the step of it: its own, or the one that it began with."""
    for source in (run.id, run.continues):
        if source and checkpoints.size(source) is not None:
            try:
                return source, read_place(checkpoints.path(source)).step
            except CheckpointError:  # broken with the disk or the power: the run begins anew
                continue
    return None, 0
