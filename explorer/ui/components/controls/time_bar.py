"""A bar over the moments that a run recorded: it grows as the run goes on, and moves what is shown to any of them."""

from collections.abc import Callable, Sequence

from explorer.ui.components.element import element, told

HTML = """<div class="bar">
  <input type="range" min="0" aria-label="Time">
  <div class="words"></div>
</div>"""
_mount = element(__file__, "time_bar", html=HTML)


def time_bar(moments: Sequence[str], *, at: int, key: str, on_move: Callable[[int], None]) -> None:
    """Show the moment `at` of those recorded; moving the bar calls `on_move` with another one before the next run.

    A bar that is held, by pointer or keys, stays where it is while moments are added. Streamlit's slider would be built
    anew with each of them, and dropped in the middle of a drag.
    """
    _mount(key=key, data={"moments": list(moments), "at": at}, on_move_change=lambda: _move(key, on_move))


def _move(key: str, on_move: Callable[[int], None]) -> None:
    value = told(key, "move")
    if value is not None:
        on_move(int(value))
