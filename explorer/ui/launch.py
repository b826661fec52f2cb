"""The button that starts a run of what the session holds."""

import streamlit as st

from explorer.architecture.trace import Trace
from explorer.training.datasets import is_available
from explorer.training.recipe import Job
from explorer.ui import race_state, state
from explorer.ui.race_start import start_over_seeds
from explorer.ui.server import runs, runs_for_training
from explorer.ui.start_button import start_button
from explorer.views.runs import why_not

SEEDS_HELP = (
    "The same run three times, with other first weights and batches in another order: how much of the result is chance?"
)


def launch_button(trace: Trace) -> None:
    """Show Train, or why it cannot be pressed and what mends that."""
    cause = runs().read_only or why_not(trace, state.session().recipe)
    start_button("Train", trace, cause, _launch, key="train")
    off = cause is not None or not is_available(state.session().recipe.dataset)
    if st.button("The same over 3 seeds", key="train_seeds", width="stretch", disabled=off, help=SEEDS_HELP):
        st.switch_page("pages/race.py", query_params=race_state.race_parameters(start_over_seeds()))


def _launch() -> None:
    session = state.session()
    job = Job(architecture=session.design, recipe=session.recipe)
    state.open_run(runs_for_training().submit(job, session.owner))
