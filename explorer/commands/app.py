"""`cnn-explorer`: starts the app from any folder."""

import runpy
import sys

import click

from explorer import __version__
from explorer.data.home import app_folder


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]},
    options_metavar="[STREAMLIT_OPTION]...",
)
@click.version_option(__version__, prog_name="cnn-explorer")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="")
def app(options: tuple[str, ...]) -> None:
    """Start the app and open it in the browser.

    Options are those of `streamlit run`, such as --server.port 8600 or --server.headless true.
    """
    sys.argv = ["streamlit", "run", str(app_folder() / "app.py"), *options]
    runpy.run_module("streamlit", run_name="__main__")
