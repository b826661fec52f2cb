from explorer.architecture.trace import trace
from explorer.ui.base import state
from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.common.present import present
from explorer.ui.lessons.prediction import prediction

open_page(Page.PREDICT)
keep_address()
present()
show_refusal()
prediction(trace(state.session().design))
close_page()
