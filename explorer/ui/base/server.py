"""What all sessions of one server share: its runs, downloads, devices, ONNX files and small pictures."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.data.home import explorer_home
from explorer.runs.background.calibration import Calibration
from explorer.runs.background.downloads import Downloads
from explorer.runs.background.onnx_files import OnnxFiles
from explorer.runs.scheduler.allocations import LocalAllocation, local_allocations
from explorer.runs.scheduler.server import Runs, open_runs
from explorer.runs.store.database import StoreError
from explorer.runs.store.event_cache import EventCache
from explorer.views.common.words import plain
from explorer.views.drawing.thumbnail import Thumbnails


@st.cache_resource(show_spinner=False)
def runs() -> Runs:
    """Open this server's runs once, which starts a warm worker; raises `StoreError`."""
    return open_runs(explorer_home())


@st.cache_resource(show_spinner=False)
def event_cache() -> EventCache:
    """Give the events of the runs that this server's pages watch."""
    return EventCache(runs().store)


@st.cache_resource(show_spinner=False)
def downloads() -> Downloads:
    """Give this server's downloads."""
    return Downloads()


@st.cache_resource(show_spinner=False)
def calibration() -> Calibration:
    """Give what this server knows of how fast its devices train."""
    return Calibration(explorer_home())


def runs_for_training() -> Runs:
    """Give this server's runs to whoever launches one: what measures a device gives way to it."""
    calibration().give_way()
    return runs()


@st.cache_resource(show_spinner=False)
def allocations() -> tuple[LocalAllocation, ...]:
    """Give how this computer is divided among workers."""
    return local_allocations()


@st.cache_resource(show_spinner=False)
def onnx_files() -> OnnxFiles:
    """Give the ONNX files that this server prepares."""
    return OnnxFiles(explorer_home())


@st.cache_resource(show_spinner=False)
def thumbnails() -> Thumbnails:
    """Give the small pictures of networks that this server drew."""
    return Thumbnails()


@contextmanager
def store_errors_in_words() -> Iterator[None]:
    """Show why the runs cannot be read or written in place of what needs them."""
    try:
        yield
    except StoreError as error:
        st.error(plain(str(error)), title="The runs cannot be used")
