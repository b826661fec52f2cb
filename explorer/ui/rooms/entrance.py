"""How a class gets into a room: the address that others reach, the code, and both as a picture for phones."""

from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from explorer.lessons.rooms.room import Room
from explorer.ui.base import links
from explorer.ui.base.menu import Page
from explorer.ui.base.share import page_link, qr_code
from explorer.web.door.announce import address_for_others
from explorer.web.door.classroom import the_classroom
from explorer.web.guard.addresses import is_loopback


class Entrance(NamedTuple):
    """What a class types, and the picture of the link that holds all of it."""

    address: str  # as it is typed: without http://
    picture: str  # a `data:` address
    is_here: bool  # whether it leads to this computer alone


def entrance(room: Room) -> Entrance:
    """Give the way into a room by the address by which its teacher came, or the one that others have for it."""
    link = page_link(_reached(st.context.url or ""), {links.ROOM: room.code})
    parts = urlsplit(link)
    return Entrance(f"{parts.netloc}{parts.path}", qr_code(link), is_loopback(parts.hostname or ""))


def _reached(url: str) -> str:
    """Give the address of the lessons, with the host that other computers know where this one is called by its own."""
    parts = urlsplit(url)
    if the_classroom() and is_loopback(parts.hostname or ""):
        others = urlsplit(address_for_others())
        parts = parts._replace(scheme=others.scheme, netloc=others.netloc)
    return urlunsplit(parts._replace(path=f"{parts.path.removesuffix(Page.LESSONS.address)}{Page.LESSONS.address}"))
