"""The way into a room: its code, and what the class may call one; by a link that holds the code, at once."""

from functools import partial

import streamlit as st

from explorer.lessons.rooms.room import Room, RoomError
from explorer.runs.access.person import MOST_LETTERS, Person
from explorer.runs.store.database import StoreError
from explorer.ui.base import links, state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.server import person, rooms
from explorer.ui.course.room import membership
from explorer.ui.course.step_page import go_on_in_room
from explorer.views.common.words import plain

HINT = "KXT7PQ"
NAME = "What the class may call you"


def room_door() -> None:
    """Show the field for a code, and lead a member to the step that the class is at."""
    _go_on()
    code, me = links.read(links.ROOM) or "", person()
    if membership.remembered().told:
        st.warning(plain(membership.remembered().told))
    form = st.form("room_door", border=False)
    with form.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input("Code of a room", code, key="room_code", placeholder=HINT, autocomplete="off", max_chars=12)
        st.text_input(NAME, me.nickname, key="room_name", autocomplete="nickname", max_chars=MOST_LETTERS)
        st.form_submit_button("Enter the room", key="room_enter", on_click=_enter)


def _go_on() -> None:
    """Lead who is in a room to its step; a link does what a typed code does, once, for who has a name already."""
    code, current = links.read(links.ROOM), membership.remembered()
    if code and not current.view and not current.told:
        try:
            _come_by_link(code)
        except (RoomError, StoreError) as error:
            current.told = str(error)  # above the form, which holds the code
    if current.view and code:
        go_on_in_room().follow()


def _come_by_link(code: str) -> None:
    me = person()
    room = rooms().find(code, by=me.id)
    if _comes_by_itself(room, me):
        membership.join(room.code, _name_in(room, me))


def _comes_by_itself(room: Room, me: Person) -> bool:
    """Say whether a link is enough: not for who leads the room, nor for one whose name was taken off."""
    is_new_or_here = room.member_of(me.id) is None or room.present(me.id) is not None
    return bool(_name_in(room, me)) and is_new_or_here and not me.may_change(room.opened_by)


def _name_in(room: Room, me: Person) -> str:
    """Give what a person is called in a room already, or at the class's door."""
    member = room.present(me.id)
    return member.nickname if member else me.nickname


def _enter() -> None:
    """Enter the room whose code was typed."""
    attempt(partial(_join, str(state.sent("room_code")), str(state.sent("room_name"))))


def _join(code: str, nickname: str) -> None:
    room = rooms().find(code, by=person().id)
    membership.join(room.code, " ".join(nickname.split()))
    state.session().address.show({links.ROOM: room.code})
