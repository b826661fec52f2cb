"""The field for a typed or chosen answer in a room: it is sent by itself, and the page is not drawn anew for it."""

import streamlit as st

from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.tasks import Explain, Number
from explorer.lessons.course.text import Text
from explorer.lessons.rooms.view import View
from explorer.ui.components.element import element
from explorer.ui.course import course_state
from explorer.ui.course.room import membership
from explorer.views.lessons.course import options_of

YOUR_ANSWER = Text("Your answer", "你的回答")
IN_WORDS = Text("In a sentence or two", "用一两句话")
ANSWER = Text("Answer", "提交")
KEPT = Text("Kept: {}. You may change it until answers are closed.", "已记下：{}。作答结束之前还可以改。")
LOST = Text("The server does not answer. Press Answer again.", "服务器没有回应，请再按一次“提交”。")
HTML = '<form><div class="field"></div><button type="submit"></button></form><p role="status"></p>'
_mount = element(__file__, "room_answer", html=HTML)


def room_answer(room: View, step: LessonStep) -> None:
    """Show the field of a step, with what was given last."""
    language, given = course_state.remembered().language, room.progress.answers.get(step.name)
    takes, options = step.name not in room.refusals, options_of(step, language)
    is_long = isinstance(step.task, Explain)
    with st.container(key="room_choice" if options or is_long else "room_answer"):  # so high
        _mount(
            key=f"room_answer_{step.name}",
            data={
                "address": f"room/{room.code}/answer",
                "step": step.name,
                "round": room.rounds[step.name],
                "takes": takes,
                "counts": room.member.last(step.name, round=room.rounds[step.name]) is not None,
                "given": given.text if given else "",
                "options": options,
                "is_long": is_long,
                "example": "1,234" if isinstance(step.task, Number) else "3 × 5 × 7",
                "words": {
                    "label": (IN_WORDS if is_long else YOUR_ANSWER).said(language),
                    "answer": ANSWER.said(language),
                    "kept": KEPT.said(language),
                    "lost": LOST.said(language),
                },
            },
            on_given_change=membership.look,
        )
