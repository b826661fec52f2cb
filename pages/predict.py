from explorer.architecture.trace import trace
from explorer.ui import state
from explorer.ui.frame import close_page, open_page, show_refusal
from explorer.ui.prediction import prediction

open_page("Predict")
show_refusal()
prediction(trace(state.session().design))
close_page()
