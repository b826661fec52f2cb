"""How far a race or a sweep is, and the button that stops it."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from explorer.runs.store.rows import Run
from explorer.ui.base.attempt import attempt
from explorer.ui.base.server import acting, runs
from explorer.views.runs.group import group_state
from explorer.views.runs.run_words import waiting_words

Action = Callable[[str], None]  # takes the group's id


def group_progress(
    kind: str,
    group: str,
    held: Sequence[Run],
    progress: tuple[float, str],
    *,
    stop: Action,
    end_now: Action,
    owner: str,
) -> None:
    """Show the share and the words of what goes on, or its place in the queue, and Stop or, after that, Stop now."""
    named, (share, words) = group_state(held), progress
    if named == "queued":
        words = waiting_words(runs().position(next(run.id for run in held if run.state == "queued")))
    bar, place = st.columns([5, 1], vertical_alignment="center")
    bar.progress(share, text=words)
    label, key, action = ("Stop", f"stop_{kind}", stop)
    if named == "stopping":
        label, key, action = ("Stop now", f"end_{kind}_now", end_now)
    off = acting().refusal(owner)
    place.button(
        label,
        key=key,
        width="stretch",
        disabled=off is not None,
        help=off,
        on_click=attempt,
        args=(partial(action, group),),
    )
