"""What the browser still sends of a page that is being left: a tick, or a click that came a moment too late.

Streamlit redraws a part of a page for the page that the message names. Where another page was asked for meanwhile,
that one would be lost: the page before comes back, or one without anything in it.
"""

from typing import NamedTuple
from weakref import WeakKeyDictionary

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession


class Asked(NamedTuple):
    """The page that a session was asked for last, and the one that it drew at that moment."""

    page: str
    drawn: str


_asked: WeakKeyDictionary[AppSession, Asked] = WeakKeyDictionary()
_request_rerun = AppSession.request_rerun


def leave_pages() -> None:
    """Have every session redraw parts of the page that it goes to, and of no other."""
    AppSession.request_rerun = request_rerun  # type: ignore[assignment, method-assign]


def request_rerun(session: AppSession, client_state: ClientState | None) -> None:
    """Have a session draw a page, or a part of it, unless that part's page is left already."""
    if client_state and client_state.fragment_id:
        if client_state.page_script_hash not in ("", _next_page(session)):
            return
    elif client_state:
        _asked[session] = Asked(client_state.page_script_hash, session.page_script_hash)
    _request_rerun(session, client_state)


def _next_page(session: AppSession) -> str:
    """Name the page that a session draws once it has done what it was asked; its own code may have switched since."""
    asked, drawn = _asked.get(session), session.page_script_hash
    return asked.page if asked and asked.page and asked.drawn == drawn else drawn
