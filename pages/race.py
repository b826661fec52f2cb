import streamlit as st

from explorer.ui.base import links
from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.base.server import store_errors_in_words
from explorer.ui.common.present import present, stage
from explorer.ui.course.lesson_bar import lesson_bar
from explorer.ui.race import race_state
from explorer.ui.race.race_form import race_form
from explorer.ui.race.race_view import race_view

open_page(Page.RACE, race_state.LINKED)
lesson_bar(Page.RACE)
keep_address()
is_presented = present()
show_refusal()
setup, race = (None, stage()) if is_presented else st.columns([1, 2])
with store_errors_in_words():
    if setup:
        with setup, st.container(key="setup"):
            race_form()
    with race:
        race_view(links.read(links.RACE))
close_page()
