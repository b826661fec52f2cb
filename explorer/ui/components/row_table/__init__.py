"""A table in which a row can be chosen: a layer of the stack, by arrow keys too; a run of a list, which opens."""

from collections.abc import Callable
from typing import Literal

import msgspec

from explorer.ui.components.element import element, told
from explorer.views.common.table import Table

HTML = """<div class="frame">
  <table role="grid"><thead></thead><tbody></tbody><tfoot></tfoot></table>
</div>"""
_mount = element(__file__, "row_table", html=HTML)


def row_table(  # noqa: PLR0913  # each is one thing that a table tells the page
    table: Table,
    *,
    title: str,
    selected: int | None,
    key: str,
    on_select: Callable[[int], None],
    on_mend: Callable[[int], None] | None = None,
    on_sort: Callable[[int], None] | None = None,
    above: float = 16.5,
) -> None:
    """Draw a table with the row of index `selected` marked; choosing a row calls `on_select` before the next run.

    `title` names the table to a screen reader. Arrow keys, Home and End choose too. The button of a refused row's n-th
    mend calls `on_mend` with n; a click on a column's title, where the table has an order, `on_sort` with its number.
    The table fills the screen below `above` rem of the page, and scrolls within itself.
    """
    _mount(
        key=key,
        data=_data(table, title, selected, above, arrows="choose"),
        on_select_change=lambda: _call(told(key, "select"), on_select),
        on_mend_change=lambda: _call(told(key, "mend"), on_mend),
        on_sort_change=lambda: _call(told(key, "sort"), on_sort),
    )


def opening_table(
    table: Table,
    *,
    title: str,
    selected: int | None,
    key: str,
    on_open: Callable[[int], None],
    above: float = 16.5,
) -> None:
    """Draw a table each of whose rows opens something, for which `on_open` is called before the next run.

    Arrow keys, Home and End move the focus alone, as what a row opens may be another page; a click, Enter or Space
    opens. All else is as in `row_table`.
    """
    _mount(
        key=key,
        data=_data(table, title, selected, above, arrows="move"),
        on_select_change=lambda: _call(told(key, "select"), on_open),
    )


def _data(
    table: Table, title: str, selected: int | None, above: float, *, arrows: Literal["choose", "move"]
) -> dict[str, object]:
    rows = msgspec.to_builtins(table)
    return {"table": rows, "selected": selected, "title": title, "above": above, "arrows": arrows}


def _call(value: int | None, callback: Callable[[int], None] | None) -> None:
    if value is not None and callback is not None:
        callback(int(value))
