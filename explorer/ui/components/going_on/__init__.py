"""What of a person's goes on, in a line each at the top of a page: a click opens it, a button stops it."""

from collections.abc import Callable, Sequence

import msgspec

from explorer.ui.components.element import element, told
from explorer.ui.components.watching import WATCHING, is_served
from explorer.views.runs.going_on import GoingOn
from explorer.web.watching.asked import Asked

KEY = "going_on"
OWN = Asked(kind="mine", id="").address
_mount = element(
    __file__, "going_on", html='<div class="entries" role="group" aria-label="What goes on"></div>', js=WATCHING
)


def going_on_strip(
    entries: Sequence[GoingOn],
    *,
    here: str | None,
    on_open: Callable[[str], None],
) -> None:
    """Show what goes on, and what becomes of it without the page being drawn anew.

    `here` is what the page itself shows, which needs no line. `on_open` is called with an entry's id before the
    next run of the page.
    """
    data = {"entries": msgspec.to_builtins(entries), "here": here, "address": OWN if is_served() else None}
    _mount(
        key=KEY,
        data=data,
        on_open_change=lambda: _call(told(KEY, "open"), on_open),
    )


def _call(value: str | None, callback: Callable[[str], None]) -> None:
    if value is not None:
        callback(str(value))
