"""The network's totals in large type, each with what it was before the last change."""

from html import escape
from pathlib import Path

import streamlit as st

from explorer.architecture.kinds.sizes import pair, shape_words
from explorer.architecture.trace import Totals, Trace
from explorer.views.common import words

MEMORY = "Float32 values: the parameters, and every layer's output for one picture. 1 MB is a million bytes."
STYLE = f"<style>{Path(__file__).with_suffix('.css').read_text('utf-8')}</style>"


def totals(trace: Trace, before: Trace | None) -> None:
    """Show parameters, multiply-adds, memory and receptive field, in one element: it is drawn anew at each click."""
    now, earlier = trace.totals, (before or trace).totals
    st.html(
        f"{STYLE}<dl class='explorer-totals'>"
        + _total(_parameters(now), words.number(now.num_params), words.number(earlier.num_params))
        + _total("Multiply-adds a picture", words.number(now.mult_adds), words.number(earlier.mult_adds))
        + _total(f"<span title='{escape(MEMORY)}'>Parameters + outputs</span>", _memory(now), _memory(earlier))
        + _total("Last map sees", _sees(now), _sees(earlier))
        + "</dl>"
    )


def _parameters(totals: Totals) -> str:
    fixed = totals.num_params - totals.num_trainable
    return f"Parameters, {words.number(fixed)} fixed" if fixed else "Parameters"


def _total(label: str, now: str, earlier: str) -> str:
    """Say the change beside the label, so that nothing moves when there is one."""
    was = f" · <b>was {earlier}</b>" if now != earlier else ""
    return f"<div><dt>{label}{was}</dt><dd>{now}</dd></div>"


def _memory(totals: Totals) -> str:
    return f"{words.megabytes(totals.param_bytes)} + {words.megabytes(totals.output_bytes)}"


def _sees(totals: Totals) -> str:
    seen = totals.receptive_field
    return f"{shape_words(pair(seen))} px" if seen else "no map"
