"""The last runs, races and sweeps of this server, newest first; choosing one opens it."""

import streamlit as st

from explorer.ui.base import links, state
from explorer.ui.base.server import others, runs
from explorer.ui.components.row_table import opening_table
from explorer.ui.train import train_state
from explorer.views.runs.history import HistoryEntry, entries
from explorer.views.runs.history_table import entries_table

SHOWN = 20


def run_list() -> None:
    """List the last runs, everyone's, with what came of them; a race or a sweep is one of them."""
    _go_to_wanted()
    st.subheader("Last runs")
    store = runs().store
    found = entries(store.history(SHOWN), store.group_titles(), others())
    if not found:
        st.caption("No runs yet. Each run that you train stays here, also after a restart.")
        return
    opened = links.read(links.RUN)
    selected = next((i for i, entry in enumerate(found) if opened in {run.id for run in entry.runs}), None)
    table = entries_table(found)
    opening_table(table, title="Last runs", selected=selected, key="runs", on_open=lambda i: _open(found[i]))


def _go_to_wanted() -> None:
    """Leave for the race or sweep that the click before this run of the page chose; whatever comes of it, only once."""
    current = train_state.remembered()
    wanted, current.wanted_group = current.wanted_group, None
    if wanted:
        kind, group_id = wanted
        links.to_group(kind, state.session().design, group_id).follow()


def _open(entry: HistoryEntry) -> None:
    """Open a run here; a race or a sweep on its own page, once this page's run may go there."""
    if entry.kind == "run":
        links.write(links.RUN, entry.id)
    else:
        train_state.remembered().wanted_group = (entry.kind, entry.id)
