"""What all sessions of one server share: the runs of its folder and its downloads."""

import streamlit as st

from explorer.runs.downloads import Downloads
from explorer.runs.server import Runs, open_runs
from explorer.training.home import explorer_home


@st.cache_resource(show_spinner=False)
def runs() -> Runs:
    """Open this server's runs once, which starts a warm worker; raises `StoreError`."""
    return open_runs(explorer_home())


@st.cache_resource(show_spinner=False)
def downloads() -> Downloads:
    """Give this server's downloads."""
    return Downloads()
