"""The network's totals in large type, each with what it was in the last network that fitted."""

from collections.abc import Callable
from html import escape

import streamlit as st

from explorer.architecture.kinds.sizes import pair, shape_words
from explorer.architecture.trace import Totals, Trace
from explorer.views.common import words

MEMORY = "Float32 values: the parameters, and every layer's output for one picture. 1 MB is a million bytes."


def totals(trace: Trace, before: Trace | None, beside: Trace | None) -> None:
    """Show parameters, multiply-adds, memory and receptive field, in one element: it is drawn anew at each click.

    Under each stands what the network `beside` has, or what it was `before`. A network that does not fit has none of
    them: beside the first dash stands what comes before the break.
    """
    broken = " broken" if trace.error else ""
    st.html(f"<dl class='explorer-totals{broken}'>{_figures(trace, before, beside)}{_before_break(trace)}</dl>")


def _figures(trace: Trace, before: Trace | None, beside: Trace | None) -> str:
    labels = {
        _parameters(trace): lambda totals: words.number(totals.num_params),
        "Multiply-adds a picture": lambda totals: words.number(totals.mult_adds),
        f"<span title='{escape(MEMORY)}'>Parameters + outputs</span>": _memory,
        "Last map sees": _sees,
    }
    now = {label: _figure(trace, figure) for label, figure in labels.items()}
    if beside:
        under = {label: f"beside {_figure(beside, figure)}" for label, figure in labels.items()}
    else:
        was = {label: figure(before.totals) if before else now[label] for label, figure in labels.items()}
        under = {label: "" if was[label] == now[label] else f"was {was[label]}" for label in labels}
    return "".join(_total(label, now[label], under[label]) for label in labels)


def _figure(trace: Trace, figure: Callable[[Totals], str]) -> str:
    return words.UNKNOWN if trace.error else figure(trace.totals)


def _before_break(trace: Trace) -> str:
    """Say what the layers have that come before the one that does not fit."""
    if trace.error is None:
        return ""
    name, part = escape(trace.error.name), trace.totals
    before = f"{words.number(part.num_params)} parameters, {words.number(part.mult_adds)} multiply-adds"
    return f"<div class='break'><dt>Stops at {name}</dt><dd class='part'>before it: {before}</dd></div>"


def _parameters(trace: Trace) -> str:
    fixed = trace.totals.num_params - trace.totals.num_trainable
    return f"Parameters, {words.number(fixed)} fixed" if fixed and not trace.error else "Parameters"


def _total(label: str, now: str, under: str) -> str:
    """Keep the line under the figure, so that nothing moves when something comes to stand there."""
    return f"<div><dt>{label}</dt><dd>{now}</dd><dd class='under'>{under}</dd></div>"


def _memory(totals: Totals) -> str:
    return f"{words.megabytes(totals.param_bytes)} + {words.megabytes(totals.output_bytes)}"


def _sees(totals: Totals) -> str:
    seen = totals.receptive_field
    return f"{shape_words(pair(seen))} px" if seen else "no map"
