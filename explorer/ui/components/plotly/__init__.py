"""Brings the JavaScript that the plotly package carries to the browser, without a copy of it in the repository."""

import filecmp
import functools
import os
import shutil
import tempfile
from pathlib import Path

import plotly
import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

SOURCE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
LOADER = Path(__file__).with_name("plotly.js").read_text("utf-8")  # what each chart's own script needs before it
CHART_HTML = """<div class="explorer-chart" role="img">
  <div class="explorer-frame"></div>
  <div class="explorer-note" hidden></div>
</div>"""
CHART_CSS = Path(__file__).with_name("plotly.css").read_text("utf-8")


def plotly_url() -> str:
    """Give the address of plotly.min.js, relative to the app's pages; call it in each run that draws a chart.

    It is a copy in the folder `static` beside the app's script, which browsers keep; where that folder is missing,
    can't be written or isn't served, Streamlit's media files, which browsers fetch again with each reload.
    """
    context = get_script_run_ctx()
    if context is None:  # a script that nobody sees, such as `python app.py`
        return ""
    static = Path(context.main_script_path).resolve().parent / "static"
    if st.get_option("server.enableStaticServing") and _copy_to(static):
        return f"app/static/{SOURCE.name}?v={plotly.__version__}"
    files = runtime.get_instance().media_file_mgr
    return files.add(_source(), "text/javascript", coordinates=SOURCE.name).lstrip("/")


@functools.cache
def _copy_to(folder: Path) -> bool:
    """Put the package's file into a folder, whole or not at all, and tell whether it is there."""
    target = folder / SOURCE.name
    try:
        if not target.is_file() or not filecmp.cmp(SOURCE, target, shallow=False):
            _replace(target)
    except OSError:
        return False
    return True


def _replace(target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    os.close(handle)
    try:
        shutil.copyfile(SOURCE, name)
        Path(name).chmod(0o644)
        os.utime(name, (0, 0))  # with no other word, a browser keeps a file for a tenth of its age without asking
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


@functools.cache
def _source() -> bytes:
    return SOURCE.read_bytes()
