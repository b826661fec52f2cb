"""What a member's page hears of its room: where the class goes, a pause, and whether answers are taken, all at once.

The page behind follows by a run of its own, at a moment that differs from tab to tab: a class has three hundred.
"""

from pathlib import Path

import msgspec
import streamlit as st

from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.tasks import Reveal
from explorer.lessons.course.text import Language, Text
from explorer.lessons.rooms import events
from explorer.lessons.rooms.view import View
from explorer.ui.components.element import element
from explorer.ui.components.watching import WATCHING, room_address
from explorer.ui.course import course_state
from explorer.ui.course.room import membership
from explorer.views.rooms.desk_words import spaced

FOLLOWING = Path(__file__).with_name("following.js").read_text("utf-8")  # what each screen of a room keeps up by
KEY = "room_bar"
HTML = """<p role="status"></p>
<section hidden><h2></h2><div></div></section>
<dialog aria-labelledby="pause"><p id="pause"></p></dialog>"""
WORDS = {
    "open": Text("answers are open", "可以作答"),
    "over": Text("the lesson is over: look at everything as long as you like", "课上完了，可以随意查看"),
    "revealed": Text("what is right has been shown", "答案已经揭晓"),
    "closed": Text("answers are closed", "作答已结束"),
    "again": Text("talk about it, then answer again: round {}", "讨论之后再答一次：第 {} 轮"),
    "paused": Text("Look up: the teacher has paused the screens.", "请抬头：老师暂停了屏幕。"),
    "moves": Text("the class goes on", "全班进入下一步"),
}
ROOM = Text("Room {} · you are {}", "教室 {} · 你是 {}")
HELP, HELPED = Text("I need help", "我需要帮助"), Text("I asked for help", "我已请求帮助")
_mount = element(__file__, "room_bar", html=HTML, js=WATCHING + FOLLOWING)


class Stands(msgspec.Struct, frozen=True):
    """How the step stands that the page shows."""

    at: str
    asks: bool
    takes_answers: bool
    round: int
    revealed: bool
    paused: bool
    closed: bool


def room_bar(step: LessonStep) -> None:
    """Show how the room stands and what becomes of it, without the page being drawn anew; nothing without a room."""
    room, language = membership.view(), course_state.remembered().language
    if room is None:
        return
    data = {
        "address": room_address("room", room.code),
        "page": membership.remembered().page,
        "language": language,
        "words": {name: words.said(language) for name, words in WORDS.items()} | {"room": _named(room, language)},
        "stands": msgspec.to_builtins(_stands(room, step)),
    }
    _mount(key=KEY, data=data, on_follow_change=membership.look)


def _named(room: View, language: Language) -> str:
    return ROOM.said(language).format(spaced(room.code), room.member.nickname)


def _stands(room: View, step: LessonStep) -> Stands:
    return Stands(
        at=step.name,
        asks=not isinstance(step.task, Reveal),
        takes_answers=step.name not in room.refusals,
        round=room.rounds[step.name],
        revealed=step.name in room.revealed,
        paused=room.paused,
        closed=room.closed,
    )


def help_button(room: View) -> None:
    """Let a member ask for help, which the teacher's desk shows, and say that it is not needed any more."""
    asked, language = room.member.wants_help, course_state.remembered().language
    label, icon = (HELPED, ":material/check:") if asked else (HELP, ":material/front_hand:")
    st.button(label.said(language), key="room_help", icon=icon, on_click=_ask, args=(not asked,), disabled=room.closed)


def _ask(on: bool) -> None:
    course_state.remembered().told = membership.do(events.Help(on))
