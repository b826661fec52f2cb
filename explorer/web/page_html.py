"""What a browser gets for the address of a page: Streamlit's own HTML, with what must be there before it draws."""

import functools
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse
from streamlit import file_util

from explorer import PROGRAM
from explorer.data.home import app_folder
from explorer.views.common.palette import GREY

FIRST_SCRIPT = Path(__file__).with_name("first_script.js").read_text("utf-8")
STYLE = f"""
.unready {{ color-scheme: light dark }}
.unready .stMainBlockContainer {{ visibility: hidden }}
.opening {{ display: none }}
.unready .opening {{
  display: block; position: fixed; z-index: 1000000; inset: 40% 0 auto; margin: 0;
  font: 600 2rem "Source Sans", system-ui, sans-serif; text-align: center; color: {GREY}; pointer-events: none;
}}
"""
OPENING = f'<p class="opening" role="status">{PROGRAM} …</p>'  # until the script says that the page is there


def page_addresses() -> list[str]:
    """List the addresses of the pages, the first page's own among them."""
    return ["/", *(f"/{page.stem}" for page in sorted((app_folder() / "pages").glob("*.py")))]


async def page_html(_request: Request) -> HTMLResponse:
    """Serve it; what stands on the page comes by Streamlit's websocket."""
    return HTMLResponse(_html(), headers={"Cache-Control": "no-cache"})


@functools.cache
def _html() -> str:
    html = (Path(file_util.get_static_dir()) / "index.html").read_text("utf-8")
    for tag, more in (("<head>", f"<style>{STYLE}</style>\n<script>\n{FIRST_SCRIPT}</script>"), ("<body>", OPENING)):
        html = html.replace(tag, f"{tag}\n{more}", 1)
    return html.replace("<title>Streamlit</title>", f"<title>{PROGRAM}</title>", 1)
