"""What follows every edit: the totals, the stack, the chosen layer's card and the picture."""

from functools import partial

import streamlit as st

from explorer.architecture.trace import Trace, trace
from explorer.ui.base import state
from explorer.ui.base.frame import keep_address
from explorer.ui.base.inputs import keyed_default
from explorer.ui.components.figure import figure
from explorer.ui.components.row_table import row_table
from explorer.ui.explore import explore_state
from explorer.ui.explore.editor import layer_card
from explorer.ui.explore.explanation import explanation
from explorer.ui.explore.explore_state import FIRST_VIEW
from explorer.ui.explore.picture import picture
from explorer.ui.explore.sight_view import sight_view
from explorer.ui.explore.toolbar import chosen_columns, toolbar_is_current
from explorer.ui.explore.totals import totals
from explorer.views.common.table import Table
from explorer.views.design.costs import cost_figure, cost_words
from explorer.views.design.difference import compared
from explorer.views.design.stack import table
from explorer.views.drawing.sizes import size_figure, size_words

EMPTY = "No layers yet. “Add” in the input's card brings the first one; the menu above has whole networks."


@st.fragment
def workbench() -> None:
    """Draw the network, and after a click in it nothing else, unless the click changed what the controls above show."""
    if not toolbar_is_current():
        st.rerun()
    keep_address()
    designs = state.session().designs
    traced = trace(designs.design)
    before = trace(designs.before) if designs.before else None
    totals(traced, before)
    stack, detail = st.columns([5, 3])
    with stack:
        row_table(
            _table(traced, before),
            title="Layers",
            selected=designs.selected,
            key="stack",
            on_select=state.select,
            on_mend=partial(explore_state.mend, traced),
        )
        if not designs.design.layers:
            st.info(EMPTY)
    with detail:
        layer_card()
        _about(traced)


def _table(traced: Trace, before: Trace | None) -> Table:
    """Lay the stack out with what changed last marked, or with its counterpart's rows where that is asked for."""
    counterpart = explore_state.counterpart() if explore_state.remembered().compares else None
    if counterpart is None:
        return table(traced, before, columns=chosen_columns())
    return compared(traced, trace(counterpart), columns=chosen_columns())


def _about(traced: Trace) -> None:
    """Show what is open of the views: the picture, the costs, the chosen layer's sums, or what it sees."""
    opened = explore_state.remembered().opened_view
    st.segmented_control(
        "About",
        list(VIEWS),
        required=True,
        label_visibility="collapsed",
        **keyed_default("about", opened, explore_state.open_view),
    )
    VIEWS[opened](traced)


def _shares(traced: Trace) -> None:
    figure(cost_figure(traced), key="costs", alt=cost_words(traced), height=250, on_select=state.select)
    st.caption(cost_words(traced))
    figure(size_figure(traced), key="sizes", alt=size_words(traced), height=250, on_select=state.select)
    st.caption(size_words(traced))


VIEWS = {
    FIRST_VIEW: picture,
    "Cost": _shares,
    "How it is worked out": explanation,
    "What it sees": sight_view,
}
