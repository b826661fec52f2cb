"""The pages of the app, in the order of the menu."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

ROOT = Path(__file__).parents[3]
ROUTED = "routed"


def navigation() -> st.Page:
    """Draw the menu of the pages and give the chosen one; `app.py` runs it."""
    st.session_state[ROUTED] = True
    return st.navigation(
        [
            st.Page(ROOT / "pages" / "explore.py", title="Explore", default=True),
            st.Page(ROOT / "pages" / "train.py", title="Train"),
            st.Page(ROOT / "pages" / "race.py", title="Race"),
            st.Page(ROOT / "pages" / "sweep.py", title="Sweep"),
            st.Page(ROOT / "pages" / "runs.py", title="Runs"),
            st.Page(ROOT / "pages" / "mistakes.py", title="Mistakes"),
            st.Page(ROOT / "pages" / "claims.py", title="Claims"),
            st.Page(ROOT / "pages" / "predict.py", title="Predict"),
        ],
        position="top",
    )


def route_deep_links() -> None:
    """Send a server's very first visitor, if a link led to a page, through `app.py`.

    Streamlit runs a file in `pages/` by itself, with a menu of file names, until `st.navigation` has run once.
    """
    context = get_script_run_ctx()
    by_app = context is not None and Path(context.main_script_path).resolve() == ROOT / "app.py"
    if by_app and not st.session_state.get(ROUTED):
        navigation()
        st.rerun()
