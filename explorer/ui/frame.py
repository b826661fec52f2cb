"""What every page begins with: its settings, the session in step with the link, and a warm trace."""

import gc
from contextlib import suppress
from pathlib import Path

import streamlit as st

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.runs.store import StoreError
from explorer.ui import state
from explorer.ui.navigation import route_deep_links
from explorer.ui.server import runs

ICON = Path(__file__).with_name("icon.svg")
# Streamlit keeps 128 px free above a page and 80 px beside it: a quarter of what a projector shows. And it fades what
# a click may change: each fade is a layer of its own to the browser, which took a third of a click's time.
STYLE = """<style>
.stMainBlockContainer { padding: 4rem 1.5rem 1rem }
.stElementContainer { transition: none !important; opacity: 1 !important }
</style>"""


def open_page(title: str) -> None:
    """Open a page: the first call of each page, which so also stands alone when it is entered by a link."""
    route_deep_links()
    st.set_page_config(page_title=f"{title} · CNN explorer", page_icon=ICON, layout="wide")
    st.html(STYLE)
    _warm()
    state.enter(title)


@st.cache_resource(show_spinner=False)
def _warm() -> None:
    """Trace once, which loads torch's tables, start a worker, and keep what is loaded out of the collector's walks."""
    for preset in PRESETS.values():
        trace(preset.architecture)
    with suppress(StoreError):  # the pages that need the runs say it
        runs()
    gc.collect()
    gc.freeze()


def show_refusal() -> None:
    """Say why the last link, file or edit was refused, if it was."""
    refusal = state.session().refusal
    if refusal:
        st.error(refusal)
