"""Several runs beside each other: their curves in one chart, and only that in which they differ."""

from collections.abc import Sequence

import streamlit as st

from explorer.runs.store import UNFINISHED, Run
from explorer.ui.live_curve import live_curve
from explorer.ui.row_table import row_table
from explorer.ui.server import tails
from explorer.views.overlay import MOST_OVERLAID, OVERLAY_AXES, overlay_series, overlay_words
from explorer.views.run_difference import difference_summary, differences

HEIGHT = 430


def run_comparison(found: Sequence[Run]) -> None:
    """Compare the first six of the runs."""
    compared = found[:MOST_OVERLAID]
    st.markdown(f"##### {len(compared)} runs compared")
    if len(found) > len(compared):
        st.caption(f"The first {len(compared)} of the {len(found)} that are chosen: more lines cannot be told apart.")
    waits = any(run.state in UNFINISHED for run in compared)
    live_curve(
        overlay_series(compared, {run.id: tails().events(run.id) for run in compared if run.num_events}),
        key="overlay",
        alt=overlay_words(compared),
        empty="The first points draw here in a moment." if waits else "No step was measured.",
        height=HEIGHT,
        axes=OVERLAY_AXES,
    )
    _differences(compared)


def _differences(compared: Sequence[Run]) -> None:
    table = differences(compared)
    st.markdown("##### Differences only")
    st.caption(difference_summary(table, len(compared)))
    if table.rows:
        row_table(table, title="Differences", selected=None, key="differences", on_select=_ignore, above=45)


def _ignore(_: int) -> None:
    """Do nothing: a row of this table leads nowhere."""
