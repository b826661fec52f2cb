from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.common.present import present
from explorer.ui.course.lesson_bar import lesson_bar
from explorer.ui.explore.stage import presented_design
from explorer.ui.explore.toolbar import all_layers_controls, toolbar
from explorer.ui.explore.workbench import workbench
from explorer.ui.files.file_state import menu_tells_refusal

open_page(Page.EXPLORE)
lesson_bar(Page.EXPLORE)
if present():
    keep_address()
    presented_design()
else:
    toolbar()
    if not menu_tells_refusal():
        show_refusal()
    all_layers_controls()
    workbench()
close_page()
