"""A network's picture: a click on a volume chooses its layer, buttons show it larger and save it."""

from collections.abc import Callable

import msgspec

from explorer.ui.components.element import element, told
from explorer.views.common.palette import ROLE_COLORS

HTML = """<div class="frame"></div>
<div class="actions">
  <button type="button" class="larger">Larger picture</button>
  <button type="button" class="save">Save as SVG</button>
  <button type="button" class="save">Save as PNG</button>
</div>"""
COLOURS = "".join(f".{role} {{ --colour: {edge}; }}\n" for role, (edge, _) in ROLE_COLORS.items())
_mount = element(__file__, "picture", html=HTML, css=COLOURS)


class Picture(msgspec.Struct, frozen=True):
    """A picture as SVG for each of some widths in px, the narrowest first, and what its file is called."""

    drawings: list[str]
    widths: list[float]
    file: str


def picture(
    picture: Picture, *, selected: int, key: str, on_select: Callable[[int], None], enlarges: bool = False
) -> bool:
    """Show the widest drawing that there is room for, with layer `selected` marked.

    Choosing a volume calls `on_select` with its layer before the next run. Tells whether a larger one was just asked
    for, which is offered where it `enlarges`.
    """
    shown = _mount(
        key=key,
        data=msgspec.to_builtins(picture) | {"selected": selected, "enlarges": enlarges},
        on_select_change=lambda: _choose(told(key, "select"), on_select),
        on_larger_change=_nothing,
    )
    return bool(shown.larger)


def _choose(index: int | None, on_select: Callable[[int], None]) -> None:
    if index is not None:
        on_select(int(index))


def _nothing() -> None:
    """Stand for a callback, without which a trigger has no value."""
