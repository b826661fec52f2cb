"""Where the class is led: to the step before or after, to any, to a range, or free; and a pause."""

from typing import Literal

import streamlit as st

from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import Room
from explorer.ui.base import state
from explorer.ui.course import course_state
from explorer.ui.rooms.led_room import lead
from explorer.views.rooms.desk_words import pace_words, step_titles


def pace(room: Room) -> None:
    """Show where the class is, and the buttons that lead it on."""
    names = room.lesson.names
    first, last = names.index(room.first), names.index(room.last)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk_pace"):
        back, on = names[max(first - 1, 0)], names[min(last + 1, len(names) - 1)]
        before, after = (room, events.Paced(back, back)), (room, events.Paced(on, on))
        kind = _kind(is_next=room.steps[room.last].revealed)
        st.button("Step back", key="pace_back", disabled=back == room.first, on_click=lead, args=before)
        st.button("Next step", key="pace_next", type=kind, disabled=on == room.last, on_click=lead, args=after)
        _range(room, names)
        label, icon = ("Go on", ":material/play_arrow:") if room.paused else ("Pause all", ":material/pause:")
        pause = (room, events.Paused(not room.paused))
        st.button(label, key="room_pause", icon=icon, type=_kind(is_next=room.paused), on_click=lead, args=pause)


def _kind(*, is_next: bool) -> Literal["primary", "secondary"]:
    return "primary" if is_next else "secondary"


def _range(room: Room, names: list[str]) -> None:
    """Show the menu that leads the class to any step, to several, or leaves it free."""
    titles = step_titles(room.lesson, course_state.remembered().language)
    where = pace_words(room, course_state.remembered().language)
    with st.popover(f"The class is at: {where}", key="pace_range", width="stretch"):
        free = (room, events.Paced(names[0], names[-1]))
        st.button("Leave the class free", key="pace_free", on_click=lead, args=free)
        ends = {"From": room.first, "To": room.last}
        keys = [f"pace_{title}_{room.first}_{room.last}" for title in ends]  # new ones where the class went meanwhile
        with st.form("pace_form", border=False):
            for (title, name), key in zip(ends.items(), keys, strict=True):
                st.selectbox(title, names, names.index(name), format_func=titles.__getitem__, key=key)
            st.form_submit_button("Lead the class there", key="pace_lead", on_click=_lead_there, args=(room, *keys))


def _lead_there(room: Room, first: str, last: str) -> None:
    lead(room, events.Paced(state.sent(first), state.sent(last)))
