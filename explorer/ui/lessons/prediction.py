"""The current network with its numbers hidden, and one cell after the other to predict."""

import streamlit as st

from explorer.architecture.trace import Trace
from explorer.lessons.quiz import Answer, Asked, Quiz, cells, check, choose, next_cell, show
from explorer.ui.base import links, state
from explorer.ui.common.preset_menu import preset_menu
from explorer.ui.components.row_table import row_table
from explorer.ui.lessons import lesson_state
from explorer.views.common.words import plain
from explorer.views.lessons.predict import EXAMPLES, masked, question, right_words, score, worked_out, wrong_words


def prediction(trace: Trace) -> None:
    """Show the network's menu, its table with hidden cells, and the question; or why there is nothing to predict."""
    quiz = lesson_state.quiz()
    _controls(trace, quiz)
    if trace.error or not cells(trace):
        _nothing_to_predict(trace)
        return
    cell = next_cell(quiz, trace)
    stack, asked = st.columns([3, 2])
    with stack:
        row_table(
            masked(trace, quiz),
            title="Layers",
            selected=cell.row if cell else None,
            key="prediction",
            above=8.75,
            on_select=lambda index: lesson_state.keep_quiz(choose(lesson_state.quiz(), index)),
        )
    with asked:
        if cell:
            _question(trace, quiz, cell)
        else:
            st.success(f"Nothing is hidden any more: {score(trace, quiz)}.")
        if quiz.answer:
            _feedback(trace, quiz, quiz.answer)


def hidden_layers(trace: Trace) -> None:
    """Show the network's table with its cells hidden, for a question that stands elsewhere on the page."""
    st.markdown(f"**{plain(trace.architecture.name)}**")
    hidden = masked(trace, Quiz(trace.architecture))
    row_table(hidden, title="Layers", selected=None, key="prediction", above=8.75, on_select=_ignore)


def _ignore(_: int) -> None:
    """Do nothing: what is asked does not hang on the row."""


def _controls(trace: Trace, quiz: Quiz) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        preset_menu()
        st.markdown(f"**{score(trace, quiz)}**", width="content")
        st.button(
            "Hide all again",
            key="hide",
            disabled=not quiz.open and not quiz.wrong,
            on_click=lambda: lesson_state.keep_quiz(Quiz(state.session().design)),
        )


def _nothing_to_predict(trace: Trace) -> None:
    if trace.error:
        st.warning(
            f"This network does not fit at {trace.error.name}. {trace.error.cause} "
            "Change it in Explore first, or choose another network."
        )
    else:
        st.info("This network has nothing to predict: no layer that makes a shape or has parameters.")
    if st.button("Open it in Explore", key="mend", type="primary"):
        links.to_explore(state.session().design).follow()


def _question(trace: Trace, quiz: Quiz, cell: Asked) -> None:
    st.markdown(question(trace, quiz, cell))
    form = st.form("answer_form", clear_on_submit=True, border=False)
    with form.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input("Your answer", key="answer", placeholder=f"such as {EXAMPLES[cell.column]}", autocomplete="off")
        st.form_submit_button("Check", type="primary", on_click=_check, args=(trace, cell))
    st.button("Show me", key="show", on_click=_show, args=(trace, cell))


def _check(trace: Trace, cell: Asked) -> None:
    quiz = lesson_state.quiz()
    meant = _meant(trace, quiz, cell)
    if meant:
        lesson_state.keep_quiz(check(quiz, trace, meant, state.sent("answer")))


def _show(trace: Trace, cell: Asked) -> None:
    quiz = lesson_state.quiz()
    meant = _meant(trace, quiz, cell)
    if meant:
        lesson_state.keep_quiz(show(quiz, meant))


def _meant(trace: Trace, quiz: Quiz, cell: Asked) -> Asked | None:
    """Give the cell that a click is meant for, which can come while the page is still drawn anew.

    After another row was chosen it is that row's; a second click for a cell that is open by now is for none.
    """
    return None if quiz.design != trace.architecture or cell in quiz.open else next_cell(quiz, trace)


def _feedback(trace: Trace, quiz: Quiz, answer: Answer) -> None:
    """Say what came of the last answer, and work it out: to the end only where the cell is open."""
    if answer.refusal:
        st.warning(plain(answer.refusal))
        return
    if answer.right:
        st.success(f"Right: {right_words(trace, answer.cell)}")
    elif answer.cell in quiz.open:
        st.info(right_words(trace, answer.cell))
    else:
        st.error(wrong_words(trace, answer))
    st.markdown(worked_out(trace, answer.cell, to_the_end=answer.cell in quiz.open))
