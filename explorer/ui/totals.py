"""The network's totals in large type, each with what it was before the last change."""

import streamlit as st

from explorer.architecture.trace import Totals, Trace
from explorer.views import words

MEMORY = "Float32 values: the parameters, and every layer's output for one picture. 1 MB is a million bytes."


def totals(trace: Trace, before: Trace | None) -> None:
    """Show parameters, multiply-adds, memory and receptive field."""
    now, earlier = trace.totals, (before or trace).totals
    params, mult_adds, memory, sees = st.columns([3, 4, 5, 3])
    with params:
        _metric("Parameters", words.number(now.num_params), words.number(earlier.num_params))
    with mult_adds:
        _metric("Multiply-adds a picture", words.number(now.mult_adds), words.number(earlier.mult_adds))
    with memory:
        _metric("Parameters + outputs", _memory(now), _memory(earlier), help_text=MEMORY)
    with sees:
        _metric("Last map sees", _sees(now), _sees(earlier))


def _metric(label: str, now: str, earlier: str, help_text: str | None = None) -> None:
    """Say the change beside the label, so that nothing moves when there is one."""
    st.metric(label if now == earlier else f"{label} · **was {earlier}**", now, help=help_text)


def _memory(totals: Totals) -> str:
    return f"{words.megabytes(totals.param_bytes)} + {words.megabytes(totals.output_bytes)}"


def _sees(totals: Totals) -> str:
    side = totals.receptive_field
    return f"{side} × {side} px" if side else "no map"
