"""`cnn-explorer`: starts the app from any folder."""

import runpy
import sys
from pathlib import Path

import click

from explorer import __version__

PACKAGE = Path(__file__).parents[1]
PLACES = (PACKAGE / "served", PACKAGE.parent)  # of app.py: where the program is installed, and in a checkout


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
    script = next(place / "app.py" for place in PLACES if (place / "app.py").is_file())
    sys.argv = ["streamlit", "run", str(script), *options]
    runpy.run_module("streamlit", run_name="__main__")
