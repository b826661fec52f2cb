"""A pad on which a curve of losses is drawn over the run that it foretells, by pointer or by keys."""

from collections.abc import Callable, Sequence

from explorer.ui.components.element import element, told
from explorer.views.common.palette import BLUE, VERMILION

HTML = """<div class="pad">
  <svg viewBox="0 0 420 150" tabindex="0" role="slider" aria-orientation="vertical"></svg>
  <div class="side"><div class="words"></div><button type="button">Check</button></div>
</div>"""
_mount = element(__file__, "curve_pad", html=HTML, css=f":host {{ --drawn: {BLUE}; --came: {VERMILION} }}\n")


def curve_pad(
    drawn: Sequence[float] | None,
    came: Sequence[float] | None,
    *,
    top: float,
    label: str,
    takes: bool,
    key: str,
    on_check: Callable[[list[float]], None],
) -> None:
    """Show what was drawn, and what came once it is known; the button hands over what is drawn, while it `takes` any.

    The pad reaches from a loss of 0 to `top`. `on_check` gets the losses that were drawn before the next run.
    """
    data = {"drawn": drawn, "came": came, "top": top, "label": label, "takes": takes}
    _mount(key=key, data=data, on_check_change=lambda: _check(key, on_check))


def _check(key: str, on_check: Callable[[list[float]], None]) -> None:
    losses = told(key, "check")
    if isinstance(losses, list):
        on_check([float(loss) for loss in losses if isinstance(loss, int | float)])
