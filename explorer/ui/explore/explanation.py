"""The formulas behind the chosen layer's numbers, typeset; for the whole network, the counts of different texts."""

from collections.abc import Sequence

import streamlit as st

from explorer.architecture.analysis.dense import example
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.trace import LayerRow, Trace
from explorer.ui.base import state
from explorer.ui.components.figure import figure
from explorer.views.common.formula import Formula
from explorer.views.design.conventions import conventions, parts
from explorer.views.design.dense import convolution, dense_words, matrix_figure, matrix_words
from explorer.views.design.formulas import formulas

LETTERS = (
    "n input side, k kernel, p padding, s stride, d dilation, g groups, c channels, h height, w width; "
    "r and j: receptive field and jump of the layer's input. "
    "A float32 value has 4 bytes; a bias is one connection, as in LeCun 1998, and no multiply-add."
)


def explanation(trace: Trace) -> None:
    """Show each number of the chosen layer as its formula, in letters and in its own numbers."""
    found = formulas(trace, state.session().designs.selected)
    if found:
        with st.container(key="sums"):
            st.markdown(_table(found))
            _remarks(found)
            with st.container(horizontal=True):
                st.popover("What the letters mean").caption(LETTERS)
                _as_dense(trace)
    else:
        st.markdown(_network(trace))
        stop = f"The layers before {trace.error.name}, which does not fit, are counted. " if trace.error else ""
        st.caption(f"{stop}Choose a layer that fits, in the table: its numbers are worked out here.")


def _remarks(found: Sequence[Formula]) -> None:
    remarks = [f"{one.quantity}: {one.remark[0].lower()}{one.remark[1:]}" for one in found if one.remark]
    if remarks:
        st.caption("  \n".join(remarks))


def worked_out(trace: Trace) -> None:
    """Show each number of the chosen layer as its formula, and nothing else."""
    found = formulas(trace, state.session().designs.selected)
    if found:
        st.markdown("\n\n".join(map(_lines, found)))
    else:
        with st.container(key="no_sums", border=True, horizontal_alignment="center", vertical_alignment="center"):
            st.caption("A click on a layer in the picture shows here how its numbers come about.")


def _as_dense(trace: Trace) -> None:
    """Offer the dense layer in a convolution's place, and its matrix on a small map."""
    found = convolution(trace, state.session().designs.selected)
    if found is None:
        return
    menu = st.popover("As a dense layer", key="as_dense", on_change="rerun")
    if menu.open:
        with menu:
            _dense(*found)


def _dense(row: LayerRow, layer: Conv2d) -> None:
    st.markdown(dense_words(row, layer))
    shown = example(layer)
    if shown is not None:
        figure(matrix_figure(shown), key="matrix", alt=matrix_words(shown), height=240)
        st.caption(matrix_words(shown))


def _table(found: Sequence[Formula]) -> str:
    """Lay sums out as a Markdown table, a line each, so that the longest are seen with the layer's fields."""
    head = ["| Number | In letters | In its own numbers |", "|---|---|---|"]
    lines = [f"| **{one.quantity}** | ${one.letters}$ | ${one.numbers}$ |".replace("dfrac", "tfrac") for one in found]
    return "\n".join([*head, *lines])


def _lines(formula: Formula) -> str:
    remark = f"  \n{formula.remark}" if formula.remark else ""
    return f"**{formula.quantity}** $= {formula.letters}$  \n${formula.numbers}${remark}"


def _network(trace: Trace) -> str:
    """Lay out the totals by part, and the counts of different texts, as two Markdown tables."""
    error = trace.error
    params, mult_adds = (0, 0) if error else (trace.totals.num_params, trace.totals.mult_adds)
    shares = [
        f"| {part.name} | {_share(part.num_params, params)} | {_share(part.mult_adds, mult_adds)} |"
        for part in parts(trace)
    ]
    counts = [f"| {count.what} | {count.value} | {count.used_by} |" for count in conventions(trace)]
    head, line = "| Part | Parameters | Multiply-adds |", "|---|--:|--:|"
    counted = f"Before {error.name}" if error else "In all"
    texts_head, texts_line = f"| Counted as | {counted} | By |", "|---|--:|---|"
    return "\n".join([head, line, *shares, "", texts_head, texts_line, *counts])


def _share(value: int, total: int) -> str:
    """Write a part with its share of the whole, where there is one."""
    return f"{value:,} ({value / total:.1%})" if total else f"{value:,}"
