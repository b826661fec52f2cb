"""`python -m explorer sweep`: the cells of a sweep, trained one after the other in this process."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import msgspec

from explorer.architecture.spec import Architecture
from explorer.commands.network import RefusedError, read_network
from explorer.commands.train import FAILED, TrainCommand, read_recipe

if TYPE_CHECKING:
    from explorer.experiments.sweep.fields import Value
    from explorer.experiments.sweep.sweep import Cell, Sweep
    from explorer.training.events import Event
    from explorer.training.recipe.recipe import Recipe


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a cell came to; its figures are the last that were measured."""

    cell: int  # from 1
    values: "dict[str, Value]"
    state: str  # finished, failed or unfit
    test_accuracy: float | None = None
    test_loss: float | None = None
    train_loss: float | None = None
    num_params: int = 0
    mult_adds: int = 0
    seconds: float = 0.0
    cause: str = ""  # why it failed, or is not trained


@click.command(cls=TrainCommand, short_help="Train a network with several values of some fields.")
@click.argument("network")
@click.option(
    "--vary",
    "varied",
    multiple=True,
    required=True,
    metavar="FIELD=VALUES",
    help="A field and its values, as in learning_rate=0.1,0.3 or width=0.5,1; in a random search also 0.01..1.",
)
@click.option("--random", "draws", type=int, metavar="N", help="Train N settings drawn at random in place of all.")
@click.option("--draw-seed", type=int, default=0, show_default=True, help="What draws those settings.")
@click.option("--jsonl", is_flag=True, help="Print the cells, one JSON object a line.")
@click.pass_context
def sweep(
    ctx: click.Context,
    /,
    *,
    network: str,
    recipe_name: str | None,
    varied: tuple[str, ...],
    draws: int | None,
    draw_seed: int,
    jsonl: bool,
    **fields: str | None,
) -> None:
    """Train NETWORK in each combination of the values that vary, and print what each came to.

    A field is one of the recipe's, one of the whole network's (activation, pooling, kernel_size, width: a factor), or
    one of a layer's, as conv1.out_channels. The exit code is 0 if all cells that fit were trained, 1 if one failed, 2
    if NETWORK or an option was refused.
    """
    architecture = read_network(network)
    texts = {name: value for name, value in fields.items() if value is not None}
    recipe = read_recipe(network, recipe_name, texts)
    laid = _read_sweep(architecture, recipe, varied, draws=draws, seed=draw_seed)
    failed = False
    for result in _results(laid, head=not jsonl):
        click.echo(msgspec.json.encode(result) if jsonl else _line(laid, result))
        failed |= result.state == "failed"
    ctx.exit(FAILED if failed else 0)


def _read_sweep(
    architecture: Architecture, recipe: "Recipe", varied: tuple[str, ...], *, draws: int | None, seed: int
) -> "Sweep":
    from explorer.experiments.sweep.axis_text import read_axis  # noqa: PLC0415
    from explorer.experiments.sweep.fields import SweepError  # noqa: PLC0415
    from explorer.experiments.sweep.sweep import Draws, Grid, Sweep, lay_out  # noqa: PLC0415
    from explorer.training.recipe.recipe import Job  # noqa: PLC0415  # brings torch

    pairs = [text.partition("=") for text in varied]
    try:
        axes = tuple(read_axis(name.strip(), values, architecture) for name, _, values in pairs)
        way = Grid() if draws is None else Draws(draws, seed)
        laid = Sweep(base=Job(architecture=architecture, recipe=recipe), axes=axes, way=way)
        lay_out(laid)
    except SweepError as error:
        raise RefusedError(str(error)) from error
    return laid


def _results(laid: "Sweep", *, head: bool) -> Iterator[Result]:
    from explorer.experiments.sweep.sweep import lay_out  # noqa: PLC0415

    cells = lay_out(laid)
    if head:
        click.echo(_head(laid, len(cells)))
    for number, cell in enumerate(cells, start=1):
        yield _trained(laid, cell, number)


def _trained(laid: "Sweep", cell: "Cell", number: int) -> Result:
    """Train a cell to its end, unless it does not fit."""
    from explorer.experiments.sweep.sweep import job_of  # noqa: PLC0415
    from explorer.training.loop.train import train  # noqa: PLC0415

    values = dict(zip(laid.names, cell.values, strict=True))
    result = Result(
        cell=number,
        values=values,
        state="unfit",
        num_params=cell.num_params,
        mult_adds=cell.mult_adds,
        cause=cell.cause,
    )
    if not cell.cause:
        for event in train(job_of(laid, cell)):
            result = _after(result, event)
    return result


def _after(result: Result, event: "Event") -> Result:
    from explorer.training.events import Epoch, Failed, Finished  # noqa: PLC0415

    match event:
        case Epoch():
            figures = {name: getattr(event, name) for name in ("test_accuracy", "test_loss", "train_loss", "seconds")}
            return msgspec.structs.replace(result, **figures)
        case Failed():
            return msgspec.structs.replace(result, state="failed", cause=event.cause)
        case Finished():
            return msgspec.structs.replace(result, state="finished", seconds=event.seconds)
    return result


# A table whose rows are printed as they come, so that its columns' widths are known from the values alone


def _widths(laid: "Sweep") -> list[int]:
    from explorer.experiments.sweep.sweep import lay_out  # noqa: PLC0415

    columns = zip(*(cell.values for cell in lay_out(laid)), strict=True)
    values = [
        max(len(name), *(len(_text(value)) for value in column))
        for name, column in zip(laid.names, columns, strict=True)
    ]
    return [4, *values, 13, 10, 13, 7]


def _head(laid: "Sweep", count: int) -> str:
    titles = ("cell", *laid.names, "test accuracy", "parameters", "multiply-adds", "time")
    line = _joined(titles, _widths(laid))
    return f"{laid.base.architecture.name}, {count} cells\n\n{line}\n{'-' * len(line)}"


def _line(laid: "Sweep", result: Result) -> str:
    values = map(_text, result.values.values())
    accuracy = "" if result.test_accuracy is None else f"{result.test_accuracy:.1%}"
    sizes = (f"{result.num_params:,}", f"{result.mult_adds:,}") if result.num_params else ("", "")
    seconds = f"{result.seconds:.1f} s" if result.seconds else ""
    line = _joined((str(result.cell), *values, accuracy, *sizes, seconds), _widths(laid))
    return f"{line}  {result.cause}".rstrip()


def _text(value: "Value") -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _joined(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(text.rjust(width) for text, width in zip(cells, widths, strict=True))
