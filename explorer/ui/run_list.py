"""The last runs of this server, newest first; choosing one opens it."""

import streamlit as st

from explorer.ui import state
from explorer.ui.row_table import row_table
from explorer.ui.server import runs
from explorer.views.runs import runs_table

SHOWN = 20


def run_list() -> None:
    """List the last runs, everyone's, with what came of them."""
    st.subheader("Last runs")
    found = runs().store.list_runs(SHOWN)
    if not found:
        st.caption("No runs yet. Each run that you train stays here, also after a restart.")
        return
    ids = [run.id for run in found]
    opened = state.opened_run()
    selected = ids.index(opened) if opened in ids else None
    table = runs_table(found)
    row_table(table, title="Last runs", selected=selected, key="runs", on_select=lambda i: state.open_run(ids[i]))
