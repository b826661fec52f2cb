from explorer.ui.base import links
from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.base.server import store_errors_in_words
from explorer.ui.common.present import present
from explorer.ui.course.lesson_bar import lesson_bar
from explorer.ui.inside.inside_page import inside_page

open_page(Page.INSIDE)
lesson_bar(Page.INSIDE)
keep_address()
is_presented = present()
show_refusal()
with store_errors_in_words():
    inside_page(links.read(links.RUN), is_presented=is_presented)
close_page()
