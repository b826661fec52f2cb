"""The formulas behind the chosen layer's numbers, typeset."""

import streamlit as st

from explorer.architecture.trace import Trace
from explorer.ui import state
from explorer.views.formulas import Formula, formulas

LETTERS = (
    "n input side, k kernel, p padding, s stride, d dilation, g groups, c channels, h height, w width; "
    "r and j: receptive field and jump of the layer's input. "
    "A float32 value has 4 bytes; a bias is one connection, as in LeCun 1998, and no multiply-add."
)


def explanation(trace: Trace) -> None:
    """Show each number of the chosen layer as its formula, in letters and in its own numbers, in one element."""
    found = formulas(trace, state.session().selected)
    if not found:
        st.caption("Choose a layer that fits, in the table: its numbers are worked out here.")
        return
    st.markdown("\n\n".join(map(_lines, found)))
    st.caption(LETTERS)


def _lines(formula: Formula) -> str:
    remark = f"  \n{formula.remark}" if formula.remark else ""
    return f"**{formula.quantity}** $= {formula.letters}$  \n${formula.numbers}${remark}"
