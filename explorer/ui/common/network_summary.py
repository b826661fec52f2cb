"""Which network the Train page trains, in two lines, with the way back to change it."""

import streamlit as st

from explorer.architecture.trace import Trace
from explorer.ui.common.preset_menu import preset_menu
from explorer.views.common import words


def network_summary(trace: Trace) -> None:
    """Show the network's menu, its size, and the way to its layers."""
    preset_menu()
    size = f"{words.number(trace.totals.num_params)} parameters · {words.short(trace.totals.mult_adds)} multiply-adds"
    st.caption(size)
