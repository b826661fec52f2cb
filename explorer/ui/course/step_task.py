"""What a step asks for: its field, Check, and what came of the answer."""

from typing import Literal

import streamlit as st

from explorer.lessons.claim import Verdict
from explorer.lessons.course.answer import Answer, answered
from explorer.lessons.course.facts import Facts
from explorer.lessons.course.lesson import Lesson, LessonStep
from explorer.lessons.course.right import Judgement, judge, right_answer
from explorer.lessons.course.solve import typed_as
from explorer.lessons.course.tasks import PREDICTIONS, Challenge, Explain, Explore, Judge, Number, Reveal, Run, Sketch
from explorer.lessons.course.text import Text
from explorer.runs.store.database import StoreError
from explorer.ui.base import state
from explorer.ui.base.menu import Page
from explorer.ui.course import course_state
from explorer.ui.course.challenge_field import challenge_field
from explorer.ui.course.room import membership
from explorer.ui.course.room.room_answer import IN_WORDS, KEPT, YOUR_ANSWER, room_answer
from explorer.ui.course.run_facts import NotOfStepError, facts_of, run_here
from explorer.ui.course.sketch_field import sketch_field
from explorer.ui.course.step_page import page_of
from explorer.ui.lessons import lesson_state
from explorer.views.common.words import plain
from explorer.views.lessons.course import (
    IT_IS,
    given_words,
    options_of,
    revealed_words,
    right_words,
    verdict_words,
)

A_GOOD_ANSWER = Text("A good answer: {}", "参考回答：{}")
GUESS_BELOW = Text("Guess by the buttons below.", "用下面的按钮来猜。")
GIVEN = Text("You gave: {}.", "你的回答：{}。")
LATER = Text("The rest is shown once the teacher reveals it.", "其余的等老师揭晓。")
CHECK_HOLDS = Text("Change the network, then press Check.", "改好网络，再按 Check。")
CHECK_RUN = Text("Train, then press Check.", "训练完，再按 Check。")


def judged(lesson: Lesson, step: LessonStep) -> tuple[Answer, Judgement] | None:
    """Give what was given at a step with what came of it; None where nothing was given."""
    progress = course_state.progress()
    answer = progress.answers.get(step.name)
    if answer is None:
        return None
    if not membership.may_see_right(step.name):
        return answer, Judgement("waiting")
    return answer, judge(step, answer, facts_of(lesson, progress, answer.design))


def is_asked_here(page: Page) -> bool:
    """Say whether the lesson asks for a prediction on a page, which then leaves its own question out."""
    step = course_state.step()
    return step is not None and page_of(step) is page and isinstance(step.task, PREDICTIONS)


def is_kept_secret(page: Page) -> bool:
    """Say whether a room asks for a prediction on a page and has not shown yet what is right."""
    step = course_state.step()
    return is_asked_here(page) and step is not None and not membership.may_see_right(step.name)


def step_task(lesson: Lesson, step: LessonStep, *, is_here: bool) -> None:
    """Show the field of a step with its Check, and below it what came of the last answer."""
    found = judged(lesson, step)
    _field(lesson, step, found, is_here=is_here)
    if course_state.remembered().told:
        st.warning(plain(course_state.remembered().told))
    elif found and not (isinstance(step.task, Challenge) and membership.view()):
        _came_of(step, *found)
    if membership.is_revealed(step.name) and not (found and found[1].outcome == "right"):
        _say_right(lesson, step)
    if found and found[1].outcome == "wrong" and isinstance(step.task, PREDICTIONS) and not membership.view():
        st.button("Show me", key="lesson_show", on_click=_give_up, args=(lesson, step))


def _field(lesson: Lesson, step: LessonStep, found: tuple[Answer, Judgement] | None, *, is_here: bool) -> None:
    language = course_state.remembered().language
    is_done = membership.is_revealed(step.name) or (found is not None and found[1].is_done)
    match step.task:
        case Reveal(of=names):
            _reveal(lesson, names)
        case Judge() if is_here and step.shows.page == "claims" and not membership.view():
            if not is_done and course_state.progress().answers.get(step.name) is None:
                st.caption(GUESS_BELOW.said(language))
        case Explore() | Run():
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                words = CHECK_HOLDS if isinstance(step.task, Explore) else CHECK_RUN
                off = not (is_here and membership.takes_answers(step.name))
                st.button("Check", key="lesson_check", type=_kind(not is_done), disabled=off, on_click=_check_state)
                st.caption(words.said(language))
        case Challenge():
            with st.container(key="lesson_challenge", gap="small"):
                challenge_field(step, is_here=is_here, is_done=is_done, on_check=_check_state)
        case Sketch():
            sketch_field(step, found, takes=membership.takes_answers(step.name), on_check=_draw)
        case _ if is_done:
            pass
        case _ if room := membership.view():
            room_answer(room, step)
        case _:
            _form(step)


