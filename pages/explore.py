from explorer.ui.frame import close_page, open_page, show_refusal
from explorer.ui.toolbar import all_layers_controls, toolbar
from explorer.ui.workbench import workbench

open_page("Explore")
toolbar()
show_refusal()
all_layers_controls()
workbench()
close_page()
