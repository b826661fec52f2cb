"""The button that starts a run, a race or a sweep, and what stands in its way in words, with the repair beside it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from explorer.architecture.trace import Trace
from explorer.data.datasets import DATASETS, is_available
from explorer.training.cost.gate import JobMend, mends, refusal
from explorer.training.recipe.recipe import Job
from explorer.ui.base import links, state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.number_field import settle_fields, wrong_fields
from explorer.ui.base.server import downloads, person
from explorer.ui.common.notices import notices
from explorer.views.common.words import plain

TICK = 0.5  # seconds between two looks at a download
ONE_PRESS = 1.0  # seconds in which a double click, or a key that is held, asks for one start


@dataclass
class Starts:
    """When a start was asked for last in this tab, by the monotonic clock, and what the page showed then."""

    last: float = float("-inf")
    shown: dict[str, str] = field(default_factory=dict)


def start_button(
    label: str,
    trace: Trace,
    cause: str | None,
    start: Callable[[], None],
    *,
    key: str,
    fields: Mapping[str, float | None],
    icon: str | None = None,
) -> None:
    """Show the button that calls `start`, or why it cannot be pressed and what mends that.

    `fields` are the numbers that are typed for it, by their labels: one that is wrong stops it.
    """
    cause = wrong_fields(fields) or cause
    dataset = state.session().recipe.dataset
    missing = not is_available(dataset)
    st.button(
        label,
        key=key,
        type="primary",
        icon=icon,
        width="stretch",
        shortcut="Ctrl+Enter",
        disabled=cause is not None or missing,
        on_click=_press,
        args=(start, fields),
    )
    notices()
    if cause:
        st.warning(plain(cause))
        _offer_mends(trace, cause)
    elif missing:
        _offer_download(dataset)


def _press(start: Callable[[], None], fields: Mapping[str, float | None]) -> None:
    """Start, unless what was typed just before the click is wrong."""
    settle_fields()
    starts, now = state.session().slice_of(Starts), time.monotonic()
    is_again = now - starts.last <= ONE_PRESS and starts.shown == state.session().address.shown
    starts.last = now
    if not wrong_fields(fields) and not is_again:
        attempt(start)
        starts.shown = state.session().address.shown
        if state.session().refusal:  # nothing was started
            starts.last = float("-inf")


def _offer_mends(trace: Trace, cause: str) -> None:
    """Offer the changes after which it can be trained, or the way to Explore, also where `cause` sends there."""
    found = list(mends(trace, state.session().recipe))
    for number, mend in enumerate(found):
        st.button(mend.label, key=f"mend_{number}", on_click=_take, args=(mend,))
    refused = refusal(trace, state.session().recipe) is not None and not found
    if (refused or "Explore" in cause) and st.button("Open it in Explore", key="open_refused"):
        links.to_explore(state.session().design).follow()


def _take(mend: JobMend) -> None:
    attempt(partial(state.use_job, Job(architecture=mend.architecture, recipe=mend.recipe)))


def _offer_download(dataset: str) -> None:
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
        if person().is_teacher:  # the class waits for the same pictures
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
