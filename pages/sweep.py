import streamlit as st

from explorer.ui.base import links
from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.base.server import store_errors_in_words
from explorer.ui.common.present import present
from explorer.ui.course.lesson_bar import room_bar_elsewhere
from explorer.ui.sweep import sweep_state
from explorer.ui.sweep.sweep_form import sweep_form
from explorer.ui.sweep.sweep_view import sweep_view

open_page(Page.SWEEP, sweep_state.LINKED)
room_bar_elsewhere(Page.SWEEP)
keep_address()
is_presented = present()
show_refusal()
setup, sweep = (None, st.container()) if is_presented else st.columns([1, 2])
with store_errors_in_words():
    if setup:
        with setup, st.container(key="setup"):
            sweep_form()
    with sweep:
        sweep_view(links.read(links.SWEEP))
close_page()
