"""What follows every edit: the totals, the stack, the chosen layer's card and the picture."""

from functools import partial

import streamlit as st

from explorer.architecture.trace import Trace, trace
from explorer.ui.base import state
from explorer.ui.base.frame import keep_address
from explorer.ui.base.inputs import keyed_default
from explorer.ui.components.figure import figure
from explorer.ui.components.row_table import row_table
from explorer.ui.explore import explore_state, first_steps
from explorer.ui.explore.editor import layer_card
from explorer.ui.explore.explanation import explanation
from explorer.ui.explore.explore_state import FIRST_VIEW
from explorer.ui.explore.picture import picture_view
from explorer.ui.explore.sight_view import sight_view
from explorer.ui.explore.toolbar import chosen_columns, toolbar_is_current
from explorer.ui.explore.totals import totals
from explorer.views.common.table import Table
from explorer.views.design.costs import cost_figure, cost_words
from explorer.views.design.difference import compared
from explorer.views.design.stack import table
from explorer.views.drawing.sizes import rise_words, size_figure, size_words

ABOVE, LINE = 13.2, 3.2  # rem of the page above the stack, and of a line below it
HEIGHT = 145  # px of each of two charts, one above the other
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
    stack, detail = st.columns([56, 44])
    with stack:
        totals(traced, before, explore_state.beside())
        row_table(
            stack_table(traced, before),
            title="Layers",
            selected=designs.selected,
            key="stack",
            on_select=state.select,
            on_mend=partial(explore_state.mend, traced),
            above=ABOVE + (LINE if first_steps.is_shown() else 0.0),
        )
        if not designs.design.layers:
            st.info(EMPTY)
        first_steps.first_steps()
    with detail:
        layer_card()
        _about(traced)


def stack_table(traced: Trace, before: Trace | None) -> Table:
    """Lay the stack out with what changed last marked, or what differs from the design beside it."""
    beside = explore_state.beside()
    if beside is None:
        return table(traced, before, columns=chosen_columns())
    return compared(traced, beside, columns=chosen_columns())


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
    with st.container(key="view"):
        # A place of its own for each: else what is left of the one before would jump while the next is drawn.
        places = {name: f"about_view_{place}" for place, name in enumerate(VIEWS)}
        containers = {name: st.container(key=key if name == opened else f"{key}_shut") for name, key in places.items()}
        with containers[opened]:
            VIEWS[opened](traced)


def _shares(traced: Trace) -> None:
    figure(cost_figure(traced), key="costs", alt=cost_words(traced), height=HEIGHT, on_select=state.select)
    st.caption(cost_words(traced))
    figure(size_figure(traced), key="sizes", alt=size_words(traced), height=HEIGHT, on_select=state.select)
    st.caption(rise_words(traced))


VIEWS = {
    FIRST_VIEW: picture_view,
    "Cost": _shares,
    "How it is worked out": explanation,
    "What it sees": sight_view,
}
