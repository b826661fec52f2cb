"""Several runs beside each other: their curves in one chart, and only that in which they differ."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from explorer.runs.store.rows import UNFINISHED, Run
from explorer.ui.base.server import event_cache
from explorer.ui.components.live_curve import live_curve
from explorer.views.common.words import plain
from explorer.views.runs.history import run_title
from explorer.views.runs.overlay import MOST_OVERLAID, OVERLAY_AXES, overlay_legend, overlay_series, overlay_words
from explorer.views.runs.run_difference import difference_html, difference_summary, differences

HEIGHT = 360
STYLE = f"<style>{Path(__file__).with_suffix('.css').read_text('utf-8')}</style>"


def run_comparison(found: Sequence[Run]) -> None:
    """Compare the first six of two or more runs."""
    compared = found[:MOST_OVERLAID]
    st.markdown(f"##### {len(compared)} runs compared")
    if len(found) > len(compared):
        st.caption(f"The first {len(compared)} of the {len(found)} that are chosen: more lines cannot be told apart.")
    waits = any(run.state in UNFINISHED for run in compared)
    st.html(STYLE + overlay_legend(compared))
    live_curve(
        overlay_series(compared, {run.id: event_cache().events(run.id) for run in compared if run.num_events}),
        key="overlay",
        alt=overlay_words(compared),
        empty="The first points draw here in a moment." if waits else "No step was measured.",
        height=HEIGHT,
        axes=OVERLAY_AXES,
    )
    _differences(compared)


def _differences(found: Sequence[Run]) -> None:
    compared = [run for run in found if run.is_readable]
    for run in found:
        if not run.is_readable:
            st.warning(plain(f"{run_title(run)}: {run.cause}"))
    if len(compared) < 2:
        return
    table = differences(compared)
    st.markdown("##### Differences only")
    st.caption(difference_summary(table, len(compared)))
    if table.rows:
        st.html(difference_html(table))
