"""The lessons to take: those that ship with their minutes and what they ask, and one of a person's own from a file."""

from functools import partial

import streamlit as st

from explorer.lessons.course.lesson import Lesson
from explorer.lessons.course.lesson_file.reader import MAX_BYTES, LessonError
from explorer.lessons.course.shipped import SHIPPED
from explorer.lessons.course.text import Text
from explorer.ui.base import links, state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.server import person, rooms
from explorer.ui.course import course_state
from explorer.ui.course.lesson_bar import language_choice
from explorer.ui.course.step_page import arrive
from explorer.views.common.words import plain

MINUTES = Text("{} minutes · {} steps", "{} 分钟 · {} 步")
AT = Text("you are at step {}", "你在第 {} 步")
OPEN = "A lesson of your own, from its file"
OPEN_HELP = "Give this lesson to a class: a code to enter by, and a desk for you"
FILE_HELP = f"A TOML file of at most {MAX_BYTES // 1024} KB. It is kept in this tab, and nowhere on the server."


def lesson_list() -> None:
    """List the lessons, each with the button that takes it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Lessons", anchor=False, width="stretch")
        language_choice()
    names = [*SHIPPED, *course_state.remembered().files]
    for first in range(0, len(names), 2):
        for column, name in zip(st.columns(2), names[first : first + 2], strict=False):
            with column:
                _card(name)
    st.file_uploader(OPEN, type=["toml"], key="lesson_file", on_change=_open_file, help=FILE_HELP)
    if course_state.remembered().told:
        st.error(plain(course_state.remembered().told), title="This file is no lesson")


def _card(name: str) -> None:
    lesson, language = course_state.find(name), course_state.remembered().language
    if lesson is None:
        return
    progress = course_state.remembered().progress.get(name)
    place = lesson.names.index(lesson.step(progress.at).name) + 1 if progress else 1
    extent = MINUTES.said(language).format(lesson.minutes, len(lesson.steps))
    extent += f" · {AT.said(language).format(place)}" if place > 1 else ""
    with st.container(border=True, gap=None, key=f"lesson_{name}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(lesson.title.said(language))}** · {extent}", width="stretch")
            label = "Go on" if place > 1 else "Begin"
            if st.button(label, key=f"take_{name}", help=plain(lesson.title.said(language))):
                _take(name, lesson)
            if person().is_teacher and st.button("Open a room", key=f"open_{name}", help=OPEN_HELP):
                _open_room(name)
        st.caption(plain(lesson.about.said(language)))


def _take(name: str, lesson: Lesson) -> None:
    course_state.take(name)
    arrive(lesson, course_state.progress()).follow()


def _open_room(name: str) -> None:
    """Give a lesson to a class, and go to the desk of its room."""
    opening = partial(rooms().open, person(), lesson=name, text=course_state.text_of(name))
    room = attempt(opening)
    if room is None:
        st.rerun()  # which says why
    links.to_desk(room.code).follow()


def _open_file() -> None:
    upload, current = state.sent("lesson_file"), course_state.remembered()
    if upload is None:
        return
    try:
        course_state.open_file(upload.getvalue())
        current.told = ""
    except LessonError as error:
        current.told = f"{upload.name}: {error}"
