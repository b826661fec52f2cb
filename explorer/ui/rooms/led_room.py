"""The rooms that a person leads: which one an address opens, the list of all, and what is done there."""

from functools import partial

import streamlit as st

from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import Room, RoomError
from explorer.runs.store.database import StoreError
from explorer.ui.base import links
from explorer.ui.base.attempt import attempt
from explorer.ui.base.server import person, rooms
from explorer.ui.course import course_state
from explorer.views.common.words import named, plain
from explorer.views.rooms.desk_words import spaced

NOT_LED = "There is no room {} that you lead: it was deleted, or it is another teacher's. Open one below."


def projected_room() -> Room | None:
    """Give the room whose projector the address opens."""
    return _led(links.read(links.PROJECTOR))


def desk_room() -> Room | None:
    """Give the room whose desk the address opens; says why there is none."""
    code = links.read(links.DESK)
    found = _led(code)
    if code and found is None:
        st.error(NOT_LED.format(f"“{named(code)}”"))
    return found


def _led(code: str | None) -> Room | None:
    try:
        found = rooms().room(code) if code else None
    except (RoomError, StoreError):
        return None
    return found if found and person().may_change(found.opened_by) else None


def led_rooms() -> None:
    """List the rooms that a person leads, each with the way to its desk."""
    found = attempt(partial(rooms().led_by, person())) or []
    if found:
        with st.container(border=True, gap="xsmall", key="led_rooms"):
            for room in found:
                _led_room(room)


def _led_room(room: Room) -> None:
    title = plain(room.lesson.title.said(course_state.remembered().language))
    extent = f"{len(room.here)} here" if not room.closed else f"over, {len(room.here)} were there"
    with st.container(horizontal=True, vertical_alignment="center", key=f"led_{room.code}"):
        st.markdown(f"Your room **{spaced(room.code)}** · {title} · {extent}", width="stretch")
        if st.button("To the desk", key=f"desk_{room.code}"):
            links.to_desk(room.code).follow()


def lead(room: Room, event: events.Led) -> None:
    """Do something in a room that one leads, or say why it is refused; for `on_click`."""
    attempt(partial(rooms().happen, room.code, person(), event))
