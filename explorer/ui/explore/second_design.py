"""The menu of what stands beside the design: a network of the course, an earlier run's, a file's or a link's."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.exchange.link import read_link
from explorer.exchange.opening import EXTENSIONS, open_network
from explorer.ui.base import links, state
from explorer.ui.common.earlier_designs import earlier_designs
from explorer.ui.explore import explore_state
from explorer.views.common.words import plain


def second_design_menu() -> None:
    """Show the menu's button, which says what stands beside the design, and the menu where it is open."""
    remembered = explore_state.remembered()
    key = f"beside_{remembered.choices_beside}"
    with st.container(key="beside", horizontal=True, gap="small"):
        if remembered.beside:
            st.button("Alone", key="alone", on_click=explore_state.put_beside, args=(None,))
        menu = st.popover(_label(), icon=":material/compare:", key=key, on_change="rerun")
    if menu.open:
        with menu:
            _choices()


def _label() -> str:
    found = explore_state.remembered().beside
    return f"Beside {plain(found.name)}" if found else "Beside another"


def _choices() -> None:
    _counterpart()
    _menu("A network of the course", {preset.title: preset.architecture for preset in PRESETS.values()}, "course")
    earlier = earlier_designs()
    if earlier:
        _menu("An earlier run's", earlier, "run")
    st.file_uploader("A file with a network", type=list(EXTENSIONS), key="beside_file", on_change=_open_file)
    st.text_input("A link to a design", key="beside_link", on_change=_open_link)
    if explore_state.remembered().refused_beside:
        st.error(plain(explore_state.remembered().refused_beside))


def _counterpart() -> None:
    """Offer at one click what this design is held against first."""
    found = explore_state.counterpart()
    if found:
        kind = "Its original" if found.name == state.session().design.name else "Its modern version"
        st.button(f"{kind}: {plain(found.name)}", key="counterpart", on_click=explore_state.put_beside, args=(found,))


def _menu(label: str, designs: dict[str, Architecture], key: str) -> None:
    key = f"beside_{key}_{explore_state.remembered().choices_beside}"
    st.selectbox(label, designs, index=None, key=key, on_change=partial(_choose, key, designs))


def _choose(key: str, designs: dict[str, Architecture]) -> None:
    if chosen := state.sent(key):
        explore_state.put_beside(designs[chosen])


def _open_file() -> None:
    upload = state.sent("beside_file")
    if upload is None:
        return
    _take(lambda: open_network(upload.getvalue(), title=PurePath(upload.name).stem).architecture, upload.name)


def _open_link() -> None:
    if text := state.sent("beside_link").strip():
        found = parse_qs(urlsplit(text).query).get(links.DESIGN, [text])
        _take(partial(read_link, found[0]), "The link")


def _take(read: Callable[[], Architecture], source: str) -> None:
    """Put beside the design what is read, or say why it cannot be."""
    try:
        explore_state.put_beside(read())
    except DesignError as error:
        explore_state.remembered().refused_beside = f"{source} holds no design that can be read: {error}"
