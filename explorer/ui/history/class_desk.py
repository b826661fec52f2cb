"""What the teacher of a class can do with everybody's runs at once."""

from functools import partial

import streamlit as st

from explorer.ui.base import state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.server import acting, person, runs
from explorer.web.door.class_work import class_work

HOLD = "Hold new launches"
HOLD_HELP = "What trains goes on; students who launch are told to wait."


def class_desk() -> None:
    """Show the teacher's buttons, where there is a class and the teacher looks."""
    if class_work() is None or not person().is_teacher:
        return
    waiting = len(runs().store.queued())
    going_on = len(runs().store.unfinished()) - waiting
    with st.container(horizontal=True, vertical_alignment="center", key="class_desk"):
        st.markdown(f"**Class**: {going_on} in training, {waiting} waiting")
        st.toggle(HOLD, value=acting().holds_launches, key="hold_launches", help=HOLD_HELP, on_change=_hold)
        off = runs().read_only
        _button("Clear the queue", acting().clear_queue, key="clear_queue", off=off or _none(waiting, "waits"))
        _button("Stop all", acting().stop_all, key="stop_all", off=off or _none(going_on + waiting, "waits or trains"))


def _button(label: str, action: object, *, key: str, off: str | None) -> None:
    st.button(label, key=key, disabled=off is not None, help=off, on_click=attempt, args=(action,))


def _none(count: int, what: str) -> str | None:
    return None if count else f"Nothing {what}."


def _hold() -> None:
    attempt(partial(acting().hold_launches, bool(state.sent("hold_launches"))))
