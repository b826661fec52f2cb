"""The live curve: loss above accuracy, drawn in place and grown by the points that are new."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from msgspec.structs import asdict

from explorer.ui.components.plotly import CHART_CSS, CHART_HTML, LOADER, plotly_url
from explorer.views.runs.curves import Axes, Mark, Series

EPOCHS = Axes()
_mount = st.components.v2.component(
    "live_curve",
    html=CHART_HTML,
    css=CHART_CSS,
    js=LOADER + Path(__file__).with_name("live_curve.js").read_text("utf-8"),
    isolate_styles=False,  # Plotly puts its own styles into the page's head
)


def live_curve(
    series: Sequence[Series],
    *,
    key: str,
    alt: str,
    empty: str,
    height: int = 480,
    axes: Axes = EPOCHS,
    marks: Sequence[Mark] = (),
) -> None:
    """Draw the lines of one or more runs; a browser that has their first points gets only the new ones.

    Call it with all points at each tick, best in an `st.fragment(run_every=…)`. Zoom and legend choices stay while the
    lines grow. `alt` says the chart's latest values to a screen reader, `empty` what will draw here while there is no
    point, `height` is in px; `marks` are places on the x axis.
    """
    sent: dict[str, int] = st.session_state.setdefault(_sent_key(key), {})
    lines = [_message(line, start=sent.get(line.key, 0)) for line in series]
    sent.update({line.key: len(line.x) for line in series})
    data = {"library": plotly_url(), "alt": alt, "empty": empty, "height": height, "series": lines}
    data |= {"axes": asdict(axes), "marks": [asdict(mark) for mark in marks]}
    _mount(key=key, data=data, height=height, on_ask_change=lambda: _send_again(key))


def _message(line: Series, *, start: int) -> dict[str, Any]:
    """Say a line's points from `start` on, and how many stand before and in all."""
    total = len(line.x)
    start = start if start <= total else 0
    return {**asdict(line), "from": start, "total": total, "x": line.x[start:], "y": line.y[start:]}


def _send_again(key: str) -> None:
    """Go back to the points that the browser says it has."""
    asked = st.session_state[key].ask
    if asked:
        st.session_state[_sent_key(key)] = {str(line): int(points) for line, points in asked.items()}


def _sent_key(key: str) -> str:
    return f"{key}/sent"
