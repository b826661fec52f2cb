"""How a class gets into a room: the address that others reach, the code, and both as a picture for phones."""

from typing import NamedTuple
from urllib.parse import urlsplit

import streamlit as st

from explorer.lessons.rooms.room import Room
from explorer.ui.base import links
from explorer.ui.base.share import page_link, qr_code
from explorer.web.door.announce import door_link
from explorer.web.door.classroom import the_classroom
from explorer.web.door.join import ADDRESS
from explorer.web.guard.addresses import is_loopback


class Entrance(NamedTuple):
    """What a class types, and the picture of the link that holds all of it."""

    address: str  # as it is typed: without http://
    picture: str  # a `data:` address
    is_here: bool  # whether it leads to this computer alone


def entrance(room: Room) -> Entrance:
    """Give the way into a room: the class's door, or without a class the page that the teacher has open."""
    link = _door(room) if the_classroom() else page_link(st.context.url or "", {links.ROOM: room.code})
    parts = urlsplit(link)
    return Entrance(f"{parts.netloc}{parts.path}", qr_code(link), is_loopback(parts.hostname or ""))


def _door(room: Room) -> str:
    """Give the door's address: as the teacher came by it, or as others know it where that is this computer's own."""
    here = urlsplit(st.context.url or "")
    told = urlsplit(door_link(room.code))
    if is_loopback(here.hostname or ""):
        return told.geturl()
    return here._replace(path=f"{here.path.rpartition('/')[0]}{ADDRESS}", query=told.query).geturl()
