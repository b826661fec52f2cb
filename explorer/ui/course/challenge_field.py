"""The field of a challenge: enter the network that the page shows, and see what becomes of one's entries."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from explorer.lessons.course.answer import Answer
from explorer.lessons.course.conditions import Met
from explorer.lessons.course.facts import Facts
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.right import judge
from explorer.lessons.course.tasks import Challenge
from explorer.lessons.course.text import Text
from explorer.ui.base import state
from explorer.ui.course import course_state
from explorer.ui.course.room import membership
from explorer.views.lessons.course import condition_words
from explorer.views.rooms.challenge_words import RANKED_IN_CLASS, challenge_words, entry_words

ENTER = Text("Enter this network", "用这个网络参赛")
TICK, A_MEMBER = 3.0, 0.05  # seconds between two looks at what is going on: so many, and so many more for each member
GOING_ON = ("waiting", "training")


def challenge_field(step: LessonStep, *, is_here: bool, is_done: bool, on_check: Callable[[], None]) -> None:
    """Show how a network is entered; who takes the lesson alone holds it against the conditions by `on_check`."""
    task, language, room = step.task, course_state.remembered().language, membership.view()
    assert isinstance(task, Challenge)
    st.caption(challenge_words(task, language))
    if room is None:
        kind: Literal["primary", "secondary"] = "secondary" if is_done else "primary"
        st.button("Check", key="lesson_check", type=kind, disabled=not is_here, on_click=on_check)
        st.caption(RANKED_IN_CLASS.said(language))
        return
    going_on = any(own.became.stage in GOING_ON for own in membership.own_entries(step.name))
    missed = [each for each in _conditions(step) if not each.holds]
    off = going_on or bool(missed) or not (is_here and membership.takes_answers(step.name))
    st.button(ENTER.said(language), key="challenge_enter", type="primary", disabled=off, on_click=_enter)
    st.caption("  \n".join(f"✗ {condition_words(each, language)}" for each in missed))
    every = TICK + A_MEMBER * membership.num_here() if going_on else None
    st.fragment(_entries, run_every=every)(step, going_on=going_on)


def _conditions(step: LessonStep) -> tuple[Met, ...]:
    """Say how the network on the screen stands; the server asks again when it is entered."""
    lesson, design = course_state.taken(), state.session().design
    return judge(step, Answer(design), Facts(design, {}, lesson.networks if lesson else {})).met


def _enter() -> None:
    course_state.remembered().told = course_state.enter()


def _entries(step: LessonStep, *, going_on: bool) -> None:
    """List what one entered; the page is drawn anew once all of it has come to an end."""
    task, language = step.task, course_state.remembered().language
    assert isinstance(task, Challenge)
    mine = membership.own_entries(step.name)
    st.markdown("\n".join(f"- {entry_words(own, task, language)}" for own in reversed(mine)))
    if going_on and not any(own.became.stage in GOING_ON for own in mine):
        st.rerun()
