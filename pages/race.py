import streamlit as st

from explorer.ui import race_state
from explorer.ui.frame import close_page, open_page, show_refusal
from explorer.ui.race_form import race_form
from explorer.ui.race_view import race_view
from explorer.ui.server import store_errors_in_words

open_page("Race")

show_refusal()
setup, race = st.columns([1, 2])
with store_errors_in_words():
    with setup:
        race_form()
    with race:
        race_view(race_state.opened_race())
close_page()
