"""How Streamlit gets to know the pages."""

import streamlit as st

from explorer.data.home import app_folder
from explorer.ui.base.menu import FIRST, Page


def navigation() -> st.Page:
    """Draw the menu of the pages and give the chosen one, which the entrance runs."""
    pages = [st.Page(app_folder() / page.path, title=page.title, default=page is FIRST) for page in Page]
    return st.navigation(pages, position="top")
