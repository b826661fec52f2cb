"""A field for a file that goes to the server's disk, with how much of it is there.

Streamlit's own holds a file in the server's memory, whole, for as long as the tab is open.
"""

from collections.abc import Callable

from explorer.architecture.spec import Architecture
from explorer.exchange.link import to_link
from explorer.exchange.weight_file import ENDINGS, MOST_BYTES
from explorer.ui.components.element import element, told
from explorer.web.saving.import_address import IMPORT_ADDRESS

LABEL = "Open trained weights for this network"
HTML = """<p class="label" id="label"></p>
<label class="file"><span>Choose a file</span> <small></small><input type="file" aria-labelledby="label"></label>
<progress max="1" aria-label="How much is sent" hidden></progress>
<p role="alert"></p>"""
KEY = "weights_file"
_mount = element(__file__, "weights_file", html=HTML)


def weights_file(design: Architecture, dataset: str, *, on_sent: Callable[[str], None]) -> None:
    """Show the field for a design's weights, which are tested on a data set if that fits.

    `on_sent` hears the id of a file that has come, before the next run.
    """
    data = {
        "label": LABEL,
        "address": IMPORT_ADDRESS,
        "asked": {"design": to_link(design), "dataset": dataset},
        "endings": [f".{ending}" for ending in ENDINGS],
        "most": MOST_BYTES,
    }
    _mount(key=KEY, data=data, on_sent_change=lambda: _call(on_sent))


def _call(on_sent: Callable[[str], None]) -> None:
    if isinstance(sent := told(KEY, "sent"), str):
        on_sent(sent)
