"""How an element in the browser hears of a run that goes on, without its page being drawn anew."""

from pathlib import Path
from typing import Literal

import msgspec
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.views.runs.watching import Told
from explorer.web.served import PAGES
from explorer.web.watching.asked import Asked

WATCHING = Path(__file__).with_name("watching.js").read_text("utf-8")  # what each element's own script needs before it
TICK = 0.4  # seconds between two looks at what goes on, of a page that hears of nothing


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """Where the browser listens, and what of that is on the page already; see `explorer/views/runs/watching.py`."""

    address: str  # relative to the app's pages
    page: str
    figures: int
    events: int


def is_served() -> bool:
    """Say whether `app.py` serves this page, and with it what stands beside the pages."""
    context = get_script_run_ctx()
    return context is not None and context.main_script_path == PAGES


def watch_address(kind: Literal["run", "race"], subject: str, *, axis: str = "", singles: bool = False) -> str:
    """Give the address at which a browser hears of a run or, along an axis, of a race."""
    return Asked(kind=kind, id=subject, axis=axis, singles=singles).address


def room_address(kind: Literal["room", "desk", "projector"], code: str) -> str | None:
    """Give the address at which a screen of a room hears of it; None where nobody tells."""
    return Asked(kind=kind, id=code).address if is_served() else None


def watch_told(told: Told, address: str) -> Watch | None:
    """Have the browser listen for what comes after something told; None where nothing does, or nobody tells."""
    if told.ended or not is_served():
        return None
    return Watch(address=address, page=told.page, figures=told.figures, events=told.events)


def tick(*, going_on: bool) -> float | None:
    """Give the seconds after which a page is drawn again: None where nothing goes on, or where it hears of that."""
    return TICK if going_on and not is_served() else None
