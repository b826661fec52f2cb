"""A button that saves a file from the server's disk.

Streamlit's own takes the file into the server's memory, whole, and holds it there for as long as the page is shown.
"""

from explorer.ui.components.element import element
from explorer.web.saving.save_address import save_address

HTML = """<button type="button"></button>
<p role="alert"></p>"""
_mount = element(__file__, "save_button", html=HTML)


def save_button(label: str, kind: str, file_id: str, *, key: str, width: int | None = None) -> None:
    """Show a button that saves a file of a kind, such as a run's `weights`, or says why the server refuses it."""
    _mount(key=key, data={"label": label, "address": save_address(kind, file_id)}, width=width or "content")
