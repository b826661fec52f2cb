"""The runs that a page can open, or what it says while there are none."""

from collections.abc import Sequence

import streamlit as st

from explorer.runs.store.rows import Run
from explorer.ui.base import links, state
from explorer.ui.components.row_table import opening_table
from explorer.views.runs.history import alone
from explorer.views.runs.history_table import entries_table


def run_choice(found: Sequence[Run], *, title: str, words: str, empty: str, key: str) -> None:
    """Let a person choose one of some runs, which the page's link names then; without any, lead to Train."""
    if not found:
        st.info(empty)
        if st.button("To Train", key="to_train"):
            links.to_run(state.session().design).follow()
        return
    st.markdown(words)
    opening_table(
        entries_table([alone(run) for run in found]),
        title=title,
        selected=None,
        key=key,
        on_open=lambda index: links.write(links.RUN, found[index].id),
    )
