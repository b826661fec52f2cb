from explorer.ui import mistakes_state, state
from explorer.ui.frame import close_page, open_page, show_refusal
from explorer.ui.mistakes_page import mistakes_page
from explorer.ui.server import store_errors_in_words

open_page("Mistakes")

show_refusal()
with store_errors_in_words():
    mistakes_page(state.opened_run(), mistakes_state.opened_against())
close_page()
