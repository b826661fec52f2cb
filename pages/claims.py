import streamlit as st

from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.common.present import present, stage
from explorer.ui.course.lesson_bar import lesson_bar
from explorer.ui.course.step_task import is_kept_secret
from explorer.ui.lessons.claim_card import chosen_claim, claim_card, claim_list, claim_words

open_page(Page.CLAIMS)
lesson_bar(Page.CLAIMS)
keep_address()
is_presented = present()
show_refusal()
card, listed = (stage(), None) if is_presented else st.columns([2, 1])
with card:
    name = chosen_claim()
    if is_kept_secret(Page.CLAIMS):
        claim_words(name)
    else:
        claim_card(name)
if listed:
    with listed:
        claim_list(name)
close_page()
