"""The button that starts a run of what the session holds."""

from explorer.architecture.trace import Trace
from explorer.training.recipe import Job
from explorer.ui import state
from explorer.ui.server import runs, runs_for_training
from explorer.ui.start_button import start_button
from explorer.views.runs import why_not


def launch_button(trace: Trace) -> None:
    """Show Train, or why it cannot be pressed and what mends that."""
    cause = runs().read_only or why_not(trace, state.session().recipe)
    start_button("Train", trace, cause, _launch, key="train")


def _launch() -> None:
    session = state.session()
    job = Job(architecture=session.design, recipe=session.recipe)
    state.open_run(runs_for_training().submit(job, session.owner))
