"""Many small pictures with a caption each, as one element: the browser cuts them out of one sheet."""

import base64
from collections.abc import Sequence

import msgspec

from explorer.ui.components.element import element, told
from explorer.views.mistakes.mistakes import Caption
from explorer.views.mistakes.picture_sheet import PictureSheet

_mount = element(__file__, "picture_grid", html="<ol></ol>")


def picture_grid(
    sheet: PictureSheet | None, captions: Sequence[Caption], *, title: str, opens: str, key: str
) -> int | None:
    """Draw captions in their order below the sheet's pictures, and give the number of a picture that was clicked.

    Without a sheet the captions stand alone. Each pixel is drawn as a square, never blurred. `title` names the list to
    a screen reader, `opens` says what a click leads to; where it is empty, a click leads nowhere.
    """
    data = {"sheet": _sheet(sheet), "captions": msgspec.to_builtins(captions), "title": title, "opens": opens}
    _mount(key=key, data=data, on_open_change=lambda: None)
    number = told(key, "open")
    return None if number is None else int(str(number))


def _sheet(sheet: PictureSheet | None) -> dict[str, object] | None:
    if sheet is None:
        return None
    address = "data:image/png;base64," + base64.b64encode(sheet.png).decode()
    return msgspec.structs.asdict(sheet) | {"png": address}
