"""Room for the files of runs: which may go, and which first."""

from collections.abc import Iterable, Sequence

from explorer.runs.store.database import StoreError
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import Run
from explorer.runs.store.run_files import RunFiles


def prune_files(store: Reader, files: Iterable[RunFiles], *, training: Sequence[Run]) -> None:
    """Make room for files; those of a sweep's ended runs go first, which are many and made at one click.

    `training` are the runs that are known to need theirs where the store cannot be read.
    """
    wanted = _wanted(store, training)
    try:
        first = store.ended_in_sweeps()
    except StoreError:
        first = set()
    for each in files:
        each.prune(wanted=wanted, first=first)


def _wanted(store: Reader, training: Sequence[Run]) -> set[str]:
    """Name the runs whose files are still written, or read by a run that goes on from there."""
    try:
        unfinished: Sequence[Run] = store.unfinished()
    except StoreError:
        unfinished = training
    return {name for run in unfinished for name in (run.id, run.continues) if name}
