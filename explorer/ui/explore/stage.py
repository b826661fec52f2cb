"""The network as it is presented: its name, its totals and its picture across the screen, the stack below."""

from functools import partial

import streamlit as st

from explorer.architecture.trace import trace
from explorer.ui.base import state
from explorer.ui.components.row_table import row_table
from explorer.ui.explore import explore_state
from explorer.ui.explore.picture import page_picture
from explorer.ui.explore.toolbar import STYLE
from explorer.ui.explore.totals import totals
from explorer.ui.explore.workbench import stack_table
from explorer.views.common.words import plain

ABOVE = 5.0  # rem that stay free above the stack once the page is scrolled to it


@st.fragment
def stage() -> None:
    """Show the design without a field; a click in the picture or the table marks a layer in both."""
    designs, beside = state.session().designs, explore_state.beside()
    traced = trace(designs.design)
    st.html(STYLE)
    with st.container(key="stage"):
        name, figures = st.columns([2, 3], vertical_alignment="bottom")
        name.markdown(f"## {plain(designs.design.name)}")
        with figures:
            totals(traced, None, beside)
        page_picture(traced)
        row_table(
            stack_table(traced, None),
            title="Layers",
            selected=designs.selected,
            key="stack",
            on_select=state.select,
            on_mend=partial(explore_state.mend, traced),
            above=ABOVE,
        )
