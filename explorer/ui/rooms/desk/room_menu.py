"""What is done with a room as a whole: seen as one of the class, its answers saved, ended, deleted."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.lessons.course.text import Language
from explorer.lessons.rooms import events
from explorer.lessons.rooms.outcomes import Outcomes
from explorer.lessons.rooms.room import Room
from explorer.lessons.rooms.step_runs import StepRuns
from explorer.ui.base import links
from explorer.ui.base.attempt import attempt
from explorer.ui.base.server import person, rooms, runs
from explorer.ui.course import course_state
from explorer.ui.rooms.led_room import lead
from explorer.views.rooms.afterwards import answers_csv, student_pages

Make = Callable[[Room, Language], bytes]
TRY_HELP = "In another tab, under a name of your own: what the class has before it"
CSV_HELP = "A line for each answer of each round, with what came of it and what its run measured"
PAGES_HELP = "One document to open and print: a page each, with what they said and what came"
CLOSE_HELP = "Nobody answers any more; all can be looked at."
DELETE_HELP = "Every name and every answer of this room goes, from the disk as well. Save the answers first."


def room_menu(room: Room) -> None:
    """Show the menu of a room."""
    menu = st.popover("More", key="room_menu", on_change="rerun")
    if not menu.open:
        return
    with menu:
        st.link_button("Enter as one of the class", f"?{links.ROOM}={room.code}", help=TRY_HELP)
        _save(room, "Save the answers as CSV", "csv", _csv, hint=CSV_HELP)
        _save(room, "A page for each of the class", "html", _pages, hint=PAGES_HELP)
        over = partial(lead, room, events.Closed())
        st.button("End the lesson", key="room_close", help=CLOSE_HELP, on_click=over, disabled=room.closed)
        st.button("Delete the room", key="room_delete", help=DELETE_HELP, on_click=_delete, args=(room.code,))


def _save(room: Room, label: str, ending: str, make: Make, *, hint: str) -> None:
    """Offer a file, which is made when it is asked for."""
    name, making = f"room-{room.code}.{ending}", partial(make, room, course_state.remembered().language)
    st.download_button(label, making, name, f"text/{ending}", key=f"room_{ending}", help=hint, on_click="ignore")


def _csv(room: Room, language: Language) -> bytes:
    measured = StepRuns(runs().store)
    return answers_csv(room, _outcomes(room, measured), measured, language).encode("utf-8-sig")  # Excel needs the mark


def _pages(room: Room, language: Language) -> bytes:
    measured = StepRuns(runs().store)
    return student_pages(room, _outcomes(room, measured), measured, language).encode()


def _outcomes(room: Room, measured: StepRuns) -> Outcomes:
    outcomes = Outcomes(measured)
    outcomes.look(room)
    return outcomes


def _delete(code: str) -> None:
    attempt(partial(rooms().delete, code, person()))
