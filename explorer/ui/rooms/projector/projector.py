"""The projector of a room: the way in, the step, how many have answered, what its teacher shows; never a name."""

import html
from pathlib import Path

import streamlit as st

from explorer.lessons.course.facts import Facts
from explorer.lessons.course.lesson import FIRST, LessonStep, design_of, named_design
from explorer.lessons.rooms.room import Room
from explorer.lessons.rooms.step_runs import StepRuns
from explorer.ui.base import links
from explorer.ui.base.server import runs, store_errors_in_words
from explorer.ui.course import course_state
from explorer.ui.course.lesson_bar import language_choice
from explorer.ui.rooms.projector.entrance import entrance
from explorer.ui.rooms.projector.projector_counts import projector_counts
from explorer.views.common.words import plain
from explorer.views.lessons.course import fill
from explorer.views.rooms.desk_words import spaced

PICTURE = "The way into the room, as a QR code for phones"
STYLE = f"<style>{Path(__file__).with_name('projector.css').read_text('utf-8')}</style>"
HERE = "This address leads to this computer alone: a class needs a server that others reach."


def projector(room: Room) -> None:
    """Show a room's projector: a window of its own, which follows the desk."""
    st.html(STYLE)
    way_in, shown = st.columns([1, 3], gap="large")
    with way_in, st.container(key="way_in"):
        _way_in(room)
    with shown, st.container(key="projected"):
        with store_errors_in_words():
            _step(room)
        projector_counts(room, language=course_state.remembered().language)


def _way_in(room: Room) -> None:
    way = entrance(room)
    code, address = html.escape(spaced(room.code)), html.escape(way.address)
    st.html(f'<img src="{way.picture}" alt="{PICTURE}"><p class="code">{code}</p><p>{address}</p>')
    if way.is_here:
        st.caption(HERE)
    with st.container(horizontal=True, horizontal_alignment="center", gap="small", key="projector_looks"):
        language_choice()
        if st.button("Desk", key="to_desk"):
            links.to_desk(room.code).follow()


def _step(room: Room) -> None:
    language, lesson = course_state.remembered().language, room.lesson
    if room.closed or room.first != room.last:
        st.markdown(f"## {plain(lesson.title.said(language))}")
        return
    step = lesson.step(room.first)
    place = f"{lesson.names.index(step.name) + 1}/{len(lesson.steps)}"
    st.markdown(f"## {place} · {plain(step.title.said(language))}")
    facts = _facts(room, step)
    st.markdown(fill(step.text, language, step, facts))
    if step.then and room.steps[step.name].revealed:
        st.markdown(f":material/lightbulb: {fill(step.then, language, step, facts)}")


def _facts(room: Room, step: LessonStep) -> Facts:
    """Give what a step's words can say on the wall: of the networks that it names, and of runs for all."""
    design = design_of(room.lesson, step) or named_design(room.lesson, FIRST)
    found = StepRuns(runs().store)
    found.look(room.runs.values())
    measured = {name: found(room.lesson.step(name), run) for name, run in room.runs.items()}
    return Facts(design, measured, room.lesson.networks)
