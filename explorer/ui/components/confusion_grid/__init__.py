"""The confusion matrix as a table whose cells can be chosen, by click or by arrow keys and Enter."""

from collections.abc import Callable

import msgspec

from explorer.ui.components.element import element, told
from explorer.views.common.palette import MISTAKE_COLOR
from explorer.views.mistakes.confusion import Matrix

HTML = '<div class="frame"><table role="grid"><thead></thead><tbody></tbody></table></div>'
COLOUR = f".wrong {{ --colour: {MISTAKE_COLOR}; }}\n"
_mount = element(__file__, "confusion_grid", html=HTML, css=COLOUR)


def confusion_grid(
    matrix: Matrix, *, title: str, selected: tuple[int, int] | None, key: str, on_select: Callable[[int, int], None]
) -> None:
    """Draw a confusion matrix with one cell marked; choosing a cell calls `on_select` with its class and the answer.

    `title` names the table to a screen reader, to which each cell says what it counts.
    """
    data = {"matrix": msgspec.to_builtins(matrix), "selected": selected, "title": title}
    _mount(key=key, data=data, on_select_change=lambda: _call(told(key, "select"), on_select))


def _call(value: list[int] | None, callback: Callable[[int, int], None]) -> None:
    if value is not None:
        callback(int(value[0]), int(value[1]))
