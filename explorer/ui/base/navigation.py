"""How Streamlit gets to know the pages, and a first visitor to one of them gets the menu too."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.data.home import app_folder
from explorer.ui.base import state
from explorer.ui.base.menu import FIRST, Page


def navigation() -> st.Page:
    """Draw the menu of the pages and give the chosen one; `app.py` runs it."""
    state.session().is_routed = True
    pages = [st.Page(app_folder() / page.path, title=page.title, default=page is FIRST) for page in Page]
    return st.navigation(pages, position="top")


def route_deep_links() -> None:
    """Send a server's very first visitor, if a link led to a page, through `app.py`.

    Streamlit runs a file in `pages/` by itself, with a menu of file names, until `st.navigation` has run once.
    """
    context = get_script_run_ctx()
    by_app = context is not None and Path(context.main_script_path).resolve() == app_folder() / "app.py"
    if by_app and not state.session().is_routed:
        navigation()
        st.rerun()
