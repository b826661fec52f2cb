"""`cnn-explorer`: starts the app from any folder; with a command behind it, what `python -m explorer` does."""

import runpy
import sys
from typing import Any

import click

from explorer import __version__
from explorer.data.home import app_folder


class AppOrCommand(click.Command):
    """Starts the app, unless the first word is a command of `python -m explorer`."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401  # as click has it
    ) -> click.Context:
        """Have the words read by whoever does what they ask for."""
        if args and not args[0].startswith("-"):
            from explorer.__main__ import main  # noqa: PLC0415  # all networks and commands

            if args[0] in main.commands:
                return main.make_context(info_name, args, parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # as click has it
        """Do what the words ask for."""
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)


@click.command(
    cls=AppOrCommand,
    context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]},
    options_metavar="[STREAMLIT_OPTION]...",
)
@click.version_option(__version__, prog_name="cnn-explorer")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="")
def app(options: tuple[str, ...]) -> None:
    """Start the app and open it in the browser; `cnn-explorer COMMAND` does what `python -m explorer COMMAND` does.

    Options are those of `streamlit run`, such as --server.port 8600 or --server.headless true.
    """
    sys.argv = ["streamlit", "run", str(app_folder() / "app.py"), *options]
    runpy.run_module("streamlit", run_name="__main__")