def _kind(is_next: bool) -> Literal["primary", "secondary"]:
    return "primary" if is_next else "secondary"


def _form(step: LessonStep) -> None:
    """Show where an answer is typed or chosen; Enter checks it."""
    language, name = course_state.remembered().language, f"lesson_answer_{step.name}"
    form = st.form("lesson_form", border=False)
    with form.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if options := options_of(step, language):
            places = [str(place) for place in range(1, len(options) + 1)]
            words = dict(zip(places, options, strict=True))
            st.radio(YOUR_ANSWER.said(language), places, format_func=words.__getitem__, index=None, key=name)
        elif isinstance(step.task, Explain):
            st.text_area(IN_WORDS.said(language), key=name, height=68, max_chars=500)
        else:
            example = "1,234" if isinstance(step.task, Number) else "3 × 5 × 7"
            label = YOUR_ANSWER.said(language)
            st.text_input(label, key=name, placeholder=example, autocomplete="off", max_chars=60)
        st.form_submit_button(
            "Check", key="lesson_check", type="primary", on_click=_check_answer, args=(step.name, name)
        )


def _check_answer(step: str, name: str) -> None:
    """Keep what was typed, for the step that it was typed for."""
    if course_state.progress().at == step and state.knows(name):
        course_state.give(str(state.sent(name) or ""), state.session().design)


def _draw(text: str) -> None:
    course_state.give(text, state.session().design)


def _check_state() -> None:
    """Keep the network, or the run, that the page shows."""
    lesson, step, current = course_state.taken(), course_state.step(), course_state.remembered()
    if lesson is None or step is None:
        return
    current.told = ""
    if isinstance(step.task, Explore | Challenge):
        course_state.give("", state.session().design)
        return
    try:
        run, design = run_here(lesson, step)
    except (NotOfStepError, StoreError) as error:
        current.told = str(error)
        return
    course_state.give("", design, run=run)


def take_guess(step: LessonStep) -> None:
    """Take the guess that was made on the page of claims, where the step asks for one there."""
    if not isinstance(step.task, Judge) or step.shows.page != "claims" or membership.view():
        return
    guess = lesson_state.remembered().guesses.get(step.task.claim)
    if guess and step.name not in course_state.progress().answers:
        course_state.give(str(list(Verdict).index(guess) + 1), state.session().design)


def _give_up(lesson: Lesson, step: LessonStep) -> None:
    """Take what is right for the answer, and remember that it was shown."""
    progress = course_state.progress()
    answer = progress.answers.get(step.name)
    if answer is None or progress.at != step.name:
        return
    right = right_answer(step, facts_of(lesson, progress, answer.design))
    if right is not None:
        given = answered(progress, text=typed_as(step, right), design=answer.design, given_up=True)
        course_state.keep(given)


def _came_of(step: LessonStep, answer: Answer, found: Judgement) -> None:
    language = course_state.remembered().language
    if isinstance(step.task, Explain) and found.is_done:
        st.caption(plain(answer.text))
        st.info(A_GOOD_ANSWER.said(language).format(step.task.good.said(language)))
    elif not membership.may_see_right(step.name):
        if membership.takes_answers(step.name) and not isinstance(step.task, Explore | Run | Sketch):
            return  # its field says it
        words = KEPT if membership.takes_answers(step.name) else GIVEN
        st.info(words.said(language).format(given_words(step, answer.text, language)))
    elif not isinstance(step.task, Reveal):
        show = {"right": st.success, "wrong": st.error, "unreadable": st.warning}.get(found.outcome, st.info)
        show(verdict_words(step, answer, found, language))


def _say_right(lesson: Lesson, step: LessonStep) -> None:
    """Say what is right to a class that has been shown it, whatever one gave."""
    language = course_state.remembered().language
    right = right_answer(step, facts_of(lesson, course_state.progress(), state.session().design))
    if right is not None:
        st.markdown(IT_IS.said(language).format(right_words(step, Judgement("noted", right), language)))


def _reveal(lesson: Lesson, names: tuple[str, ...]) -> None:
    language, design = course_state.remembered().language, state.session().design
    progress = course_state.progress()
    lines = []
    for name in filter(membership.may_see_right, names):
        step, answer = lesson.step(name), progress.answers.get(name)
        facts = facts_of(lesson, progress, answer.design if answer else design)
        lines.append(f"- {revealed_words(step, answer, _judge_or_right(step, answer, facts), language)}")
    st.markdown("\n".join(lines))
    if not all(map(membership.may_see_right, names)):
        st.caption(LATER.said(language))


def _judge_or_right(step: LessonStep, answer: Answer | None, facts: Facts) -> Judgement:
    """Judge what was predicted; where nothing was, say what is right all the same."""
    if answer is None:
        return Judgement("waiting", right_answer(step, facts))
    return judge(step, answer, facts)
