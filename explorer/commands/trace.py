"""`python -m explorer trace`: a network's rows and totals, as a table or as JSON."""

from typing import TYPE_CHECKING

import click
import msgspec

from explorer.architecture.kinds.sizes import pair, shape_words, size_words
from explorer.commands.network import read_network
from explorer.training.no_compiler import leave_out_the_compiler
from explorer.views.common.words import UNKNOWN

if TYPE_CHECKING:
    from explorer.architecture.doubt import Doubt
    from explorer.architecture.trace import LayerError, LayerRow, Trace

HEADINGS = ("layer", "settings", "output", "parameters", "multiply-adds", "sees")
NUMBERS = 3  # from this column on, aligned to the right
MISFIT = 1


@click.command(short_help="Show the shapes, parameters and costs of each layer.")
@click.argument("network")
@click.option(
    "--json", "as_json", is_flag=True, help="Print architecture, rows, totals, error and doubts as one JSON object."
)
@click.pass_context
def trace(ctx: click.Context, /, *, network: str, as_json: bool) -> None:
    """Trace NETWORK: the shapes, parameters, multiply-adds and receptive field of each layer.

    The exit code is 0 if its layers fit, 1 if one does not, 2 if it is no design.
    """
    architecture = read_network(network)
    from explorer.architecture.trace import trace as trace_stack  # noqa: PLC0415  # torch, after what needs none

    leave_out_the_compiler()
    traced = trace_stack(architecture)
    click.echo(msgspec.json.encode(traced) if as_json else "\n".join(_report(traced)))
    ctx.exit(MISFIT if traced.error else 0)


def _report(traced: "Trace") -> list[str]:
    architecture = traced.architecture
    title = f"{architecture.name}, input {shape_words(architecture.input_shape)}"
    doubts = [line for doubt in traced.doubts for line in _doubt(doubt, traced.rows[doubt.index].name)]
    return [title, "", *_table(traced), *doubts, *(_misfit(traced.error) if traced.error else [])]


def _doubt(doubt: "Doubt", name: str) -> list[str]:
    return ["", f"{name}: {doubt.cause}", *(f"  - {repair.label}" for repair in doubt.repairs)]


def _table(traced: "Trace") -> list[str]:
    sums = traced.totals.num_params, traced.totals.mult_adds
    total = ("total", "", "", *(UNKNOWN if traced.error else f"{each:,}" for each in sums), "")
    cells = [HEADINGS, *map(_cells, traced.rows), total]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [_line(row, widths) for row in cells]
    rule = "-" * max(map(len, lines))
    return [lines[0], rule, *lines[1:-1], rule, lines[-1]]


def _cells(row: "LayerRow") -> tuple[str, ...]:
    sees = size_words(pair(row.receptive_field)) if row.receptive_field else ""
    return (row.name, row.settings, shape_words(row.output_shape), _count(row.num_params), _count(row.mult_adds), sees)


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [
        cell.rjust(width) if column >= NUMBERS else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def _misfit(error: "LayerError") -> list[str]:
    edits = [f"  - {repair.label}" for repair in error.repairs]
    return ["", f"Layer {error.index + 1} ({error.name}) does not fit. {error.cause}", "What lets it fit:", *edits]


def _count(number: int) -> str:
    return f"{number:,}" if number else ""
