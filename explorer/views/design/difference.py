"""A network's table with another network's rows between its own, where the two differ."""

from msgspec.structs import replace

from explorer.architecture.analysis.difference import Pair, align
from explorer.architecture.trace import Trace
from explorer.views.common.table import Table, TableCell, TableRow
from explorer.views.common.words import NONE
from explorer.views.design.stack import STANDARD, table

NOBODY = -2  # the index of rows that cannot be chosen


def compared(ours: Trace, theirs: Trace, columns: tuple[str, ...] = STANDARD) -> Table:
    """Lay `ours` out, what differs from `theirs` marked; under each such layer stands the one in its place there."""
    own, other = table(ours, columns=columns), table(theirs, columns=columns)
    pairs = [Pair(-1, -1), *align(ours.architecture.layers, theirs.architecture.layers)]  # the input's rows first
    rows = [row for pair in pairs for row in _rows(pair, own.rows, other.rows)]
    totals = TableRow(NOBODY, "↳ total", theirs.architecture.name, [TableCell(text) for text in other.totals], "other")
    return replace(own, rows=rows, beside=totals, against="beside it")


def _rows(pair: Pair, own: list[TableRow], other: list[TableRow]) -> list[TableRow]:
    """Give a pair's rows: the layer's own, and what differs in its place; the tables' rows count from the input's."""
    here = None if pair.ours is None else own[pair.ours + 1]
    there = None if pair.theirs is None else other[pair.theirs + 1]
    if here is None:
        return [_other(there)] if there else []
    if there is None:
        return [replace(here, was="no such layer")]
    return [here] if _alike(here, there) else [_marked(here, there), _other(there)]


def _other(there: TableRow) -> TableRow:
    cells = [TableCell(cell.text) for cell in there.cells]
    return TableRow(NOBODY, f"↳ {there.name}", there.words, cells, "other")


def _alike(here: TableRow, there: TableRow) -> bool:
    return here.words == there.words and [cell.text for cell in here.cells] == [cell.text for cell in there.cells]


def _marked(here: TableRow, there: TableRow) -> TableRow:
    """Mark what differs from the row below."""
    cells = [
        cell if cell.text == below.text else replace(cell, was=below.text or NONE)
        for cell, below in zip(here.cells, there.cells, strict=True)
    ]
    return replace(here, cells=cells, was="" if here.words == there.words else there.words)
