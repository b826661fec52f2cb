"""What all sessions of one server share: its runs, downloads, devices, ONNX files and small pictures."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.data.home import explorer_home
from explorer.runs.access.acting import ActingRuns
from explorer.runs.access.person import Person
from explorer.runs.access.seeing import SeenRuns
from explorer.runs.background.calibration import Calibration
from explorer.runs.background.downloads import Downloads
from explorer.runs.scheduler.allocations import LocalAllocation, local_allocations
from explorer.runs.store.database import StoreError
from explorer.views.common.words import plain
from explorer.views.drawing.thumbnail import Thumbnails
from explorer.web.base.once import Once
from explorer.web.base.shared import entering, event_cache, onnx_files, rooms, runs, weight_imports
from explorer.web.door.class_work import class_work
from explorer.web.door.persons import who_asks

__all__ = [
    "entering",
    "event_cache",
    "onnx_files",
    "rooms",
    "runs",
    "weight_imports",
]  # which the routes beside the pages share


@Once
def downloads() -> Downloads:
    """Give this server's downloads."""
    return Downloads()


@Once
def calibration() -> Calibration:
    """Give what this server knows of how fast its devices train."""
    return Calibration(explorer_home())


def person() -> Person:
    """Give the person whose tab this is."""
    return who_asks(st.context.cookies, st.context.headers)


def seen() -> SeenRuns:
    """Give this server's runs as the person whose tab this is sees them."""
    return SeenRuns(runs().store, person())


def others() -> dict[str, str]:
    """Give the nicknames of the others of a class by their ids; none where there is no class."""
    if class_work() is None:
        return {}
    mine = person().id
    return {each: nickname for each, nickname in runs().store.nicknames().items() if each != mine}


def acting() -> ActingRuns:
    """Give this server's runs in the hands of the person whose tab this is."""
    return ActingRuns(runs(), person(), class_work())


def launching() -> ActingRuns:
    """Give the runs to a person who launches one: what measures a device gives way to it."""
    calibration().give_way()
    return acting()


@Once
def allocations() -> tuple[LocalAllocation, ...]:
    """Give how this computer is divided among workers."""
    return local_allocations()


@Once
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
