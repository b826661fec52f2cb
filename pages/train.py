import streamlit as st

from explorer.architecture.trace import trace
from explorer.ui import state
from explorer.ui.cost_view import cost_view
from explorer.ui.frame import close_page, open_page, show_refusal
from explorer.ui.launch import launch_button
from explorer.ui.network_summary import network_summary
from explorer.ui.recipe_form import recipe_form
from explorer.ui.run_list import run_list
from explorer.ui.run_view import run_view
from explorer.ui.server import store_errors_in_words

open_page("Train")
traced = trace(state.session().design)

show_refusal()
recipe, curve = st.columns([1, 2])
with store_errors_in_words():
    with recipe:
        network_summary(traced)
        launch_button(traced)
        cost_view(traced)
        recipe_form()
    with curve:
        run_view(state.opened_run())
    run_list()
close_page()
