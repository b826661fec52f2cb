"""How Streamlit gets to know the pages, and a person."""

import streamlit as st

from explorer import PROGRAM
from explorer.data.home import app_folder
from explorer.ui.base.menu import FIRST, Page
from explorer.ui.components.page_menu import MenuLink, page_menu


def navigation() -> st.Page:
    """Tell Streamlit the pages and give the chosen one, which the entrance runs."""
    pages = [st.Page(app_folder() / page.path, title=page.title, default=page is FIRST) for page in Page]
    return st.navigation(pages, position="hidden")


def menu(opened: Page) -> None:
    """Show the menu of the pages.

    Streamlit's own is folded away on a phone, and groups there are menus within the menu: two clicks to each page.
    """
    groups: dict[str, list[MenuLink]] = {}
    for page in Page:
        groups.setdefault(page.group, []).append(MenuLink(page.address, page.title))
    page_menu(PROGRAM, groups, opened=opened.address)
