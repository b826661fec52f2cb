"""Making a lesson: what a page shows becomes a step, and what is asked there is chosen, with no file to write."""

from typing import Literal

import streamlit as st

from explorer.architecture.build import layer_names
from explorer.lessons.course import making
from explorer.lessons.course.lesson import Lesson, PageName
from explorer.lessons.course.lesson_file.lock_sense import settings
from explorer.lessons.course.lesson_file.reader import LessonError
from explorer.lessons.course.lesson_file.writer import write_lesson
from explorer.lessons.course.making import NewStep, PageState
from explorer.ui.base import links, state
from explorer.ui.base.menu import Page
from explorer.ui.course import course_state, question_form
from explorer.ui.course.step_page import arrive
from explorer.ui.race import race_state
from explorer.views.common.words import plain
from explorer.views.inside.shown import picture_in

PAGES: dict[str, PageName] = {
    "explore": "explore",
    "predict": "predict",
    "train": "train",
    "race": "race",
    "inside": "inside",
    "claims": "claims",
}
EVERYTHING, NOTHING, SOME = "Everything", "Nothing", "Only some things"
NEEDS = "A step needs a title and some words."
OFFER = (
    "Set a page up as your class shall see it, and press **Share**, **Make a lesson of this** there: it becomes a step "
    "here. Steps are tried, reordered and saved as one file."
)
MORE = "The next step: set a page up, and press **Share**, **Make a lesson of this** there."


def lesson_maker() -> None:
    """Show the form for the step that a page's state shall become, and the lesson that is being made."""
    lesson, page = course_state.edited(), PAGES.get(links.read(links.STEP_FROM) or "")
    if page is None and lesson is None:
        _offer()
        return
    with st.container(border=True, key="lesson_maker"):
        if page:
            _new_step(page, lesson)
        if lesson:
            _steps(lesson)


def _offer() -> None:
    st.caption(OFFER)
    own = {name: lesson for name in course_state.remembered().files if (lesson := course_state.find(name))}
    with st.container(horizontal=True):
        for name, lesson in own.items():
            title = plain(lesson.title.said(course_state.remembered().language))
            st.button(f"Change “{title}”", key=f"change_{name}", on_click=course_state.go_on_making, args=(name,))


def _new_step(page: PageName, lesson: Lesson | None) -> None:
    at = _state_of(page)
    title = next(each.title for each in Page if each.address == page)
    number = len(lesson.steps) + 1 if lesson else 1
    st.markdown(f"**Step {number}** shows {title} as it stands now: {plain(at.design.name)}.")
    words, asked = st.columns(2, gap="medium")
    with words:
        st.text_input("Title of the step", key="step_title", max_chars=80)
        st.text_area("What stands there", key="step_text", height=110, max_chars=1_000)
    with asked:
        question_form.question_form(page, at.design)
        _lets(at)
    with st.container(horizontal=True):
        st.button("Add the step", key="add_step", type="primary", on_click=_add, args=(page,))
        st.button("Not this one", key="drop_step", on_click=_close)
    if course_state.remembered().refused_step:
        st.error(plain(course_state.remembered().refused_step))


def _lets(at: PageState) -> None:
    chosen = st.segmented_control(
        "What may be changed", [EVERYTHING, NOTHING, SOME], default=EVERYTHING, required=True, key="step_lets"
    )
    if chosen == SOME:
        st.multiselect("Which", list(settings(at.design)), key="step_some", placeholder="such as conv1.kernel_size")


def _state_of(page: PageName) -> PageState:
    """Give what a page shows: it is the session's, and the address has the rest."""
    session = state.session()
    names = list(layer_names(session.design.layers))
    selected = session.designs.selected
    return PageState(
        page=page,
        design=session.design,
        recipe=session.recipe,
        setup=race_state.remembered().setup,
        layer=names[selected] if 0 <= selected < len(names) else "",
        claim=links.read(links.CLAIM) or "",
        picture=picture_in(links.read(links.SHOW)),
    )


def _add(page: PageName) -> None:
    """Add the step, if it makes sense; else say why it does not."""
    current = course_state.remembered()
    title, text = (str(state.sent(key) or "").strip() for key in ("step_title", "step_text"))
    if not title or not text:
        current.refused_step = NEEDS
        return
    try:
        task, lets = question_form.asked(), _chosen_lets()
        new = NewStep(title, text, task, lets)
        made = making.with_step(course_state.edited(), new, _state_of(page), current.language)
        course_state.edit(write_lesson(made))
    except (question_form.QuestionError, LessonError) as error:
        current.refused_step = str(error)
    else:
        _close()


def _chosen_lets() -> tuple[str, ...] | None:
    chosen = state.sent("step_lets")
    if chosen == EVERYTHING:
        return None
    return tuple(state.sent("step_some") or ()) if chosen == SOME and state.knows("step_some") else ()


def _close() -> None:
    course_state.remembered().refused_step = ""
    links.write_all({links.STEP_FROM: None, links.SHOW: None, links.CLAIM: None})


def _steps(lesson: Lesson) -> None:
    """Show the steps so far, with what can be done with each and with the whole."""
    language = course_state.remembered().language
    st.markdown(f"**Your lesson: {plain(lesson.title.said(language))}**")
    for number, step in enumerate(lesson.steps, start=1):
        with st.container(horizontal=True, vertical_alignment="center", key=f"made_{step.name}"):
            page = next(each.title for each in Page if each.address == step.shows.page)
            words = f"{number}. {plain(step.title.said(language))} · {page} · {question_form.kind_of(step.task)}"
            st.markdown(words, width="stretch")
            named = f"{step.title.said(language)}"
            up, out = making.earlier(lesson, step.name), making.without(lesson, step.name)
            st.button("Up", key=f"up_{step.name}", disabled=number == 1, on_click=_keep, args=(up,), help=plain(named))
            st.button("Remove", key=f"out_{step.name}", on_click=_keep, args=(out,), help=plain(named))
    st.text_input("Title of the lesson", value=lesson.title.said(language), key="made_title", on_change=_rename)
    with st.container(horizontal=True):
        kind: Literal["primary", "secondary"] = "secondary" if links.read(links.STEP_FROM) else "primary"
        if st.button("Try it as a student", key="try_lesson", type=kind):
            course_state.take(course_state.remembered().editing)
            arrive(lesson, course_state.progress()).follow()
        file = f"{lesson.steps[0].name}.toml"
        st.download_button("Save the file", write_lesson(lesson), file_name=file, key="save_lesson", on_click="ignore")
        st.button("It is done", key="lesson_done", on_click=course_state.stop_making)
    st.caption(MORE)


def _keep(lesson: Lesson | None) -> None:
    course_state.edit(write_lesson(lesson) if lesson else "")


def _rename() -> None:
    lesson, title = course_state.edited(), str(state.sent("made_title") or "").strip()
    if lesson and title:
        _keep(making.renamed(lesson, title, course_state.remembered().language))
