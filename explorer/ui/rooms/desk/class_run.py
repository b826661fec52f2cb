"""The run that counts for all of a class who have none of their own: one that the teacher trained."""

from urllib.parse import urlencode

import streamlit as st

from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.shipped import SHIPPED
from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import Room
from explorer.ui.base import links, state
from explorer.ui.base.menu import Page
from explorer.ui.base.server import person, runs
from explorer.ui.course.step_page import page_of
from explorer.ui.rooms.led_room import lead
from explorer.views.common.words import plain
from explorer.views.runs.history import run_title

MOST = 200  # runs that are looked through
HOW = "Train it on the step's page, then choose it here. Who has trained one of their own keeps that."


def class_run(room: Room, step: LessonStep) -> None:
    """Show the menu of a step that asks for a run."""
    menu = st.popover("A run for all", key="class_run", on_change="rerun")
    if not menu.open:
        return
    with menu:
        st.caption(HOW)
        if room.lesson_name in SHIPPED:
            query = urlencode({links.LESSON: room.lesson_name, links.STEP: step.name})
            st.link_button(f"Train it on {page_of(step).title}", f"{page_of(step).address}?{query}")
        found, chosen = _own(step), room.runs.get(step.name)
        place = [*found].index(chosen) if chosen in found else 0
        st.selectbox("Your run", list(found), place, format_func=found.__getitem__, key="class_run_of")
        st.button("It counts for all", key="class_run_counts", disabled=not found, on_click=_count, args=(room, step))


def _own(step: LessonStep) -> dict[str, str]:
    """Name the teacher's latest runs, or races, which a step asks for, by their ids."""
    mine = runs().store.list_runs(MOST, owner=person().id)
    if page_of(step) is Page.RACE:
        titles = runs().store.group_titles()
        return {run.race: plain(titles.get(run.race, run.race)) for run in mine if run.race}
    return {run.id: plain(run_title(run)) for run in mine if not (run.race or run.sweep or run.imported)}


def _count(room: Room, step: LessonStep) -> None:
    lead(room, events.RanForAll(step.name, state.sent("class_run_of")))
