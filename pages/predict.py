from explorer.architecture.trace import trace
from explorer.ui.base import state
from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.common.present import present
from explorer.ui.course.lesson_bar import lesson_bar
from explorer.ui.course.step_task import is_asked_here
from explorer.ui.lessons.prediction import hidden_layers, prediction

open_page(Page.PREDICT)
lesson_bar(Page.PREDICT)
keep_address()
present()
show_refusal()
if is_asked_here(Page.PREDICT):
    hidden_layers(trace(state.session().design))
else:
    prediction(trace(state.session().design))
close_page()
