"""The bar above the pages that a lesson leads to: where one is, what stands there, what is asked, and the way on."""

from pathlib import Path
from typing import Literal

import streamlit as st

from explorer.lessons.course.lesson import Lesson, LessonStep
from explorer.lessons.course.tasks import Reveal
from explorer.lessons.course.text import LANGUAGES, Text
from explorer.ui.base import links, state
from explorer.ui.base.inputs import keyed_default
from explorer.ui.base.menu import Page
from explorer.ui.components.address_bar.tab_memory import tab_memory
from explorer.ui.course import course_state
from explorer.ui.course.hidden_controls import hiding
from explorer.ui.course.room import membership
from explorer.ui.course.room.room_bar import help_button, room_bar
from explorer.ui.course.run_facts import facts_of
from explorer.ui.course.step_page import follow_address, go, hold, link_to, page_of
from explorer.ui.course.step_task import judged, step_task, take_guess
from explorer.views.common.words import named, plain
from explorer.views.lessons.course import fill

STYLE = f"<style>{Path(__file__).with_name('lesson_bar.css').read_text('utf-8')}</style>"
FOLDED = "<style>:root { --lesson: var(--lesson-line) }</style>"
STEP_OF = Text("step {} of {}", "第 {} 步，共 {} 步")
ELSEWHERE = Text("This step is on another page.", "这一步在另一页上。")
MISSING = (
    "The lesson {} is none that ships, and this tab has not opened it. Open its file on the Lessons page, or choose "
    "another there."
)


def lesson_bar(page: Page) -> None:
    """Show the bar while a lesson is taken, and hold the session to its step: the second call of a page."""
    follow_address()
    keep_in_tab()
    _bar(page)


def room_bar_elsewhere(page: Page) -> None:
    """Show the bar on a page that no lesson leads to, for who is in a room: they hear of a pause, and where to go."""
    follow_address()
    if membership.view():
        _bar(page)


def _bar(page: Page) -> None:
    lesson, step = course_state.taken(), course_state.step()
    if lesson is None or step is None:
        _say_missing()
        return
    hold(lesson, step)
    membership.note(state.session().design)
    take_guess(step)
    folded = FOLDED if course_state.remembered().is_folded else ""
    hidden = hiding(step.hides) if page is page_of(step) else ""
    st.html(STYLE + folded + hidden)
    with st.container(key="lesson_bar", border=True):
        room_bar(step)
        _head(lesson, step)
        if not course_state.remembered().is_folded:
            _body(lesson, step, page)


def keep_in_tab() -> None:
    """Have the tab keep what is given in lessons, and take up what it has kept."""
    tab_memory(course_state.to_keep(), name="explorer lessons", key="tab_memory", on_kept=course_state.restore)


def _say_missing() -> None:
    if name := links.read(links.LESSON):
        st.info(MISSING.format(f"“{named(name)}”"))
    if told := membership.remembered().told:
        st.info(plain(told))


def _head(lesson: Lesson, step: LessonStep) -> None:
    language, place = course_state.remembered().language, lesson.names.index(step.name)
    words = f"**{plain(lesson.title.said(language))}** · {STEP_OF.said(language).format(place + 1, len(lesson.steps))}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lesson_head"):
        st.markdown(f"{words} · {plain(step.title.said(language))}", width="stretch")
        room = membership.view()
        if not room or room.first != room.last:
            _ways(lesson, step)
        if room:
            help_button(room)
        _looks()
        st.button("Leave", key="lesson_leave", on_click=course_state.leave)


def _ways(lesson: Lesson, step: LessonStep) -> None:
    """Show the ways back and on, as far as there are steps, or a room's pace leads."""
    room, names = membership.view(), lesson.names
    first, last = (room.first, room.last) if room else (names[0], names[-1])
    if st.button("Back", key="lesson_back", disabled=step.name == first):
        go(lesson, -1).follow()
    kind: Literal["primary", "secondary"] = "primary" if _leads_on(lesson, step) else "secondary"
    if st.button("Next", key="lesson_next", type=kind, disabled=step.name == last):
        go(lesson, 1).follow()


def _leads_on(lesson: Lesson, step: LessonStep) -> bool:
    """Say whether the way on is what comes next: nothing is asked here, or it is answered."""
    found = judged(lesson, step)
    return isinstance(step.task, Reveal) or (found is not None and found[1].outcome != "wrong")


def _looks() -> None:
    current = course_state.remembered()
    label, icon = ("Open", ":material/expand_more:") if current.is_folded else ("Fold", ":material/expand_less:")
    st.button(label, key="lesson_fold", icon=icon, on_click=course_state.fold, args=(not current.is_folded,))
    language_choice()


def language_choice() -> None:
    """Let a person choose the language of the lessons' texts."""
    st.segmented_control(
        "Language of the lesson",
        list(LANGUAGES),
        required=True,
        format_func=LANGUAGES.__getitem__,
        label_visibility="collapsed",
        width="content",
        **keyed_default("lesson_language", course_state.remembered().language, course_state.speak),
    )


def _body(lesson: Lesson, step: LessonStep, page: Page) -> None:
    is_here = page is page_of(step)
    with st.container(key="lesson_body"):
        words, asked = st.columns([3, 2], gap="medium")
        with words:
            _words(lesson, step)
        with asked:
            if not is_here:
                _way_back(step)
            step_task(lesson, step, is_here=is_here)


def _words(lesson: Lesson, step: LessonStep) -> None:
    """Say what stands at a step, and once it is answered what follows from it."""
    language, progress = course_state.remembered().language, course_state.progress()
    facts = facts_of(lesson, progress, state.session().design)
    st.markdown(fill(step.text, language, step, facts))
    found = judged(lesson, step)
    if step.then and (membership.is_revealed(step.name) or (found and found[1].is_done)):
        answer_facts = facts_of(lesson, progress, found[0].design if found else state.session().design)
        st.markdown(f":material/lightbulb: {fill(step.then, language, step, answer_facts)}")


def _way_back(step: LessonStep) -> None:
    page = page_of(step)
    st.caption(ELSEWHERE.said(course_state.remembered().language))
    if st.button(f"Go to {page.title}", key="lesson_page"):
        link_to(step, course_state.progress()).follow()
