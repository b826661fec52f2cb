"""A network's table with another network's rows between its own, where the two differ."""

from explorer.architecture.analysis.difference import Pair, align
from explorer.architecture.trace import Trace
from explorer.views.common.table import Table, TableCell, TableRow
from explorer.views.design.stack import STANDARD, table

NOBODY = -2  # the index of rows that cannot be chosen


def compared(ours: Trace, theirs: Trace, columns: tuple[str, ...] = STANDARD) -> Table:
    """Lay `ours` out; under each layer that differs stands the one that `theirs` has in its place."""
    own, other = table(ours, columns=columns), table(theirs, columns=columns)
    pairs = [Pair(-1, -1), *align(ours.architecture.layers, theirs.architecture.layers)]  # the input's rows first
    rows = [row for pair in pairs for row in _rows(pair, own.rows, other.rows)]
    return Table(own.columns, [*rows, _their_totals(theirs, own, other)], own.totals)


def _their_totals(theirs: Trace, own: Table, other: Table) -> TableRow:
    cells = [_marked(cell, above) for cell, above in zip(other.totals, own.totals, strict=True)]
    return TableRow(NOBODY, "↳ total", theirs.architecture.name, cells, "other")


def _rows(pair: Pair, own: list[TableRow], other: list[TableRow]) -> list[TableRow]:
    """Give a pair's rows: the layer's own, and what differs in its place; the tables' rows count from the input's."""
    here = None if pair.ours is None else own[pair.ours + 1]
    there = None if pair.theirs is None else other[pair.theirs + 1]
    if here and there and _alike(here, there):
        return [here]
    above = [here] if here else []
    return [*above, _other(there, here) if there else _absent(here)]


def _other(there: TableRow, here: TableRow | None) -> TableRow:
    above = here.cells if here else there.cells
    cells = [_marked(cell.text, over.text) for cell, over in zip(there.cells, above, strict=True)]
    return TableRow(NOBODY, f"↳ {there.name}", there.words, cells, "other")


def _absent(here: TableRow | None) -> TableRow:
    return TableRow(NOBODY, "↳", "nothing in its place", [TableCell("") for _ in (here.cells if here else ())], "other")


def _alike(here: TableRow, there: TableRow) -> bool:
    return here.words == there.words and [cell.text for cell in here.cells] == [cell.text for cell in there.cells]


def _marked(text: str, above: str) -> TableCell:
    """Make a cell, marked where it differs from the one above it."""
    return TableCell(text) if text == above else TableCell(text or "none", was=above or "none")
