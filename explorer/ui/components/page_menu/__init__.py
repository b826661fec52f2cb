"""The menu of the pages, grouped by what a person wants: all of them one click away, on a phone too."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from explorer.ui.components.element import element

KEY = "page_menu"
_mount = element(__file__, "page_menu", html='<nav aria-label="Pages"></nav>')


class MenuLink(NamedTuple):
    """A page in the menu: its address below the app's own, and its title."""

    address: str
    title: str


def page_menu(program: str, groups: Mapping[str, Sequence[MenuLink]], *, opened: str) -> None:
    """Show the program's name and the pages by groups, the opened one marked; the first has the app's own address."""
    listed = [{"title": title, "pages": [link._asdict() for link in links]} for title, links in groups.items()]
    _mount(key=KEY, data={"program": program, "groups": listed, "opened": opened})
