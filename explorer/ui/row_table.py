"""A table in which a row can be chosen by click or arrow keys: the stack of layers, the list of runs."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import streamlit as st

from explorer.views.table import Table

HTML = """<div class="frame">
  <table role="grid"><thead></thead><tbody></tbody><tfoot></tfoot></table>
</div>"""
_mount = st.components.v2.component(
    "row_table",
    html=HTML,
    css=Path(__file__).with_suffix(".css").read_text("utf-8"),
    js=Path(__file__).with_suffix(".js").read_text("utf-8"),
)


def row_table(table: Table, *, title: str, selected: int | None, key: str, on_select: Callable[[int], None]) -> None:
    """Draw a table with the row of index `selected` marked; choosing a row calls `on_select` before the next run.

    `title` names the table to a screen reader. Arrow keys, Home and End choose too.
    """
    data = {"table": msgspec.to_builtins(table), "selected": selected, "title": title}
    _mount(key=key, data=data, on_select_change=lambda: _selected(key, on_select))


def _selected(key: str, on_select: Callable[[int], None]) -> None:
    value = st.session_state[key].select
    if value is not None:
        on_select(int(value))
