from explorer.ui.base import links
from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.base.server import store_errors_in_words
from explorer.ui.common.present import present
from explorer.ui.course.lesson_bar import room_bar_elsewhere
from explorer.ui.mistakes.mistakes_page import mistakes_page

open_page(Page.MISTAKES)
room_bar_elsewhere(Page.MISTAKES)
keep_address()
present()
show_refusal()
with store_errors_in_words():
    mistakes_page(links.read(links.RUN), links.read(links.AGAINST))
close_page()
