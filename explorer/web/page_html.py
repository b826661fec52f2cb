"""What a browser gets for the address of a page: Streamlit's own HTML, with what must be there before it draws."""

import functools
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse
from streamlit import file_util

from explorer.data.home import app_folder

FIRST_SCRIPT = Path(__file__).with_name("first_script.js").read_text("utf-8")
UNREADY = ".unready .stMainBlockContainer { visibility: hidden }"  # until the script says otherwise
HEAD = "<head>"


def page_addresses() -> list[str]:
    """List the addresses of the pages, the first page's own among them."""
    return ["/", *(f"/{page.stem}" for page in sorted((app_folder() / "pages").glob("*.py")))]


async def page_html(_request: Request) -> HTMLResponse:
    """Serve it; what stands on the page comes by Streamlit's websocket."""
    return HTMLResponse(_html(), headers={"Cache-Control": "no-cache"})


@functools.cache
def _html() -> str:
    streamlits = (Path(file_util.get_static_dir()) / "index.html").read_text("utf-8")
    return streamlits.replace(HEAD, f"{HEAD}\n<style>{UNREADY}</style>\n<script>\n{FIRST_SCRIPT}</script>", 1)
