"""What keeps the address bar true without one more entry for Back, and the steps through designs over a reload."""

from collections.abc import Callable, Mapping, Sequence

from explorer.ui.components.element import element, told

KEY = "address_bar"
_mount = element(__file__, "address_bar", html="<span></span>")


def address_bar(
    query: str,
    *,
    page: str,
    pages: Sequence[str],
    visit: int,
    steps: Mapping[str, object],
    most: int,
    on_steps: Callable[[object], None],
) -> None:
    """Have a query stand in the address of a page, the first of which has no name there; nothing is shown.

    `visit` counts how often a person has come to a page. The tab keeps `steps`, its `past`, `now` and `future`; where
    there are none although it has some that lead to the same `now` or through it, `on_steps` is called with these, at
    most so many each way.
    """
    data = {"query": query, "page": page, "pages": list(pages), "visit": visit, "steps": dict(steps), "most": most}
    _mount(key=KEY, data=data, on_steps_change=lambda: _call(on_steps))


def _call(on_steps: Callable[[object], None]) -> None:
    sent = told(KEY, "steps")
    if sent is not None:
        on_steps(sent)
