"""The networks that were trained on this server, to be looked at again."""

from explorer.architecture.spec import Architecture
from explorer.runs.store.database import StoreError
from explorer.ui.base.server import runs
from explorer.ui.common.run_names import described

MOST_RUNS = 60  # the newest, in which designs are looked for


def earlier_designs() -> dict[str, Architecture]:
    """Give the networks of the newest runs by a run's description, each network once; none where none can be read."""
    try:
        found = runs().store.list_runs(MOST_RUNS)
    except StoreError:
        return {}
    newest: dict[Architecture, str] = {}
    for run in found:
        newest.setdefault(run.job.architecture, described(run))
    return {words: design for design, words in newest.items()}
