"""`python -m explorer train`: a run in this process, its events as lines."""

from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.commands.network import RefusedError, read_network
from explorer.training.no_compiler import leave_out_the_compiler
from explorer.views.common import words

if TYPE_CHECKING:
    from explorer.training.events import Event
    from explorer.training.recipe.recipe import Recipe

FAILED = 1


class TrainCommand(click.Command):
    """A command with the recipe's fields as options; the recipe, and torch with it, is imported when they are read."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Give the command's own parameters and one option for each field of a recipe."""
        own = super().get_params(ctx)
        return [*own[:-1], *_recipe_options(), own[-1]]

    def invoke(self, ctx: click.Context) -> object:
        """Do without torch's compiler, as a worker does."""
        leave_out_the_compiler()
        return super().invoke(ctx)


@cache
def _recipe_options() -> tuple[click.Parameter, ...]:
    from explorer.experiments.text_recipes import RECIPES  # noqa: PLC0415
    from explorer.training.recipe.recipe import Recipe  # noqa: PLC0415  # brings torch

    words = "A text's recipe to begin with; else the network's own."
    named = click.Option(["--recipe", "recipe_name"], type=click.Choice(list(RECIPES)), help=words)
    return (named, *map(_field_option, Recipe.__struct_fields__))


def _field_option(field: str) -> click.Option:
    from explorer.training.recipe.recipe import CHOICES, allowed  # noqa: PLC0415

    return click.Option(
        [f"--{field.replace('_', '-')}"],
        type=click.Choice(CHOICES[field]) if field in CHOICES else str,
        metavar=None if field in CHOICES else "VALUE",
        help="" if field in CHOICES else allowed(field).capitalize(),
    )


@click.command(cls=TrainCommand, short_help="Train a network and print how it goes.")
@click.argument("network")
@click.option("--checkpoint", type=click.Path(dir_okay=False, path_type=Path), help="Keep here how the run stands.")
@click.option("--resume", type=click.Path(exists=True, path_type=Path), help="Go on from a checkpoint of this run.")
@click.option("--jsonl", is_flag=True, help="Print the events, one JSON object a line.")
@click.pass_context
def train(
    ctx: click.Context,
    /,
    *,
    network: str,
    recipe_name: str | None,
    checkpoint: Path | None,
    resume: Path | None,
    jsonl: bool,
    **fields: str | None,
) -> None:
    """Train NETWORK and print how it goes.

    A preset's options default to its text's recipe. The exit code is 0 if the run ended as its recipe says, 1 if it
    failed, 2 if NETWORK or an option was refused, or if NETWORK cannot be trained by these options. A run that goes on
    with --resume has the options that it began with; its epochs, its limits and its device may be others.
    """
    architecture = read_network(network)
    texts = {name: value for name, value in fields.items() if value is not None}
    recipe = read_recipe(network, recipe_name, texts)
    if cause := _refusal(architecture, recipe):
        raise RefusedError(cause)
    from explorer.training.loop.checkpoint import FileKeeper, read  # noqa: PLC0415
    from explorer.training.loop.control import Control  # noqa: PLC0415
    from explorer.training.loop.train import train as train_job  # noqa: PLC0415  # torch, after what needs none
    from explorer.training.recipe.recipe import Job  # noqa: PLC0415

    events = train_job(
        Job(architecture=architecture, recipe=recipe),
        control=Control(FileKeeper(checkpoint) if checkpoint else None),
        resume=partial(read, resume) if resume else None,
    )
    ctx.exit(_print_lines(events) if jsonl else _print_words(events))


def _refusal(architecture: Architecture, recipe: "Recipe") -> str | None:
    from explorer.architecture.trace import trace  # noqa: PLC0415
    from explorer.training.cost.gate import refusal  # noqa: PLC0415

    return refusal(trace(architecture), recipe)


def read_recipe(network: str, name: str | None, texts: dict[str, str]) -> "Recipe":
    """Read the options of a recipe over the named text's, or the network's own; raises `RefusedError`."""
    from explorer.experiments.text_recipes import RECIPES, default_recipe, on_dataset  # noqa: PLC0415
    from explorer.training.recipe.recipe import Recipe, RecipeError  # noqa: PLC0415
    from explorer.training.recipe.recipe import read_recipe as read_fields  # noqa: PLC0415

    dataset = texts.get("dataset", Recipe().dataset)
    try:
        if name is not None:
            start = on_dataset(RECIPES[name].recipe, dataset)
        else:
            start = default_recipe(network, dataset=dataset) if network in PRESETS else Recipe()
        return read_fields({**msgspec.structs.asdict(start), **{field: _value(field, texts[field]) for field in texts}})
    except RecipeError as error:
        raise RefusedError(str(error)) from error


def _value(field: str, text: str) -> object:
    """Read an option's text as its field's type; what is none stays a text, which the recipe refuses in words."""
    from explorer.training.recipe.recipe import CHOICES, TYPES  # noqa: PLC0415

    if text == "None" and field not in CHOICES:
        return None
    try:
        return msgspec.convert(text, TYPES[field], strict=False)
    except msgspec.ValidationError:
        return text


def _print_lines(events: Iterable["Event"]) -> int:
    from explorer.training.events import to_lines  # noqa: PLC0415

    code = 0
    for event in events:
        code = _report_failure(event)
        click.echo(b"".join(to_lines([event])), nl=False)
    return code


def _print_words(events: Iterable["Event"]) -> int:
    code = 0
    for event in events:
        code = _report_failure(event)
        if words := _in_words(event):
            click.echo(words)
    return code


def _report_failure(event: "Event") -> int:
    from explorer.training.events import Failed  # noqa: PLC0415

    if not isinstance(event, Failed):
        return 0
    click.echo(f"Error: {event.cause}", err=True)
    return FAILED


def _in_words(event: "Event") -> str:
    """Say an event in a line; nothing for one that is only a sign of life."""
    from explorer.training.events import Epoch, Finished, NotCaptured, NotKept, Started, Step  # noqa: PLC0415

    match event:
        case Started():
            size = f"{event.num_params:,} parameters, {event.train_size:,} pictures of {event.dataset}"
            return f"Training on {event.device}: {size}, {event.num_steps:,} steps."
        case Step():
            speed = f"{event.images_per_second:,.0f} pictures a second"
            figures = f"train loss {words.loss(event.train_loss)}, accuracy {event.train_accuracy:.1%}"
            return f"step {event.step:,} (epoch {event.epoch:.2f}): {figures}, {speed}"
        case Epoch():
            figures = f"test loss {words.loss(event.test_loss)}, accuracy {event.test_accuracy:.1%}"
            return f"epoch {event.epoch:.2f} after {event.seconds:.1f} s: {figures}"
        case NotKept() | NotCaptured():
            done = "kept" if isinstance(event, NotKept) else "captured as a CUDA graph, so steps take longer"
            return f"step {event.step:,} was not {done}: {event.cause}"
        case Finished():
            return f"Finished ({event.reason}) after {event.seconds:.1f} s."
    return ""
