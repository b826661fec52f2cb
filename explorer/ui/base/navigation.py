"""The pages of the app, in the order of the menu."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.data.home import app_folder
from explorer.ui.base import state


def navigation() -> st.Page:
    """Draw the menu of the pages and give the chosen one; `app.py` runs it."""
    state.session().is_routed = True
    return st.navigation(
        [
            st.Page(app_folder() / "pages" / "explore.py", title="Explore", default=True),
            st.Page(app_folder() / "pages" / "train.py", title="Train"),
            st.Page(app_folder() / "pages" / "race.py", title="Race"),
            st.Page(app_folder() / "pages" / "sweep.py", title="Sweep"),
            st.Page(app_folder() / "pages" / "runs.py", title="Runs"),
            st.Page(app_folder() / "pages" / "mistakes.py", title="Mistakes"),
            st.Page(app_folder() / "pages" / "claims.py", title="Claims"),
            st.Page(app_folder() / "pages" / "predict.py", title="Predict"),
        ],
        position="top",
    )


def route_deep_links() -> None:
    """Send a server's very first visitor, if a link led to a page, through `app.py`.

    Streamlit runs a file in `pages/` by itself, with a menu of file names, until `st.navigation` has run once.
    """
    context = get_script_run_ctx()
    by_app = context is not None and Path(context.main_script_path).resolve() == app_folder() / "app.py"
    if by_app and not state.session().is_routed:
        navigation()
        st.rerun()
