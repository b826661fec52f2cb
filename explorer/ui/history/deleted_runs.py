"""The teacher's menu of all runs that were deleted, by whomever, with the way back."""

import time

import streamlit as st

from explorer.ui.base.inputs import keyed_default
from explorer.ui.base.server import others, runs
from explorer.ui.history import history_state
from explorer.views.runs.history import HistoryEntry, entries
from explorer.views.runs.history_table import deleted_words

MOST = 500  # runs that are listed, the latest deleted
KEPT = "What was deleted is kept for 30 days, unless there is no room for it."
NONE = "Nothing that was deleted can be restored."


def deleted_runs() -> None:
    """Show the menu's button, and the menu where it is open."""
    menu = st.popover("Deleted runs", key="deleted_runs", on_change="rerun")
    if menu.open:
        with menu:
            _menu()


def _menu() -> None:
    store = runs().store
    found = {entry.id: entry for entry in entries(store.deleted_runs(MOST), store.group_titles(), others())}
    if not found:
        st.caption(NONE)
        return
    chosen = [name for name in history_state.remembered().to_restore if name in found]
    now = time.time()
    st.multiselect(
        "Restore",
        list(found),
        format_func=lambda name: deleted_words(found[name], now=now) if name in found else name,
        placeholder=f"{len(found):,} can be chosen",
        help=KEPT,
        **keyed_default("to_restore", chosen, history_state.choose_deleted),
    )
    _button([found[name] for name in chosen])


def _button(chosen: list[HistoryEntry]) -> None:
    count = sum(len(entry.runs) for entry in chosen)
    off = runs().read_only or (None if chosen else "Choose what is to come back.")
    st.button(
        f"Restore {count:,} run{'s' * (count != 1)}" if chosen else "Restore",
        key="restore_deleted",
        icon=":material/undo:",
        disabled=off is not None,
        help=off,
        on_click=history_state.restore_deleted,
        args=([run.id for entry in chosen for run in entry.runs],),
    )
