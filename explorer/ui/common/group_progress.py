"""How far a race or a sweep is, and the button that stops it."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from explorer.runs.scheduler.allocations import LocalAllocation
from explorer.runs.store.rows import Run
from explorer.ui.base.attempt import attempt
from explorer.ui.base.server import acting, event_cache, runs
from explorer.ui.components.run_progress import run_progress
from explorer.ui.components.watching import Watch
from explorer.views.runs.group import group_state
from explorer.views.runs.pace import expected_start, start_if_launched
from explorer.views.runs.run_words import Progress, beside_words

Action = Callable[[str], None]  # takes the group's id


def group_progress(
    kind: str,
    group: str,
    held: Sequence[Run],
    told: Progress,
    *,
    stop: Action,
    end_now: Action,
    watch: Watch | None = None,
) -> None:
    """Show how far something that goes on is, and Stop or, after that, Stop now."""
    named = group_state(held)
    bar, place = st.columns([5, 1], vertical_alignment="center")
    with bar:
        run_progress(told, key=f"{kind}_progress", watch=watch)
    label, key, action = ("Stop", f"stop_{kind}", stop)
    if named == "stopping":
        label, key, action = ("Stop now", f"end_{kind}_now", end_now)
    off = acting().refusal(held[0].owner) if held else runs().read_only
    place.button(
        label,
        key=key,
        width="stretch",
        disabled=off is not None,
        help=off,
        on_click=attempt,
        args=(partial(action, group),),
    )


def turn_in(position: int | None) -> float | None:
    """Give in how many seconds a place in the queue is expected to have its turn; None where that is not known."""
    if position is None:
        return None
    unfinished = runs().store.unfinished()
    return expected_start(position, unfinished, event_cache().of_live(unfinished))


def beside(found: Sequence[LocalAllocation]) -> str:
    """Say what else trains and waits, and when what is launched now would start on one of these allocations."""
    unfinished = runs().store.unfinished()
    events = event_cache().of_live(unfinished)
    return beside_words(unfinished, starts_in=start_if_launched(len(found), unfinished, events))


def place_in_queue(held: Sequence[Run]) -> int | None:
    """Give the place of the first of several runs that waits; None if none does."""
    waiting = next((run.id for run in held if run.state == "queued"), None)
    return runs().position(waiting) if waiting else None
