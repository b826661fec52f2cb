"""The button that starts a run, and what stands in its way in words, with the repair beside it."""

import streamlit as st

from explorer.architecture import edit
from explorer.architecture.trace import Trace
from explorer.training.datasets import DATASETS, is_available
from explorer.training.recipe import Job
from explorer.ui import state
from explorer.ui.attempt import attempt
from explorer.ui.server import downloads, runs, runs_for_training
from explorer.views.runs import why_not
from explorer.views.words import plain

TICK = 0.5  # seconds between two looks at a download


def launch_button(trace: Trace) -> None:
    """Show Train, or why it cannot be pressed and what mends that."""
    recipe, served = state.session().recipe, runs()
    cause = served.read_only or why_not(trace, recipe)
    missing = not is_available(recipe.dataset)
    disabled = cause is not None or missing
    st.button(
        "Train",
        key="train",
        type="primary",
        width="stretch",
        shortcut="Ctrl+Enter",
        disabled=disabled,
        on_click=attempt,
        args=(_launch,),
    )
    if served.trouble:
        st.warning(plain(served.trouble))
    if cause:
        st.warning(plain(cause))
        repair(trace)
    elif missing:
        offer_download(recipe.dataset)


def _launch() -> None:
    session = state.session()
    job = Job(architecture=session.design, recipe=session.recipe)
    state.open_run(runs_for_training().submit(job, session.owner))


def repair(trace: Trace) -> None:
    """Offer the edit that gives the network as many outputs as there are classes, where it lacks only that."""
    classes = state.num_classes()
    if trace.error is None and edit.num_classes(trace.architecture) not in (None, classes):
        label = f"Let {trace.rows[-1].name} give {classes} numbers"
        st.button(label, key="mend_classes", on_click=state.follow_classes, args=(True,))


def offer_download(dataset: str) -> None:
    """Offer to download a data set, or show how far its download is."""
    running = (progress := downloads().progress(dataset)) is not None and progress.state in ("starting", "downloading")
    st.fragment(_download, run_every=TICK if running else None)(dataset)


def _download(dataset: str) -> None:
    info, progress = DATASETS[dataset], downloads().progress(dataset)
    if is_available(dataset):
        st.rerun()
    if progress is not None and progress.state in ("starting", "downloading"):
        words = f"{info.title}: {progress.done / 1e6:.1f} of {progress.total / 1e6:.1f} MB"
        st.progress(min(1.0, progress.done / max(1, progress.total)), text=words)
        st.button("Cancel the download", on_click=downloads().cancel, args=(dataset,))
        return
    failure = downloads().error(dataset)
    if failure:
        st.error(plain(failure), title="The download failed")
    size = sum(archive.size for archive in info.archives) / 1e6
    st.info(f"{info.title} is not on this computer yet.")
    if st.button(f"Download {size:.0f} MB"):
        downloads().start(dataset)
        st.rerun()
