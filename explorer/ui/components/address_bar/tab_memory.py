"""What a tab keeps for a session over a reload, which begins another session: a text, and nothing on the server."""

from collections.abc import Callable

from explorer.ui.components.element import element, told

_mount = element(__file__, "tab_memory", html="<span></span>")


def tab_memory(value: str | None, *, name: str, key: str, on_kept: Callable[[str], None]) -> None:
    """Keep a text in the tab under a name; nothing is shown.

    Where the session has none yet, `on_kept` is called before the next run with what the tab has kept, if anything.
    """
    _mount(key=key, data={"value": value, "name": name}, on_kept_change=lambda: _call(told(key, "kept"), on_kept))


def _call(sent: object, on_kept: Callable[[str], None]) -> None:
    if isinstance(sent, str):
        on_kept(sent)
