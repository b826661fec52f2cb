"""The network's totals in large type, each with what it was in the last network that fitted."""

from html import escape
from pathlib import Path

import streamlit as st

from explorer.architecture.kinds.sizes import pair, shape_words
from explorer.architecture.trace import Totals, Trace
from explorer.views.common import words

MEMORY = "Float32 values: the parameters, and every layer's output for one picture. 1 MB is a million bytes."
STYLE = f"<style>{Path(__file__).with_suffix('.css').read_text('utf-8')}</style>"


def totals(trace: Trace, before: Trace | None) -> None:
    """Show parameters, multiply-adds, memory and receptive field, in one element: it is drawn anew at each click.

    A network that does not fit has none of them: beside the dashes stands what comes before the break.
    """
    st.html(f"{STYLE}<dl class='explorer-totals'>{_figures(trace, before)}{_before_break(trace)}</dl>")


def _figures(trace: Trace, before: Trace | None) -> str:
    earlier = (before or trace).totals
    labels = {
        _parameters(trace): lambda totals: words.number(totals.num_params),
        "Multiply-adds a picture": lambda totals: words.number(totals.mult_adds),
        f"<span title='{escape(MEMORY)}'>Parameters + outputs</span>": _memory,
        "Last map sees": _sees,
    }
    now = {label: words.UNKNOWN if trace.error else figure(trace.totals) for label, figure in labels.items()}
    was = {label: figure(earlier) if before else now[label] for label, figure in labels.items()}
    return "".join(_total(label, now[label], was[label]) for label in labels)


def _before_break(trace: Trace) -> str:
    """Say what the layers have that come before the one that does not fit."""
    if trace.error is None:
        return ""
    name, part = escape(trace.error.name), trace.totals
    before = f"{words.number(part.num_params)} parameters, {words.number(part.mult_adds)} multiply-adds"
    return f"<div><dt>Stops at {name}</dt><dd class='part'>before it: {before}</dd></div>"


def _parameters(trace: Trace) -> str:
    fixed = trace.totals.num_params - trace.totals.num_trainable
    return f"Parameters, {words.number(fixed)} fixed" if fixed and not trace.error else "Parameters"


def _total(label: str, now: str, earlier: str) -> str:
    """Say the change beside the label, so that nothing moves when there is one."""
    was = f" · <b>was {earlier}</b>" if now != earlier else ""
    return f"<div><dt>{label}{was}</dt><dd>{now}</dd></div>"


def _memory(totals: Totals) -> str:
    return f"{words.megabytes(totals.param_bytes)} + {words.megabytes(totals.output_bytes)}"


def _sees(totals: Totals) -> str:
    seen = totals.receptive_field
    return f"{shape_words(pair(seen))} px" if seen else "no map"
