"""The command line: `python -m explorer presets | trace | code | onnx | weights | train | sweep | lesson | …`.

`… backup` and `… restore` are about the runs that the app keeps, `… forget` and `… export` about one person's.
"""

import atexit
import gc
import sys
from io import TextIOWrapper

import click

from explorer.architecture.presets import PRESETS
from explorer.commands.backup import backup, restore
from explorer.commands.bench import bench
from explorer.commands.code import code
from explorer.commands.lesson import lesson
from explorer.commands.notebook import notebook
from explorer.commands.onnx import onnx
from explorer.commands.person import export, forget
from explorer.commands.sweep import sweep
from explorer.commands.trace import trace
from explorer.commands.train import train
from explorer.commands.weights import weights


class Commands(click.Group):
    """Commands that Ctrl-C ends quietly, with the shell's own exit code for it."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that the arguments name."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a console that lacks a sign such as α shows ? in its place
        atexit.register(gc.freeze)  # Python's last act would be to walk all of torch, for a third of a second
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise SystemExit(130) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Convolutional networks as data: look at one, or train it.

    NETWORK is a preset's name, a file in any form that opens (a design in JSON, a program of PyTorch or Keras, a
    notebook, what print(model) shows, ONNX), or - for standard input.
    """


@main.command()
def presets() -> None:
    """List the networks of the course by name."""
    widths = [max(map(len, PRESETS)), max(len(preset.title) for preset in PRESETS.values())]
    for name, preset in PRESETS.items():
        click.echo(f"{name:{widths[0]}}  {preset.title:{widths[1]}}  {preset.source}")


main.add_command(trace)
main.add_command(code)
main.add_command(notebook)
main.add_command(onnx)
main.add_command(weights)
main.add_command(train)
main.add_command(sweep)
main.add_command(lesson)
main.add_command(bench)
main.add_command(backup)
main.add_command(restore)
main.add_command(forget)
main.add_command(export)

if __name__ == "__main__":
    main(prog_name="python -m explorer")
