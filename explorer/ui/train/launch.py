"""The button that starts a run of what the session holds."""

import streamlit as st

from explorer.architecture.trace import Trace
from explorer.data.datasets import is_available
from explorer.training.cost.gate import refusal
from explorer.training.recipe.recipe import Job
from explorer.ui.base import links, state
from explorer.ui.base.number_field import wrong_fields
from explorer.ui.base.server import launching, runs
from explorer.ui.common.start_button import start_button
from explorer.ui.race.race_start import start_over_seeds
from explorer.ui.train.recipe_form import typed_fields

SEEDS_HELP = (
    "The same run three times, with other first weights and batches in another order: how much of the result is chance?"
)


def launch_button(trace: Trace) -> None:
    """Show Train, or why it cannot be pressed and what mends that."""
    recipe = state.session().recipe
    fields, cause = typed_fields(recipe), runs().read_only or refusal(trace, recipe)
    start_button("Train", trace, cause, _launch, key="train", fields=fields)
    off = bool(wrong_fields(fields)) or cause is not None or not is_available(state.session().recipe.dataset)
    if st.button("The same over 3 seeds", key="train_seeds", width="stretch", disabled=off, help=SEEDS_HELP):
        links.to_group(links.RACE, state.session().design, start_over_seeds()).follow()


def _launch() -> None:
    session = state.session()
    job = Job(architecture=session.design, recipe=session.recipe)
    links.write(links.RUN, launching().submit(job))
