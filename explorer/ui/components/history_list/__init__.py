"""The list of what was tried: small pictures and curves, sorted by its titles, one or several rows chosen."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from explorer.ui.components.element import element, told
from explorer.views.common.palette import COLORS
from explorer.views.runs.history_table import HistoryTable

HTML = """<div class="frame">
  <table role="treegrid" aria-multiselectable="true"><thead></thead><tbody></tbody></table>
</div>"""
TABLE = Path(__file__).parents[1] / "row_table" / "row_table.css"  # which this list is one of
_mount = element(__file__, "history_list", html=HTML, css=TABLE.read_text("utf-8"))
Named = Callable[[str], None]


def history_list(table: HistoryTable, *, title: str, key: str, above: float, calls: Mapping[str, Named]) -> None:
    """Draw the list; `title` names it to a screen reader, it fills the screen below `above` rem of the page.

    `calls` has four functions, which are called before the page runs again: a click or Enter calls `choose` with the
    row's id, its box or Space `toggle`, a race's arrow `open`; a column's title calls `sort` with itself.
    """
    data = {"table": msgspec.to_builtins(table), "title": title, "above": above, "colors": COLORS}
    _mount(
        key=key,
        data=data,
        on_choose_change=partial(_call, key, "choose", calls),
        on_toggle_change=partial(_call, key, "toggle", calls),
        on_open_change=partial(_call, key, "open", calls),
        on_sort_change=partial(_call, key, "sort", calls),
    )


def _call(key: str, trigger: str, calls: Mapping[str, Named]) -> None:
    value = told(key, trigger)
    if isinstance(value, str):
        calls[trigger](value)
