"""`python -m explorer notebook`: a network as a Jupyter notebook."""

import click

from explorer.architecture.errors import StackError
from explorer.commands.network import read_network

MISFIT = 1


@click.command(short_help="Print a Jupyter notebook.")
@click.argument("network")
@click.pass_context
def notebook(ctx: click.Context, /, *, network: str) -> None:
    """Print NETWORK as a Jupyter notebook: its design in words, its source, shapes, parameters, and an epoch to train.

    The exit code is 0 if its layers fit, 1 if one does not, 2 if it is no design.
    """
    architecture = read_network(network)
    from explorer.exchange.notebook import to_notebook  # noqa: PLC0415  # torch, after what needs none

    try:
        click.echo(to_notebook(architecture), nl=False)
    except StackError as error:
        click.echo(f"Error: {error}", err=True)
        ctx.exit(MISFIT)
