import streamlit as st

from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.base.server import store_errors_in_words
from explorer.ui.common.present import present
from explorer.ui.course.lesson_bar import room_bar_elsewhere
from explorer.ui.history.chosen_runs import chosen_runs
from explorer.ui.history.run_history import run_history

open_page(Page.RUNS)
room_bar_elsewhere(Page.RUNS)
keep_address()
present()
show_refusal()
history, chosen = st.columns([5, 3])
with store_errors_in_words():
    with history:
        run_history()
    with chosen:
        chosen_runs()
close_page()
