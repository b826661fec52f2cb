"""The network's totals in large type, each with what it was before the last change."""

import streamlit as st

from explorer.architecture.trace import Totals, Trace
from explorer.views import words

MEMORY = "Float32 values: the parameters, and every layer's output for one picture. 1 MB is a million bytes."


def totals(trace: Trace, before: Trace | None) -> None:
    """Show parameters, multiply-adds, memory and receptive field."""
    now, earlier = trace.totals, (before or trace).totals
    with st.container(horizontal=True):
        _metric("Parameters", words.number(now.num_params), words.number(earlier.num_params), width=230)
        _metric("Multiply-adds a picture", words.number(now.mult_adds), words.number(earlier.mult_adds), width=300)
        _metric("Parameters + outputs", _memory(now), _memory(earlier), width=380, help_text=MEMORY)
        _metric("Last map sees", _sees(now), _sees(earlier), width=230)


def _metric(label: str, now: str, earlier: str, *, width: int, help_text: str | None = None) -> None:
    """Say the change beside the label, so that nothing moves when there is one."""
    st.metric(label if now == earlier else f"{label} · **was {earlier}**", now, help=help_text, width=width)


def _memory(totals: Totals) -> str:
    return f"{words.megabytes(totals.param_bytes)} + {words.megabytes(totals.output_bytes)}"


def _sees(totals: Totals) -> str:
    side = totals.receptive_field
    return f"{side} × {side} px" if side else "no map"
