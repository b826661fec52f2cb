"""The network as it is presented: its name, its totals, its picture across the screen, and the chosen layer below."""

from functools import partial

import msgspec
import streamlit as st

from explorer.architecture.trace import Trace, trace
from explorer.ui.base import state
from explorer.ui.common.present import stage
from explorer.ui.components.row_table import row_table
from explorer.ui.explore import explore_state
from explorer.ui.explore.explanation import worked_out
from explorer.ui.explore.picture import page_picture
from explorer.ui.explore.toolbar import STYLE
from explorer.ui.explore.totals import totals
from explorer.ui.explore.workbench import stack_table
from explorer.views.common.table import Table
from explorer.views.common.words import plain


@st.fragment
def presented_design() -> None:
    """Show the design without a field; a click in the picture shows a layer's row and how its numbers come about."""
    traced = trace(state.session().design)
    st.html(STYLE)
    with stage():
        name, figures = st.columns([2, 3], vertical_alignment="bottom")
        name.markdown(f"## {plain(traced.architecture.name)}")
        with figures:
            totals(traced, None, explore_state.beside())
        is_pair = explore_state.beside() is not None
        with st.container(key="picture_of_two" if is_pair else "picture_of_one"):
            page_picture(traced)
        _chosen_layer(traced)
        if not is_pair:  # of two networks their pictures are compared, which need the room
            with st.container(key="worked_out"):
                worked_out(traced)


def _chosen_layer(traced: Trace) -> None:
    selected = state.session().designs.selected
    row_table(
        _alone(stack_table(traced, None), selected),
        title="Layers",
        selected=selected,
        key="stack",
        on_select=state.select,
        on_mend=partial(explore_state.mend, traced),
    )


def _alone(table: Table, selected: int) -> Table:
    """Keep a layer's row, what stands beside it in another network, and the row that does not fit."""
    rows = [row for row in table.rows if row.index == selected or row.state == "refused"]
    return msgspec.structs.replace(table, rows=rows, totals=[], beside=None)
