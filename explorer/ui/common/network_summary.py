"""Which network the Train page trains: its menu, its size, and the text that it is from."""

import streamlit as st

from explorer.architecture.trace import Trace
from explorer.ui.common.preset_menu import preset_menu
from explorer.views.common import words
from explorer.views.common.words import plain
from explorer.views.design.changes import source_words


def network_summary(trace: Trace) -> None:
    """Show the network's menu, its size, and the text that it is from."""
    preset_menu()
    st.caption(f"{_size(trace)}  \n{plain(source_words(trace.architecture))}")


def _size(trace: Trace) -> str:
    if trace.error:
        return f"It stops at {trace.error.name}, which does not fit: it has no size yet."
    return f"{words.number(trace.totals.num_params)} parameters · {words.short(trace.totals.mult_adds)} multiply-adds"
