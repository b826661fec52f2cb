"""Brings the JavaScript that the plotly package carries to the browser, without a copy of it in the repository."""

import functools
from pathlib import Path

import plotly
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.ui.components.watching import is_served
from explorer.web.base.library import PLOTLY, PLOTLY_ADDRESS

LOADER = Path(__file__).with_name("plotly.js").read_text("utf-8")  # what each chart's own script needs before it
CHART_HTML = """<div class="explorer-chart" role="figure">
  <div class="explorer-frame"></div>
  <div class="explorer-note" hidden></div>
</div>"""
CHART_CSS = Path(__file__).with_name("plotly.css").read_text("utf-8")


def plotly_url() -> str:
    """Give the address of plotly.min.js, relative to the app's pages; call it in each run that draws a chart.

    A script that `app.py` does not serve gets it from Streamlit's media files, which browsers fetch again with each
    reload.
    """
    context = get_script_run_ctx()
    if context is None:  # a script that nobody sees, such as `python app.py`
        return ""
    if is_served():
        return f"{PLOTLY_ADDRESS.lstrip('/')}?v={plotly.__version__}"
    files = runtime.get_instance().media_file_mgr
    return files.add(_source(), "text/javascript", coordinates=PLOTLY.name).lstrip("/")


@functools.cache
def _source() -> bytes:
    return PLOTLY.read_bytes()
