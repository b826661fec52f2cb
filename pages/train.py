import streamlit as st

from explorer.architecture.trace import trace
from explorer.ui.base import links, state
from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.base.server import store_errors_in_words
from explorer.ui.common.network_summary import network_summary
from explorer.ui.common.present import present, stage
from explorer.ui.course.lesson_bar import lesson_bar
from explorer.ui.train.cost_view import cost_view
from explorer.ui.train.launch import launch_button
from explorer.ui.train.recipe_form import recipe_form
from explorer.ui.train.run_list import run_list
from explorer.ui.train.run_view import run_view

open_page(Page.TRAIN)
lesson_bar(Page.TRAIN)
keep_address()
is_presented = present()
traced = trace(state.session().design)

show_refusal()
recipe, curve = (None, stage()) if is_presented else st.columns([1, 2])
with store_errors_in_words():
    if recipe:
        with recipe, st.container(key="setup"):
            network_summary(traced)
            launch_button(traced)
            cost_view(traced)
            recipe_form()
    with curve:
        run_view(links.read(links.RUN))
    if not is_presented:
        run_list()
close_page()
