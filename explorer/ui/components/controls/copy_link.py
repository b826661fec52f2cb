"""A link with a button that copies it, and the same as a QR code for phones."""

from pathlib import Path

from explorer.ui.components.element import element

HTML = """<div class="line">
  <input class="link" readonly aria-label="Link"><button class="copy" type="button">Copy link</button>
</div><div class="said" role="status"></div><div class="code"></div>"""
_mount = element(
    "copy_link",
    html=HTML,
    css=Path(__file__).with_name("copy_link.css").read_text("utf-8"),
    js=Path(__file__).with_name("copy_link.js").read_text("utf-8"),
)


def copy_link(link: str, *, code: str, key: str) -> None:
    """Show a link to copy; `code` is its QR code as a `data:` address, empty where it is too long for one."""
    _mount(key=key, data={"link": link, "code": code})
