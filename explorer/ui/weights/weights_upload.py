"""Opening trained weights for the network that is worked on: the file, how far its reading is, and where it leads."""

from dataclasses import dataclass

import streamlit as st

from explorer.data.datasets import DATASETS
from explorer.runs.background.weight_imports import WeightImport, choose_dataset
from explorer.runs.background.weight_messages import Answering, Fitting
from explorer.ui.base import links, state
from explorer.ui.base.server import seen, store_errors_in_words, weight_imports
from explorer.ui.weights.weights_file import weights_file
from explorer.views.common.words import plain
from explorer.views.runs.run_words import outcome

TICK = 0.5  # seconds between two looks at a file that is being read


@dataclass
class WeightsState:
    """What a tab remembers of the weights that it opened."""

    import_id: str = ""  # of the last file


def weights_upload() -> None:
    """Show the field for a file of trained weights, and what has come of the last one."""
    design = state.session().design
    dataset = choose_dataset(design, state.session().recipe.dataset)
    weights_file(design, dataset, on_sent=_remember)
    found = weight_imports().find(_remembered().import_id)
    if found is None:
        st.caption(
            "Layers are matched by shape and order. Pictures go in as values from 0 to 1, and the test pictures are "
            f"{plain(DATASETS[dataset].title)}'s, the data set of Train where that is here."
        )
    elif not found.ended:
        st.fragment(_reading, run_every=TICK)(found)
    elif found.cause:
        st.error(plain(found.cause), title=f"{plain(found.sent.name)} was not opened")
    else:
        _opened(found)


def _remembered() -> WeightsState:
    return state.session().slice_of(WeightsState)


def _remember(import_id: str) -> None:
    _remembered().import_id = import_id


def _reading(found: WeightImport) -> None:
    """Say how far the reading is, and once it has ended draw the page anew."""
    if found.ended:
        st.rerun()
    told = found.told
    if isinstance(told, Answering):
        words = f"answering the test pictures, {told.done:,} of {told.total:,}"
        st.progress(told.done / told.total, text=plain(f"{found.sent.name}: {words}"))
    else:
        st.progress(0.0, text=plain(f"{found.sent.name}: reading the weights"))


@store_errors_in_words()
def _opened(found: WeightImport) -> None:
    run = seen().run(found.run_id)
    if run is None:
        return
    st.success(plain(outcome(run)), title=f"{plain(run.name)} has these weights")
    if isinstance(found.told, Fitting):
        pairs = ", ".join(f"{ours} from {theirs}" for ours, theirs in found.told.sources.items() if ours != theirs)
        st.caption(plain(pairs or "Its layers have the design's own names."))
    with st.container(horizontal=True):
        if st.button("Look inside", key="weights_inside", type="primary"):
            links.to_inside(run.job.architecture, run.id).follow()
        if run.test_accuracy is not None and st.button("Mistakes", key="weights_mistakes"):
            links.to_mistakes(run.job.architecture, run.id).follow()
