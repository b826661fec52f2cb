"""All that was tried on this server: a search, the list of it, and what was deleted last, with the way back."""

import streamlit as st

from explorer.runs.store.rows import Run
from explorer.ui.base import links, state
from explorer.ui.base.inputs import keyed_value
from explorer.ui.base.server import others, runs, store_errors_in_words, thumbnails
from explorer.ui.common.notices import notices
from explorer.ui.components.history_list import history_list
from explorer.ui.history import history_state
from explorer.ui.history.class_desk import class_desk
from explorer.ui.history.deleted_runs import deleted_runs, restorable
from explorer.ui.history.run_export import run_export
from explorer.views.common.words import plain
from explorer.views.runs.history import HistoryEntry, entries, matching, ordered
from explorer.views.runs.history_table import history_table

MOST_ENTRIES = 5_000  # that are searched, the newest
TICK = 2.0  # seconds between two looks whether something changed
PATIENCE = 0.15  # seconds for new small pictures in one drawing of the page
FIELDS = "name, tag, note, network, data set, optimizer, state"
EMPTY = "Nothing was tried yet. Each run, race and sweep stays here with its curve, also after a restart."
HEAD = 11.5  # rem of the page above the list
CALLS = {
    "choose": lambda name: history_state.choose([name]),
    "toggle": history_state.toggle,
    "open": history_state.open_group,
    "sort": history_state.sort_by,
}


def run_history() -> None:
    """Show the search and the list."""
    notices()
    store = runs().store
    found = entries(store.history(MOST_ENTRIES), store.group_titles(), others())
    _undo()
    class_desk()
    if not found and not restorable(1):
        st.info(EMPTY)
        if st.button("Train a network", key="to_train"):
            links.to_run(state.session().design).follow()
        return
    if reason := runs().read_only:
        st.info(plain(reason))
    search = history_state.remembered().search
    matched = ordered(matching(found, search.query), search.column, falling=search.falling)
    _head(found, matched)
    _list(matched)
    _watch()


def _head(found: list[HistoryEntry], matched: list[HistoryEntry]) -> None:
    query, export, deleted = st.columns([4, 1, 1], vertical_alignment="bottom", gap="small")
    asked = history_state.remembered().search.query
    query.text_input(
        "Search",
        placeholder=FIELDS + ", person" * any(entry.by for entry in found),
        icon=":material/search:",
        **keyed_value("search_runs", asked, history_state.search_for),
    )
    with export:
        run_export([run for entry in matched for run in entry.runs])
    with deleted:
        deleted_runs()
    st.caption(_count_words(len(found), len(matched), asked=bool(asked.strip())))


def _count_words(found: int, matched: int, *, asked: bool) -> str:
    kinds = "entry" if found == 1 else "runs, races and sweeps"
    oldest = f"; older ones than the newest {MOST_ENTRIES:,} are not searched" if found >= MOST_ENTRIES else ""
    count = f"{matched:,} of {found:,} {kinds}" if asked else f"{found:,} {kinds}"
    return f"{count}{oldest}. Enter or a click chooses one, Space or its box one more."


def _list(matched: list[HistoryEntry]) -> None:
    search = history_state.remembered().search
    shown = matched[: search.most]
    if not shown:
        st.info("No run has all these words. Search for fewer of them." if search.query else "All runs were deleted.")
        return
    jobs = (run.job for entry in shown for run in _rows(entry, search.opened) if run.is_readable)
    table = history_table(
        shown,
        pictures=thumbnails().find((job.architecture for job in jobs), seconds=PATIENCE),
        column=search.column,
        falling=search.falling,
        chosen=history_state.chosen_names(),
        opened=search.opened,
    )
    history_list(
        table,
        title="Runs",
        key="history",
        above=HEAD,
        calls=CALLS,
    )
    if len(matched) > len(shown):
        label = f"Show {min(history_state.MORE, len(matched) - len(shown))} more"
        st.button(label, key="show_more", on_click=history_state.show_more)


def _rows(entry: HistoryEntry, opened: frozenset[str]) -> tuple[Run, ...]:
    """Give the runs of which an entry's rows are drawn."""
    return entry.runs if entry.id in opened else entry.runs[:1]


def _undo() -> None:
    deleted = history_state.remembered().deleted
    if deleted:
        with st.container(horizontal=True, vertical_alignment="center", key="deleted"):
            st.markdown(f"{len(deleted):,} run{'s were' if len(deleted) > 1 else ' was'} deleted.", width="content")
            st.button("Undo", key="restore", icon=":material/undo:", on_click=history_state.restore)


def _watch() -> None:
    """Draw the page anew when a run has got further."""
    pulse = _pulse()
    if pulse:
        st.fragment(_look, run_every=TICK)(pulse)


def _pulse() -> list[tuple[str, str, int]]:
    """Tell how far the runs are that wait or train."""
    return [(run.id, run.state, run.num_events) for run in runs().store.unfinished()]


@store_errors_in_words()
def _look(seen: list[tuple[str, str, int]]) -> None:
    if _pulse() != seen:
        st.rerun()
