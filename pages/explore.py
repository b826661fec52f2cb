from functools import partial

import streamlit as st

from explorer.architecture.trace import trace
from explorer.ui import state
from explorer.ui.editor import layer_card
from explorer.ui.figure import figure
from explorer.ui.frame import open_page, show_refusal
from explorer.ui.row_table import row_table
from explorer.ui.toolbar import all_layers_controls, chosen_columns, toolbar
from explorer.ui.totals import totals
from explorer.views.costs import cost_figure, cost_words
from explorer.views.stack import table

open_page("Explore")
session = state.session()
traced = trace(session.design)
before = trace(session.before) if session.before else None

above = st.container()
stack, detail = st.columns([2, 1])
with stack:  # filled first: it is what an edit is watched in
    row_table(
        table(traced, before, columns=chosen_columns()),
        title="Layers",
        selected=session.selected,
        key="stack",
        on_select=state.select,
        on_mend=partial(state.mend, traced),
    )
with above:
    toolbar()
    show_refusal()
    all_layers_controls()
    totals(traced, before)
with detail:
    layer_card()
    figure(cost_figure(traced), key="costs", alt=cost_words(traced), height=250, on_select=state.select)
    st.caption(cost_words(traced))
