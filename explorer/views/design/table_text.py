"""A trace's table as text for other programs: CSV for spreadsheets, Markdown for documents; all columns, and totals.

CSV has numbers as they are, memory in bytes; Markdown writes them as the screen does.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator

import msgspec

from explorer.architecture.build import layer_names
from explorer.architecture.kinds.sizes import Pair, setting_words, shape_words
from explorer.architecture.trace import LayerRow, Totals, Trace
from explorer.views.common import words
from explorer.views.common.table import TableRow
from explorer.views.design.stack import COLUMNS, table

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")  # what a spreadsheet would compute rather than show
Figure = str | int | float


class CsvColumn(msgspec.Struct, frozen=True):
    """One column of the CSV after the layer's own: its value in a row, and in the totals' line."""

    value: Callable[[LayerRow], Figure | None]
    total: Callable[[Totals], Figure | None] = lambda _: None


def _one(size: int | Pair | None) -> Figure | None:
    """Put height and width into one cell where they differ."""
    return setting_words(size) if isinstance(size, tuple) else size


FIELDS: dict[str, CsvColumn] = {
    "output_shape": CsvColumn(lambda row: shape_words(row.output_shape)),
    "num_params": CsvColumn(lambda row: row.num_params, lambda totals: totals.num_params),
    "mult_adds": CsvColumn(lambda row: row.mult_adds, lambda totals: totals.mult_adds),
    "output_bytes": CsvColumn(lambda row: row.output_bytes, lambda totals: totals.output_bytes),
    "receptive_field": CsvColumn(lambda row: _one(row.receptive_field), lambda totals: _one(totals.receptive_field)),
    "jump": CsvColumn(lambda row: _one(row.jump), lambda totals: _one(totals.jump)),
    "connections": CsvColumn(lambda row: row.connections, lambda totals: totals.connections),
    "neurons": CsvColumn(lambda row: row.neurons, lambda totals: totals.neurons),
    "remainder": CsvColumn(lambda row: shape_words(row.remainder) if row.remainder else None),
}


def to_csv(trace: Trace) -> str:
    """Write a line for each layer and one of totals, each with the network's name; no cell is a formula.

    Layers from the first that does not fit on have no figures, and such a network has no totals.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["network", "layer", "kind", "settings", *FIELDS])
    writer.writerows([inert(cell) for cell in line] for line in _lines(trace))
    return text.getvalue()


def _lines(trace: Trace) -> Iterator[list[Figure | None]]:
    network, names = trace.architecture.name, layer_names(trace.architecture.layers)
    for index, layer in enumerate(trace.architecture.layers):
        row = trace.rows[index] if index < len(trace.rows) else None
        figures = [field.value(row) if row else None for field in FIELDS.values()]
        yield [network, names[index], type(layer).__name__, layer.describe(), *figures]
    yield [
        network,
        "total",
        None,
        None,
        *(None if trace.error else field.total(trace.totals) for field in FIELDS.values()),
    ]


def inert(cell: Figure | None) -> Figure | None:
    """Put an apostrophe before a text that a spreadsheet would take for a formula: it shows the text then."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def to_markdown(trace: Trace) -> str:
    """Write the stack's table as the screen shows it, under the network's name."""
    laid_out = table(trace, columns=tuple(COLUMNS))
    heading = [*laid_out.columns]
    aligned = ["---", "---", *["---:"] * len(COLUMNS)]
    lines = [heading, aligned, *map(_cells, laid_out.rows), ["total", "", *laid_out.totals]]
    return f"**{_plain(trace.architecture.name.strip())}**\n\n{''.join(map(_line, lines))}"


def _cells(row: TableRow) -> list[str]:
    """Give a row's cells; a layer that does not fit says why in place of its settings."""
    said = ": ".join(map(_plain, filter(None, [row.words, row.cause])))
    return [row.name, said, *(_plain(cell.text) for cell in row.cells)]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _plain(text: str) -> str:
    """Keep a text on its line, and keep Markdown from reading signs of its own in it."""
    return words.plain(" ".join(text.split()))
