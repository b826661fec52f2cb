"""`python -m explorer onnx`: a network as an ONNX file, with fresh weights."""

from pathlib import Path

import click

from explorer.commands.network import read_network

MISFIT = 1


@click.command(short_help="Write an ONNX file with fresh weights.")
@click.argument("network")
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write, such as lenet.onnx.",
)
@click.pass_context
def onnx(ctx: click.Context, /, *, network: str, output: Path) -> None:
    """Write NETWORK as an ONNX file: untrained weights from seed 0, for any number of pictures at once.

    The exit code is 0 if it was written, 1 if a layer does not fit or the file would be too large, 2 if it is no
    design.
    """
    architecture = read_network(network)
    from explorer.exchange.onnx_file import OnnxError, write_onnx  # noqa: PLC0415  # torch, after what needs none

    try:
        write_onnx(architecture, output)
    except (OnnxError, OSError) as error:
        click.echo(f"Error: {error}", err=True)
        ctx.exit(MISFIT)
