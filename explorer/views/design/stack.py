"""A trace as the stack's table: one row a layer, with its share of the totals and what changed."""

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from explorer.architecture.build import layer_names
from explorer.architecture.kinds.sizes import Pair, setting_words, shape_words
from explorer.architecture.repair import Repair
from explorer.architecture.spec import INPUT
from explorer.architecture.trace import LayerRow, Trace
from explorer.views.common import words
from explorer.views.common.table import RowMend, Table, TableCell, TableRow
from explorer.views.design.effect import effect


class Column(msgspec.Struct, frozen=True):
    """One column: how it writes a row, how large a row's bar is (of the total), and how the total reads.

    `room` is for how many characters there always is room: what most networks need, so that columns stay in place.
    """

    title: str
    text: Callable[[LayerRow], str]
    room: int
    amount: Callable[[LayerRow], int] | None = None
    total: Callable[[Trace], str] = lambda _: ""


def _optional(value: int | Pair | None) -> str:
    return "" if value is None else setting_words(value)


def _remainder(row: LayerRow) -> str:
    return shape_words(row.remainder) if row.remainder and any(row.remainder) else ""


def _count(title: str, amount: Callable[[LayerRow], int]) -> Column:
    """A column of counts that add up; a zero is an empty cell, so that the eye finds the layers that matter."""
    return Column(
        title,
        room=12,
        text=lambda row: words.number(amount(row)) if amount(row) else "",
        amount=amount,
        total=lambda trace: words.number(sum(map(amount, trace.rows))),
    )


COLUMNS: dict[str, Column] = {
    "output": Column("Output", lambda row: shape_words(row.output_shape), room=11),
    "num_params": _count("Parameters", lambda row: row.num_params),
    "mult_adds": _count("Multiply-adds", lambda row: row.mult_adds),
    "receptive_field": Column("Sees (px)", lambda row: _optional(row.receptive_field), room=7),
    "jump": Column("Jump (px)", lambda row: _optional(row.jump), room=7),
    "remainder": Column("Left over (rows × columns)", _remainder, room=8),
    "output_bytes": Column(
        "Output memory",
        room=9,
        text=lambda row: words.megabytes(row.output_bytes),
        amount=lambda row: row.output_bytes,
        total=lambda trace: words.megabytes(trace.totals.output_bytes),
    ),
    "neurons": _count("Neurons", lambda row: row.neurons),
    "connections": _count("Connections", lambda row: row.connections),
}
NAME_ROOM = 8  # characters, as `sigmoid4` has
STANDARD = ("output", "num_params", "mult_adds", "receptive_field")


def table(trace: Trace, before: Trace | None = None, columns: tuple[str, ...] = STANDARD) -> Table:
    """Lay a trace out as a table; cells that differ from `before`, layer by layer name, say what they were.

    A network with a layer that does not fit has no totals, and so no shares of them.
    """
    chosen = [COLUMNS[name] for name in columns]
    earlier = {row.name: row for row in before.rows} if before else {}
    sums = [sum(map(column.amount, trace.rows)) if column.amount and not trace.error else 0 for column in chosen]
    rows = [_input_row(trace, before, chosen)]
    rows += [_layer_row(row, earlier.get(row.name, row), chosen, sums) for row in trace.rows]
    rows = _with_doubts(rows, trace, before)
    rows += _rows_after(trace, before, chosen)
    return Table(
        ["Layer", "Kind and settings", *(column.title for column in chosen)],
        rows,
        [_total(column, trace) for column in chosen],
        room=(NAME_ROOM, *(column.room for column in chosen)),
    )


def _total(column: Column, trace: Trace) -> str:
    """Give a column's total; layers of which some do not fit have none."""
    return words.UNKNOWN if trace.error and column.total(trace) else column.total(trace)


def _input_row(trace: Trace, before: Trace | None, chosen: list[Column]) -> TableRow:
    shape = shape_words(trace.architecture.input_shape)
    earlier = shape_words(before.architecture.input_shape) if before else shape
    output = TableCell(shape, was="" if shape == earlier else earlier)
    cells = [output if column is COLUMNS["output"] else TableCell("") for column in chosen]
    return TableRow(INPUT, "input", "channels × height × width", cells)


def _layer_row(row: LayerRow, earlier: LayerRow, chosen: list[Column], sums: list[int]) -> TableRow:
    cells = [_cell(column, row, earlier, total) for column, total in zip(chosen, sums, strict=True)]
    words, said = _words(row), _words(earlier)
    return TableRow(row.index, row.name, words, cells, was="" if words == said else said)


def _words(row: LayerRow) -> str:
    return f"{row.kind} {row.settings}".strip()


def _cell(column: Column, row: LayerRow, earlier: LayerRow, total: int) -> TableCell:
    text, was = column.text(row), column.text(earlier)
    share = column.amount(row) / total if column.amount and total else 0.0
    return TableCell(text, round(share, 4), "" if was == text else was or "nothing")


def _with_doubts(rows: list[TableRow], trace: Trace, before: Trace | None) -> list[TableRow]:
    """Put each doubt on its row; the rows count from the input's."""
    doubtful = list(rows)
    for doubt in trace.doubts:
        mends = _mends(trace, doubt.repairs, before)
        doubtful[doubt.index + 1] = replace(doubtful[doubt.index + 1], cause=doubt.cause, mends=mends)
    return doubtful


def _rows_after(trace: Trace, before: Trace | None, chosen: list[Column]) -> list[TableRow]:
    """The refused layer and those beyond it: names and settings, no figures."""
    names = layer_names(trace.architecture.layers)
    return [_unreached(trace, before, index, names[index], chosen) for index in range(len(trace.rows), len(names))]


def _unreached(trace: Trace, before: Trace | None, index: int, name: str, chosen: list[Column]) -> TableRow:
    layer = trace.architecture.layers[index]
    kind = f"{type(layer).__name__} {layer.describe()}".strip()
    empty = [TableCell("")] * len(chosen)
    if trace.error is None or trace.error.index != index:
        return TableRow(index, name, kind, empty, "beyond")
    return TableRow(index, name, kind, empty, "refused", trace.error.cause, _mends(trace, trace.error.repairs, before))


def _mends(trace: Trace, repairs: tuple[Repair, ...], before: Trace | None) -> list[RowMend]:
    return [RowMend(trace.repairs.index(repair), repair.label, effect(repair, trace, before)) for repair in repairs]
