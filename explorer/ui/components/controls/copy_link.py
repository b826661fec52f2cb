"""A link with a button that copies it, and the same as a QR code for phones."""

from explorer.ui.components.element import element

HTML = """<div class="line">
  <input class="link" readonly aria-label="Link"><button class="copy" type="button">Copy link</button>
</div><div class="said" role="status"></div><div class="code"></div>"""
_mount = element(__file__, "copy_link", html=HTML)


def copy_link(link: str, *, code: str, key: str) -> None:
    """Show a link to copy; `code` is its QR code as a `data:` address, empty where it is too long for one."""
    _mount(key=key, data={"link": link, "code": code})
