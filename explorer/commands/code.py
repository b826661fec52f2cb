"""`python -m explorer code`: a network as PyTorch source."""

import click

from explorer.architecture.errors import StackError
from explorer.commands.network import read_network

MISFIT = 1


@click.command(short_help="Print the PyTorch source.")
@click.argument("network")
@click.pass_context
def code(ctx: click.Context, /, *, network: str) -> None:
    """Print NETWORK as PyTorch source: an nn.Sequential with the shape that comes out of each layer.

    The exit code is 0 if its layers fit, 1 if one does not, 2 if it is no design.
    """
    architecture = read_network(network)
    from explorer.exchange.pytorch_source import to_pytorch  # noqa: PLC0415  # torch, after what needs none

    try:
        click.echo(to_pytorch(architecture), nl=False)
    except StackError as error:
        click.echo(f"Error: {error}", err=True)
        ctx.exit(MISFIT)
