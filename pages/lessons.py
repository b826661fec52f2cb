from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.common.present import present
from explorer.ui.course.lesson_bar import keep_in_tab
from explorer.ui.course.lesson_list import lesson_list

open_page(Page.LESSONS)
keep_address()
present()
keep_in_tab()
show_refusal()
lesson_list()
close_page()
