"""The menu of the runs that were deleted and can be restored: one's own, the teacher's of all; with the way back."""

import time

import streamlit as st

from explorer.runs.store.rows import Run
from explorer.ui.base.inputs import keyed_default
from explorer.ui.base.server import others, person, runs
from explorer.ui.history import history_state
from explorer.views.runs.history import HistoryEntry, entries
from explorer.views.runs.history_table import deleted_words

MOST = 500  # runs that are listed, the latest deleted
KEPT = "What was deleted is kept for 30 days, unless there is no room for it."
NONE = "Nothing that was deleted can be restored."


def restorable(limit: int = MOST) -> list[Run]:
    """List the deleted runs that this person may take back, the latest deleted first."""
    return runs().store.deleted_runs(limit, owner=None if person().is_teacher else person().id)


def deleted_runs() -> None:
    """Show the menu's button, and the menu where it is open."""
    menu = st.popover("Deleted", key="deleted_runs", on_change="rerun", width="stretch")
    if menu.open:
        with menu:
            _menu()


def _menu() -> None:
    found = {entry.id: entry for entry in entries(restorable(), runs().store.group_titles(), others())}
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
